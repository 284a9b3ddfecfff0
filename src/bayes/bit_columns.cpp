#include "bayes/bit_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

namespace cartwheel::bayes {

namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

/// Collects one stretch of a column; one overload a column type.
struct StretchReader {
  const BitRule& rule;
  std::string_view name;
  std::size_t begin, end;
  std::span<std::uint64_t> ones, missing;

  /// Packs value(row) of every row of the stretch, a word at a time.
  template <class Value>
  void pack(const Value& value) const {
    for (std::size_t w = 0; w < ones.size(); ++w) {
      const std::size_t first = begin + w * word_bits, count = std::min(word_bits, end - first);
      std::uint64_t one = 0, gone = 0;
      for (std::size_t b = 0; b < count; ++b) {
        const float v = value(first + b);
        rule.check(v, name, first + b);
        one |= std::uint64_t{rule.bit(v)} << b;
        gone |= std::uint64_t{v != v} << b;
      }
      ones[w] = one;
      missing[w] = gone;
    }
  }

  /// Sets every bit of the stretch to `bit`.
  void fill(bool bit) const {
    std::ranges::fill(ones, bit ? all_ones : 0);
    std::ranges::fill(missing, 0);
    if (const std::size_t used = (end - begin) % word_bits; used != 0) ones.back() &= all_ones >> (word_bits - used);
  }

  void operator()(const FloatColumn& column) const {
    pack([&](std::size_t row) { return column.values[row]; });
  }

  void operator()(const CategoryColumn& column) const {
    constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
    pack([&](std::size_t row) { return column.codes[row] == 0 ? nothing : static_cast<float>(column.codes[row]); });
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

}  // namespace

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
