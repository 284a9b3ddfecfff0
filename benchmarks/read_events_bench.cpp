#include <benchmark/benchmark.h>

#include "generated_log.hpp"

/// CSV to EventLog: bytes and rows a second.
static void read_events(benchmark::State& state) {
  const auto events = static_cast<std::uint64_t>(state.range(0));
  const cartwheel::bench::GeneratedLog log(events);
  if (log.read().size() != events) return state.SkipWithError("rows are missing");
  for (auto _ : state) benchmark::DoNotOptimize(log.read());
  state.SetBytesProcessed(state.iterations() * log.bytes());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(read_events)->ArgName("events")->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
