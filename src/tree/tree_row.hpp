#pragma once

#include <cstdint>

#include "tree/cell.hpp"

namespace cartwheel::tree {

/// A training row of one tree: its number, how often the bootstrap drew it (at least once), and its label.
struct TreeRow {
  std::uint32_t row;
  std::uint32_t weight_and_label;  ///< weight * 2 + label

  TreeRow() = default;
  TreeRow(std::uint32_t number, std::uint32_t weight, std::uint8_t label)
      : row(number), weight_and_label(weight << 1 | label) {}
  Cell cell() const { return (Cell{weight_and_label & 1} << 32 | 1) * (weight_and_label >> 1); }
};
inline constexpr std::uint32_t max_row_weight = 0x7fffffff;

}  // namespace cartwheel::tree
