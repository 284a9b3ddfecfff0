#include <benchmark/benchmark.h>

#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/threads.hpp>
#include <memory>
#include <numeric>
#include <vector>

#include "generated_log.hpp"

// From sessions to columns: what an extractor learns from training rows and gives for them, and what it gives for
// others.

namespace {

struct Sessions {
  cartwheel::EventLog log;
  cartwheel::SessionTable table;
  std::vector<std::uint32_t> rows;  ///< All of them.
};

/// The last log that was asked for. Short sessions are kept, so that there are as many rows as a shop has.
const Sessions& sessions_of(std::int64_t events) {
  static std::int64_t made = 0;
  static std::unique_ptr<Sessions> sessions;
  if (made == events) return *sessions;
  sessions = std::make_unique<Sessions>(
      Sessions{cartwheel::bench::GeneratedLog(static_cast<std::uint64_t>(events)).read(), {}, {}});
  cartwheel::SessionOptions options;
  options.label = cartwheel::Label::window;
  options.short_sessions = cartwheel::ShortSessions::keep;
  cartwheel::Account account;
  sessions->table = cartwheel::build_sessions(sessions->log, options, account);
  sessions->rows.resize(sessions->table.size());
  std::iota(sessions->rows.begin(), sessions->rows.end(), 0u);
  made = events;
  return *sessions;
}

const char* name_of(std::int64_t extractor) { return extractor == 1 ? "V1" : "V2"; }

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"version", "events", "threads"})
      ->ArgsProduct({{1, 2}, {100'000, 1'000'000}, {1, 2}})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace

static void features_fit_transform(benchmark::State& state) {
  const Sessions& sessions = sessions_of(state.range(1));
  cartwheel::with_threads(static_cast<int>(state.range(2)), [&] {
    const auto fit = [&] {
      return cartwheel::make_feature_extractor(name_of(state.range(0)), {})
          ->fit_transform(sessions.table, sessions.rows, sessions.table.log_end);
    };
    if (fit().rows() != sessions.rows.size()) return state.SkipWithError("rows are missing");
    for (auto _ : state) benchmark::DoNotOptimize(fit());
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sessions.rows.size()));
}
BENCHMARK(features_fit_transform)->Apply(sizes);

static void features_transform(benchmark::State& state) {
  const Sessions& sessions = sessions_of(state.range(1));
  // Fitted on the first half, as a model that scores the second.
  const auto extractor = cartwheel::make_feature_extractor(name_of(state.range(0)), {});
  const auto half = std::span(sessions.rows).first(sessions.rows.size() / 2);
  const auto rest = std::span(sessions.rows).subspan(half.size());
  extractor->fit_transform(sessions.table, half, sessions.table.start[half.size()]);
  cartwheel::with_threads(static_cast<int>(state.range(2)), [&] {
    if (extractor->transform(sessions.table, rest).rows() != rest.size())
      return state.SkipWithError("rows are missing");
    for (auto _ : state) benchmark::DoNotOptimize(extractor->transform(sessions.table, rest));
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rest.size()));
}
BENCHMARK(features_transform)->Apply(sizes);
