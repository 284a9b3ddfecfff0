#pragma once

#include <cstdint>
#include <span>

#include "tree/cell.hpp"

namespace cartwheel::tree {

/// The rows of a tree together.
struct SampleTotals {
  std::uint64_t distinct_rows = 0;
  Counts rows;
  WeightedCounts weighted;  ///< By the rows' units; 0 without.
};

/// @param tree  its number. @param weights  [rows] how often each row counts; empty: once. @param labels  [rows]
/// @param units  [rows] or none: see GrowSettings.
/// @throws DataError if the weights add up to 0 or to more than 2^32 - 1.
SampleTotals sum_sample(std::uint32_t tree, std::span<const std::uint32_t> weights,
                        std::span<const std::uint8_t> labels, std::span<const std::uint64_t> units);

}  // namespace cartwheel::tree
