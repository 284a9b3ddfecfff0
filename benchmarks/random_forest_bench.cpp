#include <benchmark/benchmark.h>

#include <cartwheel/metrics.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/threads.hpp>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "forest_data.hpp"
#include "machine_limits.hpp"
#include "peers/cartwheel_job/measured.hpp"

namespace {

using cartwheel::bench::ForestData;
using cartwheel::bench::Limit;

enum Shape : std::int64_t { store, generated, dense, one_hot };

std::optional<ForestData> make(std::int64_t shape, bool whole) {
  switch (shape) {
    case store:
      return cartwheel::bench::sessions_of(CARTWHEEL_STORE_CSV);
    case generated:
      return cartwheel::bench::sessions_of_generated(900'000);
    case dense:
      return cartwheel::bench::dense_data(whole ? 1'000'000 : 50'000, 50);
    default:
      return cartwheel::bench::one_hot_data(whole ? 100'000 : 20'000);
  }
}

/// The last data that were asked for: benchmarks of the same data stand next to each other. Null: not on this machine.
/// @param whole  of the sizes that comparisons speak of; else less of the large ones.
const ForestData* data_of(std::int64_t shape, bool whole) {
  static std::pair<std::int64_t, bool> made{-1, false};
  static std::optional<ForestData> data;
  if (made != std::pair(shape, whole)) {
    data.reset();
    data = make(shape, whole);
    made = {shape, whole};
  }
  return data ? &*data : nullptr;
}

cartwheel::RandomForest fit(const ForestData& data, int trees, std::int64_t depth) {
  cartwheel::RandomForestOptions options;
  options.n_estimators = trees;
  options.tree.max_depth = static_cast<int>(depth);
  return cartwheel::RandomForest::fit(data.x, data.y, options);
}

/// Additions to histograms that growing these trees comes down to: for each split, the distinct rows of the node (of a
/// bootstrap, 1 - 1/e of its size) by the columns that it looks at. Smaller trees save a part of it, others add some.
double updates(const cartwheel::RandomForest& forest) {
  double rows = 0.0;
  for (int tree = 0; tree < forest.tree_count(); ++tree)
    for (const cartwheel::TreeNode& node : forest.nodes(tree))
      if (node.feature >= 0) rows += node.rows;
  return rows * (1.0 - std::exp(-1.0)) * std::floor(std::sqrt(static_cast<double>(forest.feature_names().size())));
}

/// What a fit may take beyond its data: 2 bytes a cell, 16 bytes a row and thread, and the model, 24 bytes a node.
double allowed_bytes(const ForestData& data, const cartwheel::RandomForest& forest, int threads) {
  double nodes = 0.0;
  for (int tree = 0; tree < forest.tree_count(); ++tree) nodes += static_cast<double>(forest.nodes(tree).size());
  const auto rows = static_cast<double>(data.x.rows()), columns = static_cast<double>(data.x.columns());
  return 2.0 * rows * columns + 16.0 * rows * threads + 24.0 * nodes;
}

}  // namespace

/// Fit of 10 trees: rows x trees a second; histogram updates a second, and their share of the machine's; the first
/// fit's memory, and its share of what it may take.
static void forest_fit(benchmark::State& state, bool whole) {
  const ForestData* const data = data_of(state.range(0), whole);
  if (data == nullptr) return state.SkipWithError("skipped: " CARTWHEEL_STORE_CSV " is not there");
  const int threads = static_cast<int>(state.range(2));
  constexpr int trees = 10;
  std::optional<cartwheel::RandomForest> forest;
  cartwheel::with_threads(threads, [&] {
    const double peak = cartwheel_job::measured([&] { forest = fit(*data, trees, state.range(1)); }).peak_bytes;
    const double auc = cartwheel::roc_auc(data->y, forest->predict_proba(data->x)).value_or(0.0);
    if (auc < 0.7) return state.SkipWithError("no forest");
    for (auto _ : state) benchmark::DoNotOptimize(fit(*data, trees, state.range(1)));
    state.counters["MiB"] = peak / 1048576.0;
    state.counters["of_allowed"] = peak / allowed_bytes(*data, *forest, threads);
  });
  if (state.iterations() == 0) return;
  cartwheel::bench::report_share(state, Limit::cell_updates, updates(*forest), threads);
  state.SetItemsProcessed(state.iterations() * trees * static_cast<std::int64_t>(data->x.rows()));
}
BENCHMARK_CAPTURE(forest_fit, some, false)
    ->ArgNames({"store-generated-dense-onehot", "depth", "threads"})
    ->ArgsProduct({{store, generated, dense, one_hot}, {0, 10}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
static void long_forest_fit(benchmark::State& state) { forest_fit(state, true); }
BENCHMARK(long_forest_fit)
    ->ArgNames({"store-generated-dense-onehot", "depth", "threads"})
    ->ArgsProduct({{dense, one_hot}, {0, 10}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Cost at a fixed depth: rows x trees a second should not fall with the rows.
static void forest_rows(benchmark::State& state) {
  const ForestData data = cartwheel::bench::dense_data(static_cast<std::size_t>(state.range(0)), 20);
  cartwheel::with_threads(1, [&] {
    const auto forest = fit(data, 4, 8);
    if (cartwheel::roc_auc(data.y, forest.predict_proba(data.x)).value_or(0.0) < 0.7)
      return state.SkipWithError("no forest");
    for (auto _ : state) benchmark::DoNotOptimize(fit(data, 4, 8));
  });
  state.SetItemsProcessed(state.iterations() * 4 * state.range(0));
}
BENCHMARK(forest_rows)
    ->ArgName("rows")
    ->RangeMultiplier(10)
    ->Range(10'000, 1'000'000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
static void long_forest_rows(benchmark::State& state) { forest_rows(state); }
BENCHMARK(long_forest_rows)->ArgName("rows")->Arg(10'000'000)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Two threads, beside what independent loops gain from a second thread at this moment: many trees, and a single one.
static void forest_on_two_threads(benchmark::State& state) {
  const ForestData data = cartwheel::bench::dense_data(100'000, 50);
  const int trees = static_cast<int>(state.range(0));
  cartwheel::bench::run_scaling(state, 2, [&](int threads) {
    cartwheel::with_threads(threads, [&] { benchmark::DoNotOptimize(fit(data, trees, 10)); });
  });
}
BENCHMARK(forest_on_two_threads)
    ->ArgName("trees")
    ->Arg(1)
    ->Arg(11)
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

/// One tree that looks at all columns, exact (max_bins 65535) or not.
static void tree_fit(benchmark::State& state) {
  const ForestData* const data = data_of(state.range(0), false);
  if (data == nullptr) return state.SkipWithError("skipped: " CARTWHEEL_STORE_CSV " is not there");
  cartwheel::DecisionTreeOptions options;
  options.max_bins = static_cast<int>(state.range(1));
  options.min_samples_leaf.count = 5;
  cartwheel::with_threads(static_cast<int>(state.range(2)), [&] {
    if (cartwheel::DecisionTree::fit(data->x, data->y, options).depth() < 5) return state.SkipWithError("no tree");
    for (auto _ : state) benchmark::DoNotOptimize(cartwheel::DecisionTree::fit(data->x, data->y, options));
  });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(data->x.rows()));
}
BENCHMARK(tree_fit)
    ->ArgNames({"store-generated", "max_bins", "threads"})
    ->ArgsProduct({{store, generated}, {255, 65'535}, {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
