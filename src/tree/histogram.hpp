#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tree/binning.hpp"
#include "tree/strided_bins.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {

/// The rows of a node that share a bin. @tparam C  Counts or WeightedCounts.
template <class C>
struct PresentBin {
  std::uint32_t bin;
  std::uint32_t distinct_rows;
  C counts;
};

/// Sums the rows of a node by the bins of columns. Not thread-safe: one object a thread, used for many nodes.
/// @tparam Row  TreeRow or WeightedTreeRow.
template <class Row>
class Histogram {
 public:
  using Bin = PresentBin<typename Row::Sum>;

  static constexpr std::size_t columns_at_once = 8;

  /// Sums by up to columns_at_once columns, all of one stride, none of them wide: in one pass over the rows, because
  /// one addition must wait for the last to the same cell, and additions to different columns need not.
  /// @param count_distinct  whether Bin::distinct_rows is needed; else it is some number above 0: the weighted number
  /// of rows, where that fits.
  void sum(std::span<const Row> rows, std::span<const StridedBins> columns, bool count_distinct);
  /// The bins that occur in the k-th of the columns last summed, in increasing order; valid until the next call. To be
  /// called once for each of them.
  std::span<Bin> take(std::size_t k);

  /// The same of cells that were summed before and are not changed. Bin::distinct_rows are some numbers above 0.
  std::span<Bin> list(std::span<const typename Row::Cell> cells);

  /// The same for one wide column. Time: rows + cells / 64, or rows * log(rows) where rows are much fewer.
  std::span<Bin> sum_wide(std::span<const Row> rows, const StridedBins& column, bool count_distinct);

 private:
  using Cell = typename Row::Cell;

  template <std::size_t columns, bool distinct, bool twice>
  void sum(std::span<const Row> rows, std::span<const StridedBins> bins);
  void sum_touched(std::span<const Row> rows, const StridedBins& column, bool count_distinct);
  std::span<Bin> sort(std::span<const Row> rows, const StridedBins& column);

  /// All 0 between takes. (Padded: columns a power of two apart would share the sets of a cache.)
  std::array<std::array<Cell, narrow_cells + 13>, columns_at_once> cells_{};
  std::array<std::array<std::uint32_t, narrow_cells + 13>, columns_at_once> distinct_{};
  std::array<std::uint32_t, columns_at_once> widths_{};
  bool counts_distinct_ = false;
  std::size_t second_ = 0;        ///< Column k is summed in two places, k and k + second_; 0: in one.
  std::vector<Cell> wide_cells_;  ///< All 0 between calls.
  std::vector<std::uint32_t> wide_distinct_;
  std::vector<std::uint64_t> wide_touched_;
  std::vector<std::uint32_t> keys_;  ///< A row's bin, and its place in the node; 16 bits each.
  std::vector<Bin> present_;
};

extern template class Histogram<TreeRow>;
extern template class Histogram<WeightedTreeRow>;

}  // namespace cartwheel::tree
