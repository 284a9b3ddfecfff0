#include <benchmark/benchmark.h>

#include <cartwheel/bernoulli_nb.hpp>
#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "machine_limits.hpp"

namespace {

using cartwheel::BernoulliNB;
using cartwheel::BernoulliNBOptions;

/// Random bits, one in four set, as floats or as bits.
struct Sample {
  cartwheel::FeatureMatrix x;
  std::vector<std::uint8_t> y;

  Sample(std::size_t rows, std::size_t columns, bool packed) : x(rows), y(rows) {
    std::mt19937_64 random(1);
    for (std::uint8_t& label : y) label = random() % 5 == 0;
    for (std::size_t j = 0; j < columns; ++j) {
      cartwheel::BitColumn bits{std::vector<std::uint64_t>((rows + 63) / 64)};
      for (std::uint64_t& word : bits.words) word = random() & random();
      if (rows % 64 != 0) bits.words.back() &= (std::uint64_t{1} << (rows % 64)) - 1;
      if (packed) {
        x.add("b" + std::to_string(j), std::move(bits));
        continue;
      }
      cartwheel::FloatColumn floats{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) floats.values[i] = static_cast<float>(bits.words[i / 64] >> (i % 64) & 1);
      x.add("b" + std::to_string(j), std::move(floats));
    }
  }

  bool counts_are_right(const BernoulliNB& model) const {
    std::vector<float> column(x.rows());
    x.copy_column(0, column);
    double ones = 0.0, positives = 0.0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      ones += y[i] == 1 && column[i] == 1.0f;
      positives += y[i];
    }
    return std::abs(model.feature_log_prob()[x.columns()] - std::log((ones + 1.0) / (positives + 2.0))) < 1e-12;
  }
};

std::vector<BernoulliNBOptions> published_grid() {
  std::vector<BernoulliNBOptions> grid;
  for (const bool fit_prior : {true, false})
    for (const double alpha : {0.1, 0.5, 1.0}) {
      grid.emplace_back();
      grid.back().fit_prior = fit_prior;
      grid.back().alpha = alpha;
    }
  return grid;
}

}  // namespace

/// A fit, packing included. `of_limit` compares the bytes of the columns with what two threads can read.
static void bernoulli_nb_fit(benchmark::State& state) {
  const Sample sample(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)),
                      state.range(2) == 1);
  if (!sample.counts_are_right(BernoulliNB::fit(sample.x, sample.y))) return state.SkipWithError("wrong counts");
  for (auto _ : state) benchmark::DoNotOptimize(BernoulliNB::fit(sample.x, sample.y));
  const double cell_bytes = state.range(2) == 1 ? 0.125 : 4.0;
  cartwheel::bench::report_share(state, cartwheel::bench::Limit::read,
                                 cell_bytes * static_cast<double>(state.range(0) * state.range(1)), 2);
}
BENCHMARK(bernoulli_nb_fit)
    ->ArgNames({"rows", "columns", "packed"})
    ->ArgsProduct({{100'000, 1'000'000}, {50, 500}, {0, 1}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// The six fits of the published grid in one pass; `of_one` is their time in single fits.
static void bernoulli_nb_grid(benchmark::State& state) {
  const Sample sample(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)), false);
  const auto grid = published_grid();
  double all = 0.0, one = 0.0;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(BernoulliNB::fit_each(sample.x, sample.y, grid));
    const auto middle = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(BernoulliNB::fit(sample.x, sample.y));
    const auto end = std::chrono::steady_clock::now();
    all += std::chrono::duration<double>(middle - begin).count();
    one += std::chrono::duration<double>(end - middle).count();
  }
  state.counters["of_one"] = all / one;
}
BENCHMARK(bernoulli_nb_grid)
    ->ArgNames({"rows", "columns"})
    ->Args({1'000'000, 100})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
