#include <benchmark/benchmark.h>

#include <algorithm>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/shap.hpp>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

/// A forest of 100 trees over 15 columns, 10 of them leaning on the label, and rows that it has not seen.
struct Fitted {
  static constexpr std::size_t columns = 15, training_rows = 20'000, rows = 50'000;
  cartwheel::FeatureMatrix x{rows};
  std::vector<std::vector<float>> values;  ///< [rows][columns]
  cartwheel::RandomForest forest;

  explicit Fitted(int max_depth) : forest(fit(max_depth)) {
    std::mt19937_64 random(2);
    values.assign(rows, std::vector<float>(columns));
    for (auto& row : values)
      for (float& value : row) value = static_cast<float>(random() >> 40) * 0x1p-24f;
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) column.values[i] = values[i][j];
      x.add("f" + std::to_string(j), std::move(column));
    }
  }

  static cartwheel::RandomForest fit(int max_depth) {
    std::mt19937_64 random(1);
    cartwheel::FeatureMatrix x(training_rows);
    std::vector<float> lean(training_rows);
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::FloatColumn column{std::vector<float>(training_rows)};
      for (std::size_t i = 0; i < training_rows; ++i) {
        column.values[i] = static_cast<float>(random() >> 40) * 0x1p-24f;
        if (j < 10) lean[i] += column.values[i];
      }
      x.add("f" + std::to_string(j), std::move(column));
    }
    std::vector<std::uint8_t> y(training_rows);
    for (std::size_t i = 0; i < training_rows; ++i)
      y[i] = lean[i] + 2.0f * static_cast<float>(random() >> 40) * 0x1p-24f > 6.0f ? 1 : 0;
    cartwheel::RandomForestOptions options;
    options.tree.max_depth = max_depth;
    return cartwheel::RandomForest::fit(x, y, options);
  }
};

const Fitted& fitted(std::int64_t depth) {
  static const Fitted shallow(10), deep(0);
  return depth == 10 ? shallow : deep;
}

}  // namespace

/// A matrix of rows through 100 trees: rows a second.
static void predict_matrix(benchmark::State& state) {
  const Fitted& data = fitted(state.range(0));
  const auto expected = data.forest.predict_proba(data.x);
  for (std::size_t i = 0; i < 100; ++i)
    if (data.forest.predict_row(data.values[i]) != expected[i]) return state.SkipWithError("a row alone differs");
  for (auto _ : state) benchmark::DoNotOptimize(data.forest.predict_proba(data.x));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(Fitted::rows));
}
BENCHMARK(predict_matrix)->ArgName("depth")->Arg(10)->Arg(0)->UseRealTime()->Unit(benchmark::kMillisecond);

/// One row after the other, as a server gets them: the time of one.
static void predict_row(benchmark::State& state) {
  const Fitted& data = fitted(state.range(0));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(data.forest.predict_row(data.values[i++ % Fitted::rows]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(predict_row)->ArgName("depth")->Arg(10)->Arg(0)->Unit(benchmark::kMicrosecond);

/// SHAP values of rows: rows a second.
static void shap(benchmark::State& state) {
  const Fitted& data = fitted(10);
  std::vector<std::uint32_t> some(static_cast<std::size_t>(state.range(0)));
  std::iota(some.begin(), some.end(), 0u);
  const auto x = data.x.select_rows(some);
  const auto predictions = data.forest.predict_proba(x);
  const auto checked = shap_values(data.forest, x);
  for (std::size_t i = 0; i < some.size(); ++i) {
    const auto row = checked.row(i);
    if (!(std::abs(checked.base + std::accumulate(row.begin(), row.end(), 0.0) - predictions[i]) < 1e-12))
      return state.SkipWithError("the values do not add up to the prediction");
  }
  for (auto _ : state) benchmark::DoNotOptimize(shap_values(data.forest, x));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(shap)->ArgName("rows")->Arg(1)->Arg(1'000)->UseRealTime()->Unit(benchmark::kMillisecond);
