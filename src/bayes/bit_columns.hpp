#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "bayes/pack_bits.hpp"

/// A feature column seen as bits, a stretch of rows at a time: no copy of a column is kept.
namespace cartwheel::bayes {

/// Decides the bit of a value: value > cut, or, without a cut, the value itself, which must be 0 or 1.
class BitRule {
 public:
  explicit BitRule(std::optional<double> binarize);
  /// False for a missing value (NaN), as every comparison with it.
  bool bit(float value) const { return value > cut_; }
  /// The largest float that is at most the cut: a float is above the one exactly where it is above the other.
  float cut() const { return cut_; }
  /// Values that are neither 0, 1 nor missing have no bit.
  bool strict() const { return strict_; }
  /// @throws DataError naming row and column for a value that has no bit.
  void check(float value, std::string_view column, std::size_t row) const {
    if (strict_ && !(value == 0.0f || value == 1.0f || value != value)) refuse(value, column, row);
  }

 private:
  [[noreturn]] static void refuse(float value, std::string_view column, std::size_t row);
  bool strict_;
  float cut_;
};

/// Reads rows [begin, end) of column j: row begin + i is bit i % 64 of word i / 64.
/// @param begin    a multiple of 64.
/// @param ones     [ceil((end - begin) / 64)], overwritten: the bits; 0 for missing values, and beyond `end`.
/// @param missing  same size, overwritten: 1 where the value is missing.
/// @throws DataError as BitRule::check.
void read_bits(const FeatureMatrix& x, std::size_t j, const BitRule& rule, std::size_t begin, std::size_t end,
               std::span<std::uint64_t> ones, std::span<std::uint64_t> missing);

}  // namespace cartwheel::bayes
