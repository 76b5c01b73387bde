/// Google Benchmark: what a mail costs as a record: encoding, decoding, the hash over it.
#include <benchmark/benchmark.h>

#include "common/spool/record.h"
#include "tests/benchmarks/gate_mails.h"

namespace
{

mail::Record record_of(std::size_t octets)
{
    mail::Record record;
    record.id = mail::SpoolId::generate(mail::WallTime{});
    record.envelope = {"orders@shop.example", {"ann@customer.example"}, false};
    record.subject = "Your order";
    record.content = mail::bench::text_mail(octets);
    record.timestamp = "2026-11-20T08:00:00.000000";
    record.sha256 = mail::sha256_hex(record.content);
    return record;
}

void hash(benchmark::State& state)
{
    const auto record = record_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(mail::sha256_hex(record.content));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash)->Arg(4'000)->Arg(100'000);

void record_encode(benchmark::State& state)
{
    const auto record = record_of(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(mail::encode_record(record));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(record_encode)->Arg(4'000)->Arg(100'000);

/// The hash in it is verified as well.
void record_decode(benchmark::State& state)
{
    const auto record = record_of(static_cast<std::size_t>(state.range(0)));
    const auto json = mail::encode_record(record);
    for (auto _ : state) benchmark::DoNotOptimize(mail::decode_record(*json, record.id));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(record_decode)->Arg(4'000)->Arg(100'000);

}  // namespace
