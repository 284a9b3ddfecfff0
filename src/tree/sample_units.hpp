#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/cell.hpp"

namespace cartwheel::tree {

/// Sample weights in fixed point, so that sums of them are exact in any order: whole numbers of a unit that is a power
/// of two. It is so small that the largest weight times the rows stays within most_units: even if a bootstrap drew only
/// that row, no sum could overflow; and with a million rows, weights keep 32 bits of the largest.
struct SampleUnits {
  double unit = 1.0;
  std::vector<std::uint64_t> units;  ///< [rows], each at least 1; empty where there are no weights.

  /// @param weights  empty, or one a row, each in [1e-100, 1e100]. @throws DataError naming a row whose weight is
  /// nothing beside the largest.
  explicit SampleUnits(std::span<const double> weights);

  /// All rows together. @param labels  [rows]
  WeightedCounts sum(std::span<const std::uint8_t> labels) const;
};

}  // namespace cartwheel::tree
