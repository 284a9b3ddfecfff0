#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "core/philox.hpp"
#include "tree/few_rows.hpp"
#include "tree/find_split.hpp"
#include "tree/grow.hpp"
#include "tree/row_bins.hpp"

namespace cartwheel::tree {

inline constexpr std::size_t large_node = 1 << 14;  ///< Rows from which on columns are summed in parallel.

/// What all trees of a grower share.
struct Training {
  Training(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings);

  std::size_t mask_words() const { return (x.columns + 63) / 64; }

  const BinnedColumns& x;
  std::span<const std::uint8_t> labels;
  GrowSettings settings;
  std::vector<double> terms;  ///< x * log2(x) for small counts; empty for gini.
  StoredColumns stored;
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
  /// The cells of all stores, if they are known (KeptSums); else empty.
  std::span<const typename Row::Cell> cells = {};
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

  explicit NodeSearch(const Training& training) : training_(training) {}

  /// Turns to a tree. @param rule, root, with_repeats  its class factors, its rows together, whether some of them count
  /// more than once.
  void start(std::uint32_t tree, const ImpurityRule& rule, Sum root, bool with_repeats) {
    tree_ = tree;
    rule_ = rule;
    root_ = root;
    count_distinct_ = training_.settings.min_samples_leaf > 1 && (with_repeats || !std::is_same_v<Sum, Counts>);
  }

  /// @param bins  of the rows. @param aside  as many rows, overwritten.
  NodeParts<Row> part(const SearchedNode<Row>& node, const BinTable& bins, std::span<Row> aside);

 private:
  using Split = BasicSplit<Sum>;
  using Order = GainOrder<Sum>;
  using Bin = PresentBin<Sum>;

  template <class IsConstant>
  std::uint32_t draw(core::RandomStream& random, std::uint32_t seen, std::uint32_t count,
                     const IsConstant& is_constant);
  Split best_split(const SearchedNode<Row>& node, const BinTable& bins);
  void search(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
              std::span<const std::uint32_t> features, Split& best);
  bool search_few(const StridedBins& column, std::uint32_t feature, const Order& order, Split& best,
                  std::uint8_t& varies) const;
  void search_bins(std::span<Bin> present, std::uint32_t feature, const Order& order, Split& best,
                   std::uint8_t& varies) const;
  void search_two_bins(const StridedBins& column, std::uint32_t feature, std::span<const Bin> store,
                       const SearchedNode<Row>& node, std::uint8_t& varies);
  std::span<Bin> bins_of_sharing(const StridedBins& column, std::span<const Bin> store, const SearchedNode<Row>& node);
  void search_some(const SearchedNode<Row>& node, const BinTable& bins, const Order& order,
                   std::span<const std::uint32_t> features, Split& best, std::span<std::uint8_t> varies);
  std::vector<std::uint16_t> levels_apart(const SearchedNode<Row>& node, const StridedBins& bins, const Split& split);

  const Training& training_;
  std::uint32_t tree_ = 0;
  ImpurityRule rule_;
  Sum root_;
  bool count_distinct_ = false;
  bool has_few_ = false;  ///< The node's rows are in few_.
  FewRows few_;
  Histogram<Row> histogram_;
  std::vector<std::uint32_t> features_, wanted_;
  /// Stores to be summed for the wanted features, and the features of each as a list: a head and what follows.
  struct WantedStore {
    std::uint32_t store, head;
  };
  std::vector<WantedStore> stores_;
  std::vector<std::uint32_t> place_of_store_;  ///< From 1, in stores_; all 0 between searches.
  std::vector<std::uint32_t> next_;
  std::vector<Bin> sharing_;
  std::vector<OnlyCut<Sum>> only_cuts_;
  std::vector<std::uint8_t> varies_;
};

extern template class NodeSearch<TreeRow>;
extern template class NodeSearch<WeightedTreeRow>;

}  // namespace cartwheel::tree
