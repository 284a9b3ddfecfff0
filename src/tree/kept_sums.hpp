#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/histogram.hpp"
#include "tree/node_search.hpp"

namespace cartwheel::tree {

/// Sums that nodes hand on, where all of them look at all columns: the smaller child's rows are added up, and the
/// larger child's sums are what is left of the parent's. Sums are kept for nodes of so many rows that adding these up
/// clearly costs more than going through the cells; so what is kept at one time takes at most 2 bytes a row and store.
class KeptSums {
 public:
  explicit KeptSums(const Training& training) : training_(training) {}

  /// Whether it pays to keep the sums of a node of so many rows.
  bool wanted(std::size_t rows) const { return rows * training_.stored.size() >= 4 * training_.stored.total_cells(); }
  /// The cells of all stores, one store after the other, of some rows; of no store whose columns are all constant.
  std::vector<Cell> sum(std::span<const TreeRow> rows, const BinTable& bins, std::span<const std::uint64_t> constant);

  struct Children {
    std::vector<Cell> left, right;  ///< Empty: not kept.
  };
  /// @param rows  of the parent, of which the first `left_rows` go left. @param parent  its cells.
  Children hand_on(std::span<const TreeRow> rows, std::size_t left_rows, const BinTable& bins,
                   std::span<const std::uint64_t> constant, std::vector<Cell> parent);

 private:
  const Training& training_;
  Histogram<TreeRow> histogram_;
};

}  // namespace cartwheel::tree
