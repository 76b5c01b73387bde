/// Google Benchmark: what a mail costs on its way in, before it is a record. No sockets.
#include <benchmark/benchmark.h>

#include <cstring>

#include "postoffice/conversation.h"
#include "tests/benchmarks/gate_mails.h"

namespace
{

using postoffice::Conversation;

/// The commands of one mail on an open connection.
void session(benchmark::State& state)
{
    const postoffice::SessionOptions options;
    postoffice::Session session(options);
    session.greet();
    session.on_line("EHLO client.example");
    const auto id = mail::SpoolId::generate(mail::WallTime{});
    for (auto _ : state) {
        benchmark::DoNotOptimize(session.on_line("MAIL FROM:<orders@shop.example> SIZE=4096"));
        benchmark::DoNotOptimize(session.on_line("RCPT TO:<ann@customer.example>"));
        benchmark::DoNotOptimize(session.on_line("DATA"));
        session.on_content(postoffice::ContentEnd::complete, "Subject: Your order\r\n\r\n");
        benchmark::DoNotOptimize(session.take_envelope());
        benchmark::DoNotOptimize(session.on_stored(id));
    }
}
BENCHMARK(session);

void data_reader(benchmark::State& state)
{
    const auto octets = static_cast<std::size_t>(state.range(0));
    const auto wire = mail::bench::text_mail(octets) + "\r\n.\r\n";
    for (auto _ : state) {
        postoffice::DataReader reader(2 * wire.size());
        benchmark::DoNotOptimize(reader.read(wire));
        benchmark::DoNotOptimize(reader.content().size());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(wire.size()));
}
BENCHMARK(data_reader)->Arg(4'000)->Arg(100'000);

/// All of it: commands, data, replies, as the connection would drive it.
class Client
{
public:
    explicit Client(std::size_t octets)
        : wire_("MAIL FROM:<orders@shop.example>\r\nRCPT TO:<ann@customer.example>\r\nDATA\r\n" +
                mail::bench::text_mail(octets) + "\r\n.\r\n"),
          conversation_(options_)
    {
        send("EHLO client.example\r\n");
    }

    void send_mail() { send(wire_); }

private:
    void send(std::string_view octets)
    {
        for (;;) {
            const auto need = conversation_.advance();
            conversation_.output_sent();
            if (need == Conversation::Need::input) {
                if (octets.empty()) return;
                const auto space = conversation_.input_space();
                const auto size = std::min(space.size(), octets.size());
                std::memcpy(space.data(), octets.data(), size);
                conversation_.received(size);
                octets.remove_prefix(size);
            } else if (need == Conversation::Need::memory) {
                conversation_.grant_memory(conversation_.content_bytes_needed());
            } else if (need == Conversation::Need::commit) {
                benchmark::DoNotOptimize(conversation_.take_mail());
                conversation_.stored(id_);
            }
        }
    }

    postoffice::SessionOptions options_;
    std::string wire_;
    mail::SpoolId id_ = mail::SpoolId::generate(mail::WallTime{});
    Conversation conversation_;
};

void conversation(benchmark::State& state)
{
    Client client(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) client.send_mail();
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(conversation)->Arg(4'000)->Arg(100'000);

}  // namespace
