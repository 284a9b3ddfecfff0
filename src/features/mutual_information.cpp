#include "features/mutual_information.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/math.hpp"

namespace cartwheel::features {
namespace {

/// n log2 n, the term that entropies of counts are made of.
double term(std::uint64_t count) { return core::x_log2_x(static_cast<double>(count)); }

/// A number that orders as the value does; equal values (0 and -0 among them) have equal ones.
std::uint32_t order_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0f);
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}

/// The different values, in increasing order, with their labels; missing ones are left out.
std::vector<LabelCounts> by_value(std::span<const float> values, std::span<const std::uint8_t> y) {
  std::vector<std::uint64_t> keys;  // value, then label
  keys.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!std::isnan(values[row])) keys.push_back(std::uint64_t{order_of(values[row])} << 1 | y[row]);
  std::ranges::sort(keys);
  std::vector<LabelCounts> counts;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i] >> 1 != keys[i - 1] >> 1) counts.push_back({});
    ++counts.back()[keys[i] & 1];
  }
  return counts;
}

std::vector<LabelCounts> merge_into_bins(std::vector<LabelCounts> values) {
  if (values.size() <= most_information_bins) return values;
  std::uint64_t rows = 0;
  for (const auto& [zeros, ones] : values) rows += zeros + ones;
  std::vector<LabelCounts> bins(most_information_bins);
  std::uint64_t smaller = 0;
  for (const auto& [zeros, ones] : values) {
    LabelCounts& bin = bins[smaller * most_information_bins / rows];
    bin[0] += zeros;
    bin[1] += ones;
    smaller += zeros + ones;
  }
  return bins;
}

}  // namespace

std::vector<LabelCounts> count_labels(const FeatureMatrix& x, std::size_t column, std::span<const std::uint8_t> y) {
  if (const auto* category = std::get_if<CategoryColumn>(&x.column(column))) {
    std::vector<LabelCounts> bins(category->levels.size());
    for (std::size_t row = 0; row < category->codes.size(); ++row) ++bins[category->codes[row]][y[row]];
    std::ranges::rotate(bins, bins.begin() + 1);  // level 0 is the missing value
    return bins;
  }
  std::vector<float> values(x.rows());
  x.copy_column(column, values);
  std::vector<LabelCounts> bins = merge_into_bins(by_value(values, y));
  LabelCounts missing{};
  for (std::size_t row = 0; row < values.size(); ++row)
    if (std::isnan(values[row])) ++missing[y[row]];
  bins.push_back(missing);
  return bins;
}

double mutual_information(std::span<const LabelCounts> bins) {
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
  const double terms = term(rows) - bin_terms - (term(all[0]) + term(all[1])) + cell_terms;
  return std::max(0.0, terms / static_cast<double>(rows));  // below 0 by rounding alone
}

double mutual_information(const FeatureMatrix& x, std::size_t column, std::span<const std::uint8_t> y) {
  return mutual_information(count_labels(x, column, y));
}

}  // namespace cartwheel::features
