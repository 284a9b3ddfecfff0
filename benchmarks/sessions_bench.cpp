#include <benchmark/benchmark.h>

#include <algorithm>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/threads.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>

#include "large_log.hpp"
#include "machine_limits.hpp"
#include "support/feature_rows.hpp"
#include "support/session_table_bytes.hpp"
#include "support/sessions_by_state.hpp"
#include "support/v1_by_definition.hpp"

namespace {

using cartwheel::EventLog;
using cartwheel::SessionTable;

/// The last log that was asked for: benchmarks of the same log stand next to each other.
EventLog large_log(std::int64_t events, bool shuffled, bool named = true) {
  static std::pair<std::int64_t, bool> made;
  static std::unique_ptr<cartwheel::bench::LargeLog> log;
  if (!log || made != std::pair(events, shuffled)) {
    log.reset();
    log = std::make_unique<cartwheel::bench::LargeLog>(static_cast<std::uint64_t>(events), shuffled);
    made = {events, shuffled};
  }
  return log->log(named);
}

cartwheel::SessionOptions published() {
  cartwheel::SessionOptions options;
  options.label = cartwheel::Label::window;
  return options;
}

SessionTable build(const EventLog& log) {
  cartwheel::Account account;
  return cartwheel::build_sessions(log, published(), account);
}

cartwheel::FeatureMatrix features_of(const SessionTable& table) {
  std::vector<std::uint32_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return cartwheel::make_feature_extractor("V1", {})->fit_transform(table, rows, table.log_end);
}

bool features_are_right(const SessionTable& table) {
  const auto found = cartwheel::test::rows_of(features_of(table));
  for (std::size_t row = 0; row < table.size(); ++row) {
    const std::vector<double> expected = cartwheel::test::v1_by_definition(table, row, 3);
    for (std::size_t f = 0; f < expected.size(); ++f)
      if (!(std::abs(found[row][f] - expected[f]) <= 1e-6 * std::max(1.0, std::abs(expected[f])))) return false;
  }
  return true;
}

/// Windows and labels by SessionState, one event after the other, and features by their definitions. These are slow, so
/// a larger log, which is built by the same code, is built without being checked: no benchmark times memory that the
/// system has yet to find.
bool is_right(const EventLog& log) {
  const SessionTable table = build(log);
  if (log.size() > 1'000'000) return features_of(table).rows() == table.size();
  std::vector<std::uint64_t> rows(log.size());
  std::iota(rows.begin(), rows.end(), std::uint64_t{0});
  return cartwheel::test::bytes_of(table) ==
             cartwheel::test::bytes_of(cartwheel::test::sessions_by_state(log, published(), rows)) &&
         features_are_right(table);
}

void logs(benchmark::internal::Benchmark* b) {
  const char* const most = std::getenv("CARTWHEEL_BENCH_EVENTS");  // 100000000 needs 12 GiB
  for (const std::int64_t events : {1'000'000LL, 10'000'000LL, 100'000'000LL})
    if (events <= (most == nullptr ? 10'000'000LL : std::atoll(most)))
      for (const std::int64_t shuffled : {0, 1}) b->Args({events, shuffled});
}

}  // namespace

/// EventLog to windows, labels and the V1 aggregates of each session, on one thread.
static void sessions_and_features(benchmark::State& state) {
  const EventLog log = large_log(state.range(0), state.range(1) != 0);
  if (!is_right(log)) return state.SkipWithError("wrong sessions");
  cartwheel::with_threads(1, [&] {
    for (auto _ : state) benchmark::DoNotOptimize(features_of(build(log)));
  });
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sessions_and_features)
    ->ArgNames({"events", "shuffled"})
    ->Apply(logs)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Windows and labels alone.
static void sessions_only(benchmark::State& state) {
  const EventLog log = large_log(state.range(0), state.range(1) != 0);
  if (!is_right(log)) return state.SkipWithError("wrong sessions");
  cartwheel::with_threads(1, [&] {
    for (auto _ : state) benchmark::DoNotOptimize(build(log));
  });
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sessions_only)->ArgNames({"events", "shuffled"})->Apply(logs)->UseRealTime()->Unit(benchmark::kMillisecond);

/// A log that names no session.
static void sessions_by_inactivity(benchmark::State& state) {
  const EventLog log = large_log(state.range(0), state.range(1) != 0, false);
  if (!is_right(log)) return state.SkipWithError("wrong sessions");
  cartwheel::with_threads(1, [&] {
    for (auto _ : state) benchmark::DoNotOptimize(build(log));
  });
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sessions_by_inactivity)
    ->ArgNames({"events", "shuffled"})
    ->Apply(logs)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Two threads, beside what independent loops gain from a second thread at this moment.
static void sessions_on_two_threads(benchmark::State& state) {
  const EventLog log = large_log(state.range(0), state.range(1) != 0);
  if (!is_right(log)) return state.SkipWithError("wrong sessions");
  cartwheel::bench::run_scaling(state, 2, [&](int threads) {
    cartwheel::with_threads(threads, [&] { benchmark::DoNotOptimize(features_of(build(log))); });
  });
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sessions_on_two_threads)
    ->ArgNames({"events", "shuffled"})
    ->Apply(logs)
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);
