#pragma once

#include <cstdint>

#include "tree/cell.hpp"

namespace cartwheel::tree {

/// A training row of one tree: its number, how often the bootstrap drew it (at least once), and its label.
struct TreeRow {
  using Sum = Counts;       ///< What is counted of the rows of a node.
  using Cell = tree::Cell;  ///< The same, as it is added up.

  std::uint32_t row;
  std::uint32_t weight_and_label;  ///< weight * 2 + label

  TreeRow() = default;
  TreeRow(std::uint32_t number, std::uint32_t weight, std::uint8_t label)
      : row(number), weight_and_label(weight << 1 | label) {}
  Cell cell() const { return (Cell{weight_and_label & 1} << 32 | 1) * (weight_and_label >> 1); }
  Counts counts() const { return unpack(cell()); }
};
inline constexpr std::uint32_t max_row_weight = 0x7fffffff;

/// One histogram cell of rows with sample weights.
struct WeightedCell {
  std::uint64_t rows = 0, positives = 0;

  WeightedCell& operator+=(WeightedCell other) {
    rows += other.rows;
    positives += other.positives;
    return *this;
  }
  friend bool operator==(const WeightedCell&, const WeightedCell&) = default;
};
inline WeightedCounts unpack(WeightedCell cell) { return {cell.rows, cell.positives}; }

/// A training row with a sample weight, in units.
struct WeightedTreeRow : TreeRow {
  using Sum = WeightedCounts;
  using Cell = WeightedCell;

  std::uint64_t units;  ///< Of all its draws together; at least 1.

  WeightedTreeRow() = default;
  WeightedTreeRow(std::uint32_t number, std::uint32_t weight, std::uint8_t label, std::uint64_t units_of_row)
      : TreeRow(number, weight, label), units(weight * units_of_row) {}
  Cell cell() const { return {units, (weight_and_label & 1) * units}; }
};

}  // namespace cartwheel::tree
