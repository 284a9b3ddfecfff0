#pragma once

#include <cstdint>
#include <span>

#include "tree/cell.hpp"
#include "tree/grow.hpp"

namespace cartwheel::tree {

/// The rows of a tree together.
struct SampleTotals {
  std::uint64_t distinct_rows = 0;
  Counts rows;
  WeightedCounts weighted;  ///< By the rows' units; 0 without.
};

/// @param labels  [rows] @param units  [rows] or none: see GrowSettings.
/// @throws DataError if the weights of the sample add up to 0 or to more than 2^32 - 1.
SampleTotals sum_sample(const TreeSample& sample, std::span<const std::uint8_t> labels,
                        std::span<const std::uint64_t> units);

}  // namespace cartwheel::tree
