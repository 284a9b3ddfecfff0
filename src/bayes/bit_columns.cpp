#include "bayes/bit_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace cartwheel::bayes {

namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

/// Collects one stretch of a column; one overload a column type.
struct StretchReader {
  const BitRule& rule;
  std::string_view name;
  std::size_t begin, end;
  std::span<std::uint64_t> ones, missing;

  void pack(std::span<const float> values) const {
    if (rule.strict() && !all_bits(values))
      for (std::size_t i = 0; i < values.size(); ++i) rule.check(values[i], name, begin + i);
    pack_bits(values, rule.cut(), ones, missing);
  }

  /// Sets every bit of the stretch to `bit`.
  void fill(bool bit) const {
    std::ranges::fill(ones, bit ? all_ones : 0);
    std::ranges::fill(missing, 0);
    if (const std::size_t used = (end - begin) % word_bits; used != 0) ones.back() &= all_ones >> (word_bits - used);
  }

  void operator()(const FloatColumn& column) const { pack(std::span(column.values).subspan(begin, end - begin)); }

  void operator()(const CategoryColumn& column) const {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> values(end - begin);
    std::transform(column.codes.begin() + static_cast<std::ptrdiff_t>(begin),
                   column.codes.begin() + static_cast<std::ptrdiff_t>(end), values.begin(),
                   [](std::uint32_t code) { return code == 0 ? nothing : static_cast<float>(code); });
    pack(values);
  }

  void operator()(const BitColumn& column) const {
    if (rule.bit(0.0f) == rule.bit(1.0f)) return fill(rule.bit(0.0f));
    fill(false);
    std::copy_n(column.words.begin() + static_cast<std::ptrdiff_t>(begin / word_bits), ones.size(), ones.begin());
  }

  void operator()(const SparseColumn& column) const {
    fill(rule.bit(0.0f));
    const auto first = std::ranges::lower_bound(column.rows, begin);
    for (auto row = first; row != column.rows.end() && *row < end; ++row) {
      const float v = column.values[static_cast<std::size_t>(row - column.rows.begin())];
      rule.check(v, name, *row);
      const std::size_t word = (*row - begin) / word_bits;
      const std::uint64_t mask = std::uint64_t{1} << ((*row - begin) % word_bits);
      ones[word] = rule.bit(v) ? ones[word] | mask : ones[word] & ~mask;
      if (v != v) missing[word] |= mask;
    }
  }
};

float largest_float_at_most(double cut) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float largest = std::numeric_limits<float>::max();
  if (cut >= static_cast<double>(largest)) return largest;
  if (cut < -static_cast<double>(largest)) return -infinity;
  const auto nearest = static_cast<float>(cut);
  return static_cast<double>(nearest) <= cut ? nearest : std::nextafter(nearest, -infinity);
}

}  // namespace

BitRule::BitRule(std::optional<double> binarize)
    : strict_(!binarize), cut_(largest_float_at_most(binarize.value_or(0.5))) {}

void BitRule::refuse(float value, std::string_view column, std::size_t row) {
  throw DataError(
      fmt::format("column '{}' holds {} in row {}; without binarize, BernoulliNB takes 0 and 1 only "
                  "(set binarize to a cut, such as 0)",
                  column, value, row));
}

void read_bits(const FeatureMatrix& x, std::size_t j, const BitRule& rule, std::size_t begin, std::size_t end,
               std::span<std::uint64_t> ones, std::span<std::uint64_t> missing) {
  if (begin == end) return;
  std::visit(StretchReader{rule, x.names()[j], begin, end, ones, missing}, x.column(j));
}

}  // namespace cartwheel::bayes
