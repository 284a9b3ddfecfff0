#include <benchmark/benchmark.h>

#include <cartwheel/session_table.hpp>
#include <numeric>

#include "generated_log.hpp"

/// EventLog to SessionTable: events a second, for each window size.
static void build_sessions(benchmark::State& state) {
  const cartwheel::EventLog log = cartwheel::bench::GeneratedLog(static_cast<std::uint64_t>(state.range(0))).read();
  cartwheel::SessionOptions options;
  options.label = cartwheel::Label::window;
  options.size = static_cast<int>(state.range(1));
  const auto build = [&] {
    cartwheel::Account account;
    return cartwheel::build_sessions(log, options, account);
  };
  const cartwheel::SessionTable table = build();
  const auto in_windows = std::accumulate(table.event_count.begin(), table.event_count.end(), std::uint64_t{0});
  if (in_windows != table.size() * static_cast<std::uint64_t>(options.size))
    return state.SkipWithError("windows are not full");
  for (auto _ : state) benchmark::DoNotOptimize(build());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(build_sessions)
    ->ArgNames({"events", "size"})
    ->ArgsProduct({{10'000, 100'000, 1'000'000}, {1, 3, 8}})
    ->Unit(benchmark::kMillisecond);
