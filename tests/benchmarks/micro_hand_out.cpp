/// Google Benchmark: what a mail costs on its way out: the scrub, and its place in the order of
/// what waits. (Scrub and gate together, by kind of mail and number of values: bench_gate.)
#include <benchmark/benchmark.h>

#include <vector>

#include "common/privacy/scrub.h"
#include "common/spool/waiting_index.h"
#include "tests/benchmarks/gate_mails.h"

namespace
{

void scrub(benchmark::State& state)
{
    const auto content = mail::bench::text_mail(static_cast<std::size_t>(state.range(0)));
    mail::privacy::ScrubRules rules;
    rules.message_id_key = "a key that nobody knows";
    for (auto _ : state) benchmark::DoNotOptimize(mail::privacy::scrub(content, rules));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(scrub)->Arg(4'000)->Arg(100'000);

/// One mail comes, the oldest is taken and settled, with so many others waiting.
void waiting_index(benchmark::State& state)
{
    mail::WaitingIndex index;
    std::uint64_t milliseconds = 0;
    const auto admit = [&] {
        ++milliseconds;
        const mail::WallTime time{std::chrono::milliseconds(milliseconds)};
        const auto id = mail::SpoolId::generate(time);
        index.add_aside({milliseconds, id, false});
        index.wait(id);
    };
    for (std::int64_t i = 0; i < state.range(0); ++i) admit();
    for (auto _ : state) {
        admit();
        for (const auto& place : index.take(1, mail::BootTime{0})) index.remove(place.id, false);
    }
}
BENCHMARK(waiting_index)->Arg(1'000)->Arg(1'000'000);

}  // namespace
