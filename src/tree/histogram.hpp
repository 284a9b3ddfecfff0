#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/binning.hpp"
#include "tree/cell.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {

/// The rows of a node that share a bin.
struct PresentBin {
  std::uint32_t bin;
  std::uint32_t distinct_rows;
  Counts counts;
};

/// Sums the rows of a node by the bins of one column. Not thread-safe: one object a thread, used for many nodes.
class Histogram {
 public:
  /// @param bins  of the column, [rows]; each below `cells`, which is at most narrow_cells for bins of one byte.
  /// @param count_distinct  whether distinct_rows is needed where rows have weights; else it is the weighted number.
  /// @return the bins that occur, in increasing order; valid until the next call.
  /// Time: rows + min(cells, rows) for bins of one byte; else rows + cells, or rows * log(rows) where rows are fewer.
  template <class Bin>
  std::span<PresentBin> build(std::span<const TreeRow> rows, std::span<const Bin> bins, std::uint32_t cells,
                              bool count_distinct);

 private:
  template <bool count_distinct, class Bin>
  std::span<PresentBin> sum(std::span<const TreeRow> rows, std::span<const Bin> bins, std::uint32_t cells);
  template <bool count_distinct>
  void take(std::uint32_t bin);
  void take_touched(std::span<const TreeRow> rows, std::span<const std::uint8_t> bins, bool count_distinct);
  std::span<PresentBin> sort(std::span<const TreeRow> rows, std::span<const std::uint16_t> bins);

  std::vector<Cell> cells_;              ///< All 0 between calls.
  std::vector<std::uint32_t> distinct_;  ///< All 0 between calls.
  std::vector<PresentBin> present_;
};

}  // namespace cartwheel::tree
