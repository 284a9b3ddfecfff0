#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/permutation_importance.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/philox.hpp"

namespace cartwheel {
namespace {

std::vector<std::uint32_t> random_order(std::size_t rows, const PermutationImportanceOptions& options,
                                        std::size_t column, std::size_t repeat) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  core::RandomStream random(options.seed, core::RandomPurpose::permutation, static_cast<std::uint32_t>(column), repeat);
  for (std::size_t i = rows; i-- > 1;) std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
  return order;
}

}  // namespace

PermutationImportance permutation_importance(const Model& model, const FeatureMatrix& x,
                                             std::span<const std::uint8_t> y, const Metric& metric,
                                             const PermutationImportanceOptions& options) {
  if (options.repeats < 1 || options.repeats > 10'000)
    throw ParameterError(fmt::format("repeats is {}; it must be in [1, 10000]", options.repeats));
  if (y.size() != x.rows())
    throw DataError(fmt::format("there are {} labels for {} rows; give one a row", y.size(), x.rows()));
  const auto repeats = static_cast<std::size_t>(options.repeats);
  PermutationImportance result;
  result.score = metric(y, model.predict_proba(x));
  FeatureMatrix permuted = x;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    FeatureMatrix column(x.rows());
    column.add(x.names()[j], x.column(j));
    double sum = 0.0, squares = 0.0;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      permuted.replace(j, column.select_rows(random_order(x.rows(), options, j, repeat)).column(0));
      result.drops.push_back(result.score - metric(y, model.predict_proba(permuted)));
      sum += result.drops.back();
    }
    permuted.replace(j, x.column(j));
    const auto count = static_cast<double>(repeats);
    const double mean = sum / count;
    for (const double drop : std::span(result.drops).last(repeats)) squares += (drop - mean) * (drop - mean);
    result.mean.push_back(mean);
    result.std.push_back(std::sqrt(squares / count));
  }
  return result;
}

}  // namespace cartwheel
