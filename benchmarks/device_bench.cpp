#include <benchmark/benchmark.h>

#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/device.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/session_table.hpp>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "generated_log.hpp"

/// The same work on the CPU (all cores) and on the GPU, copies to and from it included. The answers are compared first.
namespace {

using cartwheel::Device;

/// Runs `work` on the benchmark's device, after its answer was found equal to the CPU's.
/// @param work  -> the answer, comparable.
template <class Work>
void on_device(benchmark::State& state, const Work& work) {
  const auto device = static_cast<Device>(state.range(0));
  state.SetLabel(device == Device::cuda ? "gpu" : "cpu");
  try {
    const auto expected = work();
    cartwheel::with_device(device, [&] {
      if (work() != expected) return state.SkipWithError("the GPU's answer is not the CPU's");
      for (auto _ : state) benchmark::DoNotOptimize(work());
    });
  } catch (const cartwheel::DeviceError& error) {
    state.SkipWithError(error.what());
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

/// Normal columns, every third one yes or no, and a label that follows the first few.
struct Sample {
  cartwheel::FeatureMatrix x;
  std::vector<std::uint8_t> y;

  Sample(std::size_t rows, std::size_t columns) : x(rows), y(rows) {
    std::mt19937_64 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> score(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) {
        const float value = normal(random);
        column.values[i] = j % 3 == 2 ? static_cast<float>(value > 0.3f) : value;
        if (j < 6) score[i] += column.values[i];
      }
      x.add("f" + std::to_string(j), std::move(column));
    }
    for (std::size_t i = 0; i < rows; ++i) y[i] = score[i] + 2.0f * normal(random) > 1.0f;
  }
};

Sample sample_of(const benchmark::State& state) {
  return {static_cast<std::size_t>(state.range(1)), static_cast<std::size_t>(state.range(2))};
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"gpu", "rows", "columns"})
      ->ArgsProduct({{0, 1}, {10'000, 100'000, 1'000'000}, {50}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace

static void naive_bayes_fit(benchmark::State& state) {
  const Sample sample = sample_of(state);
  on_device(state, [&] { return cartwheel::BernoulliNB::fit(sample.x, sample.y).feature_log_prob(); });
}
BENCHMARK(naive_bayes_fit)->Apply(sizes);

static void logistic_regression_fit(benchmark::State& state) {
  const Sample sample = sample_of(state);
  on_device(state, [&] { return cartwheel::LogisticRegression::fit(sample.x, sample.y).coefficients(); });
}
BENCHMARK(logistic_regression_fit)->Apply(sizes);

static void random_forest_fit(benchmark::State& state) {
  const Sample sample = sample_of(state);
  on_device(state, [&] {
    cartwheel::RandomForestOptions options;
    options.n_estimators = 20;
    options.tree.max_depth = 10;
    return cartwheel::RandomForest::fit(sample.x, sample.y, options).feature_importances();
  });
}
BENCHMARK(random_forest_fit)->Apply(sizes)->Iterations(1);

/// What docs/cuda.md has the expected time of: 10 million rows x 50 columns x 100 trees, on the GPU alone, because the
/// CPU would take minutes.
static void random_forest_of_the_roofline(benchmark::State& state) {
  try {
    cartwheel::with_device(Device::cuda, [&] {
      const Sample sample(static_cast<std::size_t>(state.range(0)), 50);
      cartwheel::RandomForestOptions options;
      options.tree.max_depth = 20;
      for (auto _ : state) benchmark::DoNotOptimize(cartwheel::RandomForest::fit(sample.x, sample.y, options));
    });
  } catch (const cartwheel::DeviceError& error) {
    state.SkipWithError(error.what());
  }
}
BENCHMARK(random_forest_of_the_roofline)
    ->ArgName("rows")
    ->Arg(10'000'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

static void random_forest_predict(benchmark::State& state) {
  const Sample sample = sample_of(state);
  cartwheel::RandomForestOptions options;
  options.n_estimators = 20;
  options.tree.max_depth = 10;
  const cartwheel::RandomForest forest = cartwheel::RandomForest::fit(sample.x, sample.y, options);
  on_device(state, [&] { return forest.predict_proba(sample.x); });
}
BENCHMARK(random_forest_predict)->Apply(sizes);

static void sessions(benchmark::State& state) {
  const cartwheel::EventLog log = cartwheel::bench::GeneratedLog(static_cast<std::uint64_t>(state.range(1))).read();
  on_device(state, [&] {
    cartwheel::Account account;
    const cartwheel::SessionTable table = cartwheel::build_sessions(log, {}, account);
    return std::pair(table.start_sequence, table.label);
  });
}
BENCHMARK(sessions)
    ->ArgNames({"gpu", "events"})
    ->ArgsProduct({{0, 1}, {10'000, 100'000, 1'000'000}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

static void features(benchmark::State& state) {
  const cartwheel::EventLog log = cartwheel::bench::GeneratedLog(static_cast<std::uint64_t>(state.range(1))).read();
  cartwheel::SessionOptions options;
  options.label = cartwheel::Label::window;
  cartwheel::Account account;
  const cartwheel::SessionTable table = cartwheel::build_sessions(log, options, account);
  std::vector<std::uint32_t> rows(table.size());
  std::iota(rows.begin(), rows.end(), 0u);
  on_device(state, [&] {
    const auto extractor = cartwheel::make_feature_extractor("V2", {{"smoothing", 20.0}});
    const cartwheel::FeatureMatrix matrix = extractor->fit_transform(table, rows, table.log_end);
    std::vector<std::vector<float>> columns(matrix.columns(), std::vector<float>(rows.size()));
    for (std::size_t j = 0; j < columns.size(); ++j) {
      matrix.copy_column(j, columns[j]);
      for (float& value : columns[j]) value = value == value ? value : -1.0f;  // NaN: missing
    }
    return columns;
  });
}
BENCHMARK(features)
    ->ArgNames({"gpu", "events"})
    ->ArgsProduct({{0, 1}, {10'000, 100'000, 1'000'000}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
