#include <benchmark/benchmark.h>

#include <cartwheel/experiment.hpp>
#include <cartwheel/threads.hpp>
#include <functional>
#include <memory>
#include <string>

#include "generated_log.hpp"

// The published experiment: each model's part of the grid, all of it, and all of it from the file.

namespace {

const cartwheel::bench::GeneratedLog& log_of(std::int64_t events) {
  static std::int64_t made = 0;
  static std::unique_ptr<cartwheel::bench::GeneratedLog> log;
  if (made != events) {
    log.reset();
    log = std::make_unique<cartwheel::bench::GeneratedLog>(static_cast<std::uint64_t>(events));
  }
  made = events;
  return *log;
}

template <class... Values>
std::vector<cartwheel::ParameterValue> list(Values... values) {
  return {cartwheel::ParameterValue(values)...};
}

/// The published grid with three temporal folds a batch.
cartwheel::ExperimentOptions published() {
  using std::int64_t, std::string;
  cartwheel::ExperimentOptions options;
  options.session.label = cartwheel::Label::window;
  options.batches.folds = 3;
  options.extractors = {{"V1", {}}};
  options.models = {
      {"bernoulli_nb", {{"fit_prior", list(true, false)}, {"alpha", list(0.1, 0.5, 1.0)}}},
      {"logistic_regression", {{"penalty", list(string("l1"), string("l2"), string("elasticnet"), string("none"))}}},
      {"decision_tree",
       {{"criterion", list(string("entropy"), string("gini"))},
        {"min_samples_leaf", list(int64_t{5}, int64_t{15}, int64_t{20})}}},
      {"random_forest",
       {{"criterion", list(string("entropy"), string("gini"))},
        {"n_estimators", list(int64_t{50}, int64_t{100})},
        {"max_depth", list(string("none"), int64_t{10})}}}};
  return options;
}

cartwheel::SessionTable sessions_of(const cartwheel::EventLog& log, const cartwheel::ExperimentOptions& options) {
  cartwheel::Account account;
  return cartwheel::build_sessions(log, options.session, account);
}

/// All batches are scored, and better than answering at random.
bool is_right(const cartwheel::ExperimentResult& result) {
  for (const cartwheel::BatchRow& row : result.table)
    if (!row.dummy && row.roc_auc.value_or(0.0) < 0.6) return false;
  return !result.table.empty();
}

void run(benchmark::State& state, const std::function<cartwheel::ExperimentResult()>& work, std::int64_t threads) {
  cartwheel::with_threads(static_cast<int>(threads), [&] {
    if (!is_right(work())) return state.SkipWithError("no better than chance");
    for (auto _ : state) benchmark::DoNotOptimize(work());
  });
}

}  // namespace

/// The part of one model (in the order of published()).
static void grid(benchmark::State& state) {
  const cartwheel::EventLog log = log_of(state.range(1)).read();
  cartwheel::ExperimentOptions options = published();
  options.models = {options.models.at(static_cast<std::size_t>(state.range(0)))};
  state.SetLabel(options.models[0].name);
  const cartwheel::SessionTable table = sessions_of(log, options);
  run(
      state, [&] { return cartwheel::run_experiment(table, options); }, state.range(2));
}
BENCHMARK(grid)
    ->ArgNames({"model", "events", "threads"})
    ->ArgsProduct({{0, 1, 2, 3}, {100'000, 300'000}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// From CSV to the table.
static void whole_run(benchmark::State& state) {
  const cartwheel::bench::GeneratedLog& csv = log_of(state.range(0));
  const cartwheel::ExperimentOptions options = published();
  run(
      state,
      [&] {
        const cartwheel::EventLog log = csv.read();
        return cartwheel::run_experiment(sessions_of(log, options), options);
      },
      state.range(1));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(whole_run)
    ->ArgNames({"events", "threads"})
    ->ArgsProduct({{100'000, 300'000}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
