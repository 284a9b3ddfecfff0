#include <benchmark/benchmark.h>

#include <cartwheel/metrics.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace {

/// Rows whose label leans on the first three columns.
struct Sample {
  cartwheel::FeatureMatrix x;
  std::vector<std::uint8_t> y;

  Sample(std::size_t rows, std::size_t columns) : x(rows), y(rows) {
    std::mt19937_64 random(1);
    std::vector<float> lean(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) {
        column.values[i] = static_cast<float>(random() >> 40) * 0x1p-24f;
        if (j < 3) lean[i] += column.values[i];
      }
      x.add("f" + std::to_string(j), std::move(column));
    }
    for (std::size_t i = 0; i < rows; ++i) y[i] = lean[i] + static_cast<float>(random() >> 40) * 0x1p-24f > 2.0f;
  }
};

}  // namespace

/// Fit of a forest: cells (rows x columns x trees) a second.
static void random_forest_fit(benchmark::State& state) {
  const Sample sample(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  cartwheel::RandomForestOptions options;
  options.n_estimators = 10;
  options.tree.max_depth = static_cast<int>(state.range(2));
  const auto fitted = cartwheel::RandomForest::fit(sample.x, sample.y, options);
  if (cartwheel::roc_auc(sample.y, fitted.predict_proba(sample.x)).value_or(0.0) < 0.8)
    return state.SkipWithError("no forest");
  for (auto _ : state) benchmark::DoNotOptimize(cartwheel::RandomForest::fit(sample.x, sample.y, options));
  state.SetItemsProcessed(state.iterations() * options.n_estimators * state.range(0) * state.range(1));
}
BENCHMARK(random_forest_fit)
    ->ArgNames({"rows", "columns", "depth"})
    ->ArgsProduct({{10'000, 100'000}, {15, 50}, {0, 10}})
    ->Unit(benchmark::kMillisecond);
