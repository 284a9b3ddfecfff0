#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "tree/find_split.hpp"
#include "tree/grow.hpp"
#include "tree/row_bins.hpp"

namespace cartwheel::tree {

/// What all trees of a grower share.
struct Training {
  Training(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings);

  std::size_t mask_words() const { return (x.columns + 63) / 64; }

  const BinnedColumns& x;
  std::span<const std::uint8_t> labels;
  GrowSettings settings;
  std::vector<double> terms;  ///< x * log2(x) for small counts; empty for gini.
  BinTable columns;
  RowWiseBins rows;
};

/// A node whose split is sought.
template <class Row>
struct SearchedNode {
  std::span<Row> rows;
  typename Row::Sum counts;
  std::uint64_t path;
  /// One bit a column: whether it is known to be constant in the node. Children inherit what was found out.
  std::span<std::uint64_t> constant;
};

/// How a node is parted.
template <class Row>
struct NodeParts {
  BasicSplit<typename Row::Sum> split;  ///< Not found(): the node stays a leaf, and nothing else here counts.
  std::vector<std::uint16_t> levels;    ///< NodeSplit::levels.
  std::size_t left_rows = 0;            ///< The first rows of the node are now those that go left.
  Counts left;                          ///< Of them.
};

/// Finds splits of the nodes of one tree and parts their rows. Not thread-safe: one object a thread.
template <class Row>
class NodeSearch {
 public:
  using Sum = typename Row::Sum;

  /// @param rule, root, with_repeats  of the tree: its class factors, its rows together, whether some rows count more
  /// than once.
  NodeSearch(const Training& training, std::uint32_t tree, const ImpurityRule& rule, Sum root, bool with_repeats)
      : training_(training),
        tree_(tree),
        rule_(rule),
        root_(root),
        count_distinct_(training.settings.min_samples_leaf > 1 && (with_repeats || !std::is_same_v<Sum, Counts>)) {}

  /// @param bins  of the rows. @param aside  as many rows, overwritten.
  NodeParts<Row> part(const SearchedNode<Row>& node, const BinTable& bins, std::span<Row> aside);

 private:
  using Split = BasicSplit<Sum>;
  using Order = GainOrder<Sum>;
  using Bin = PresentBin<Sum>;

  Split best_split(const SearchedNode<Row>& node, const BinTable& bins);
  void search(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
              std::span<const std::uint32_t> features, Split& best);
  void search_some(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
                   std::span<const std::uint32_t> features, Split& best, std::span<std::uint8_t> varies);
  std::vector<std::uint16_t> levels_apart(const SearchedNode<Row>& node, const StridedBins& bins, const Split& split);

  const Training& training_;
  std::uint32_t tree_;
  ImpurityRule rule_;
  Sum root_;
  bool count_distinct_;
  Histogram<Row> histogram_;
  std::vector<std::uint32_t> features_, wanted_;
  std::vector<std::uint8_t> varies_;
};

extern template class NodeSearch<TreeRow>;
extern template class NodeSearch<WeightedTreeRow>;

}  // namespace cartwheel::tree
