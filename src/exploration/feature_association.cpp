#include "exploration/feature_association.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "features/mutual_information.hpp"

namespace cartwheel::exploration {
namespace {

using features::LabelCounts;

/// Over the rows where the value is there. @param counts  how many of them have each label.
std::optional<double> pearson(std::span<const float> values, std::span<const std::uint8_t> y,
                              const LabelCounts& counts) {
  if (counts[0] == 0 || counts[1] == 0) return {};
  const auto rows = static_cast<double>(counts[0] + counts[1]);
  const auto sum = [&](const auto& of_row) {
    return core::tile_sum(values.size(), [&](std::size_t row) { return std::isnan(values[row]) ? 0.0 : of_row(row); });
  };
  const double mean = sum([&](std::size_t row) { return static_cast<double>(values[row]); }) / rows;
  const double share = static_cast<double>(counts[1]) / rows;
  const double squares = sum([&](std::size_t row) {
    const double off = static_cast<double>(values[row]) - mean;
    return off * off;
  });
  const double products =
      sum([&](std::size_t row) { return (static_cast<double>(values[row]) - mean) * (y[row] - share); });
  return std::clamp(products / std::sqrt(squares * rows * share * (1.0 - share)), -1.0, 1.0);
}

FeatureAssociation associate(const FeatureMatrix& x, std::size_t j, std::span<const std::uint8_t> y) {
  FeatureAssociation result;
  result.feature = x.names()[j];
  std::vector<LabelCounts> bins = features::count_labels(x, j, y);
  result.mutual_information = features::mutual_information(bins);
  result.missing = bins.back()[0] + bins.back()[1];
  bins.pop_back();
  if (std::holds_alternative<CategoryColumn>(x.column(j)) || bins.size() < 2) return result;
  LabelCounts present{};
  for (const auto& [zeros, ones] : bins) {
    present[0] += zeros;
    present[1] += ones;
  }
  std::vector<float> values(x.rows());
  x.copy_column(j, values);
  result.pearson = pearson(values, y, present);
  return result;
}

}  // namespace

std::vector<FeatureAssociation> associate_features(const FeatureMatrix& x, std::span<const std::uint8_t> y) {
  std::vector<FeatureAssociation> result(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) { result[j] = associate(x, j, y); });
  return result;
}

double binary_entropy(std::uint64_t positives, std::uint64_t rows) {
  if (rows == 0) return 0.0;
  const double share = static_cast<double>(positives) / static_cast<double>(rows);
  return 0.0 - core::x_log2_x(share) - core::x_log2_x(1.0 - share);
}

}  // namespace cartwheel::exploration
