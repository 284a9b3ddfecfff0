#include <benchmark/benchmark.h>

#include <array>
#include <cartwheel/logistic_regression.hpp>
#include <chrono>
#include <cmath>

#include "machine_limits.hpp"
#include "standardised_sample.hpp"

namespace {

using cartwheel::LogisticRegression;
using cartwheel::LogisticRegressionOptions;
using cartwheel::Penalty;

constexpr std::array penalties{Penalty::l1, Penalty::l2, Penalty::elasticnet, Penalty::none};
constexpr std::array names{"l1", "l2", "elasticnet", "none"};

/// Shapes, and the shares of limits that depend on them, of the benchmarks below. All use every core.
void shapes(benchmark::internal::Benchmark* all) {
  all->ArgNames({"rows", "columns", "penalty"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const auto& [rows, columns] :
       {std::pair{10'000, 38}, {100'000, 38}, {1'000'000, 38}, {10'000, 500}, {100'000, 500}})
    for (int penalty = 0; penalty < 4; ++penalty) all->Args({rows, columns, penalty});
}

}  // namespace

/// A fit at the tolerance that leaves a relative gap of at most 1e-6 in the objective. `of_limit` compares the bytes of
/// the columns, once for each step, with what two threads can read.
static void logistic_regression_fit(benchmark::State& state) {
  const cartwheel::bench::StandardisedSample sample(static_cast<std::size_t>(state.range(0)),
                                                    static_cast<std::size_t>(state.range(1)));
  LogisticRegressionOptions options;
  options.penalty = penalties[static_cast<std::size_t>(state.range(2))];
  state.SetLabel(names[static_cast<std::size_t>(state.range(2))]);
  const double best = LogisticRegression::fit(sample.x, sample.y, options).report().objective;
  for (options.tol = 1e-1;; options.tol *= 0.1) {
    if (options.tol < 1e-8) return state.SkipWithError("the gap was not reached");
    if (LogisticRegression::fit(sample.x, sample.y, options).report().objective <= best * (1.0 + 1e-6)) break;
  }
  int steps = 0;
  for (auto _ : state) steps = LogisticRegression::fit(sample.x, sample.y, options).report().iterations;
  state.counters["steps"] = steps;
  cartwheel::bench::report_share(state, cartwheel::bench::Limit::read,
                                 4.0 * static_cast<double>(state.range(0) * state.range(1) * std::max(steps, 1)), 2);
}
BENCHMARK(logistic_regression_fit)->Apply(shapes);

/// Eight fits from strong penalties to weak, all to the default tolerance; `of_one` is their time in fits of the last.
static void logistic_regression_path(benchmark::State& state) {
  const cartwheel::bench::StandardisedSample sample(static_cast<std::size_t>(state.range(0)),
                                                    static_cast<std::size_t>(state.range(1)));
  std::vector<LogisticRegressionOptions> path(8);
  for (std::size_t i = 0; i < path.size(); ++i) {
    path[i].penalty = penalties[static_cast<std::size_t>(state.range(2))];
    path[i].C = 1e-3 * std::pow(10.0, 0.5 * static_cast<double>(i));
  }
  for (const auto& model : LogisticRegression::fit_each(sample.x, sample.y, path))
    if (!model.report().converged) return state.SkipWithError("not converged");
  double all = 0.0, one = 0.0;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(LogisticRegression::fit_each(sample.x, sample.y, path));
    const auto middle = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(LogisticRegression::fit(sample.x, sample.y, path.back()));
    const auto end = std::chrono::steady_clock::now();
    all += std::chrono::duration<double>(middle - begin).count();
    one += std::chrono::duration<double>(end - middle).count();
  }
  state.counters["of_one"] = all / one;
}
BENCHMARK(logistic_regression_path)
    ->ArgNames({"rows", "columns", "penalty"})
    ->ArgsProduct({{100'000}, {38}, {0, 1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
