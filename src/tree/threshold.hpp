#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "tree/binning.hpp"

namespace cartwheel::tree {

/// The midpoint of the highest training value of the left bin and the lowest of the next one present in the node, as
/// float32 rounded down, so that  left value <= threshold < right value; infinity where all values go left (no_bin).
inline float threshold(const BinnedColumns& x, std::uint32_t feature, std::uint32_t bin, std::uint32_t next_bin) {
  if (next_bin == no_bin) return std::numeric_limits<float>::infinity();
  const std::uint32_t first = x.first_cell[feature];
  const double midpoint = (double{x.highest[first + bin]} + double{x.lowest[first + next_bin]}) / 2.0;
  const auto nearest = static_cast<float>(midpoint);
  return nearest <= midpoint ? nearest : std::nextafter(nearest, -std::numeric_limits<float>::infinity());
}

}  // namespace cartwheel::tree
