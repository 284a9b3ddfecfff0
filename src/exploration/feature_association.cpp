#include "exploration/feature_association.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/math.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "tree/sort_rows.hpp"

namespace cartwheel::exploration {
namespace {

constexpr std::uint64_t most_bins = 32;

/// Rows with each label.
using LabelCounts = std::array<std::uint64_t, 2>;

/// n log2 n, the term that entropies of counts are made of.
double term(std::uint64_t count) { return core::x_log2_x(static_cast<double>(count)); }

/// I = H(bin) + H(label) - H(bin, label), from counts. Below 0 by rounding alone.
double mutual_information(const std::vector<LabelCounts>& bins) {
  LabelCounts all{};
  double bin_terms = 0.0, cell_terms = 0.0;
  for (const auto& [zeros, ones] : bins) {
    all[0] += zeros;
    all[1] += ones;
    bin_terms += term(zeros + ones);
    cell_terms += term(zeros) + term(ones);
  }
  const std::uint64_t rows = all[0] + all[1];
  if (rows == 0) return 0.0;
  return std::max(0.0,
                  (term(rows) - bin_terms - (term(all[0]) + term(all[1])) + cell_terms) / static_cast<double>(rows));
}

/// The different values of a column, in increasing order, with their labels. Missing ones are left out.
std::vector<LabelCounts> values_in_order(std::span<const float> values, std::span<const std::uint8_t> y) {
  std::vector<tree::KeyedRow> rows;
  rows.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!std::isnan(values[row])) rows.push_back({tree::sort_key(values[row]), static_cast<std::uint32_t>(row)});
  tree::sort_rows(rows);
  std::vector<LabelCounts> distinct;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows[i].key != rows[i - 1].key) distinct.push_back({});
    ++distinct.back()[y[rows[i].row]];
  }
  return distinct;
}

/// The bins that FeatureAssociation::mutual_information describes.
std::vector<LabelCounts> bins_of(const std::vector<LabelCounts>& distinct) {
  if (distinct.size() <= most_bins) return distinct;
  std::uint64_t rows = 0;
  for (const auto& [zeros, ones] : distinct) rows += zeros + ones;
  std::vector<LabelCounts> bins(most_bins);
  std::uint64_t smaller = 0;
  for (const auto& [zeros, ones] : distinct) {
    LabelCounts& bin = bins[smaller * most_bins / rows];
    bin[0] += zeros;
    bin[1] += ones;
    smaller += zeros + ones;
  }
  return bins;
}

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

std::vector<LabelCounts> levels_of(const CategoryColumn& column, std::span<const std::uint8_t> y) {
  std::vector<LabelCounts> bins(column.levels.size());
  for (std::size_t row = 0; row < column.codes.size(); ++row) ++bins[column.codes[row]][y[row]];
  return bins;
}

FeatureAssociation associate(const FeatureMatrix& x, std::size_t j, std::span<const std::uint8_t> y) {
  FeatureAssociation result;
  result.feature = x.names()[j];
  if (const auto* category = std::get_if<CategoryColumn>(&x.column(j))) {
    const std::vector<LabelCounts> bins = levels_of(*category, y);
    if (!bins.empty()) result.missing = bins[0][0] + bins[0][1];
    result.mutual_information = mutual_information(bins);
    return result;
  }
  std::vector<float> values(x.rows());
  x.copy_column(j, values);
  LabelCounts missing{}, present{};
  for (std::size_t row = 0; row < values.size(); ++row) ++(std::isnan(values[row]) ? missing : present)[y[row]];
  result.missing = missing[0] + missing[1];
  const std::vector<LabelCounts> distinct = values_in_order(values, y);
  if (distinct.size() > 1) result.pearson = pearson(values, y, present);
  std::vector<LabelCounts> bins = bins_of(distinct);
  bins.push_back(missing);
  result.mutual_information = mutual_information(bins);
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
