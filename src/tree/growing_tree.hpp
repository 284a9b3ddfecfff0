#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tree/kept_sums.hpp"
#include "tree/node_search.hpp"
#include "tree/tree_nodes.hpp"
#include "tree/workspace_pool.hpp"

namespace cartwheel::tree {

/// One tree on its way. Nodes of many rows are split level by level, the nodes of a level at once. A node of few rows
/// is copied into the cache of one thread, and its whole subtree grows there, depth first.
/// @tparam Row  TreeRow or WeightedTreeRow.
template <class Row>
class GrowingTree {
 public:
  struct Workspace;
  using Pool = WorkspacePool<Workspace>;

  /// @param pool  of all trees of this training. @throws DataError if the weights of the sample add up to 0 or to more
  /// than 2^32 - 1.
  GrowingTree(const Training& training, Pool& pool, const TreeSample& sample);

  TreeNodes grow();

 private:
  using Sum = typename Row::Sum;

  struct NodeSums {
    Sum sum;
    Counts rows;
  };
  struct Node {
    NodeSums sums;
    std::uint32_t left = 0;  ///< Number of the left child in the same part; the right one follows it. 0: a leaf.
    std::int32_t feature = -1;
    float threshold = 0.0f;
    bool missing_left = false;
    std::uint32_t levels = 0;   ///< Number of the set of levels in the same part, from 1; 0: none.
    std::uint32_t subtree = 0;  ///< Number of the part whose node 0 stands in for this one; 0: none.
  };
  /// Some nodes of the tree: its top, or one subtree.
  struct Part {
    std::vector<Node> nodes;
    std::vector<std::vector<std::uint16_t>> level_sets;
  };
  /// A leaf that may become a split.
  struct OpenNode {
    std::uint32_t node;
    std::uint32_t begin, end;  ///< Its rows.
    std::uint32_t depth;
    std::uint64_t path;
  };
  struct OpenTop {
    OpenNode open;
    std::vector<std::uint64_t> constant;
    std::vector<Cell> cells;  ///< KeptSums; empty: none.
  };
  struct Outcome {
    NodeParts<Row> parts;
    KeptSums::Children cells;
  };

  std::vector<Row> sample_rows(const TreeSample& sample);
  std::vector<Row> sample_rows(std::span<const std::uint32_t> weights);
  typename Pool::Lease workspace();
  std::span<Row> rows_in(const OpenNode& open) { return std::span(rows_).subspan(open.begin, rows_of(open)); }
  /// Searches a node and parts its rows. @param constant  of it; takes what is found out. @param cells  KeptSums or
  /// empty.
  Outcome part(Workspace& workspace, const OpenNode& open, const NodeSums& sums, std::span<std::uint64_t> constant,
               const BinTable& bins, std::vector<Cell> cells);
  Part grow_subtree(Workspace& workspace, const OpenTop& root, const NodeSums& sums);
  bool is_open(const NodeSums& sums, std::size_t distinct_rows, std::uint32_t depth) const;
  /// Turns a leaf into a split; children that may become splits are passed on, the right one first.
  template <class Open>
  void add_children(Part& part, const OpenNode& parent, const NodeParts<Row>& parts, const Open& open) const;
  std::size_t rows_of(const OpenNode& open) const { return open.end - open.begin; }
  void grow_top();
  TreeNodes put_together() const;

  const Training& training_;
  Pool& pool_;
  std::uint32_t tree_;
  bool with_repeats_;
  bool hands_on_;  ///< Whether nodes hand their sums on to their children.
  NodeSums root_;
  std::vector<Row> rows_;  ///< Node by node.
  ImpurityRule rule_;
  std::vector<Row> aside_;  ///< The rows that go right, while a node is parted.
  std::vector<Part> parts_;
  std::vector<OpenTop> small_;  ///< Roots of the subtrees, parts 1, 2, ...
};

/// What a thread needs to split nodes: for one node of the top, or for one subtree, which grows in the thread's cache.
template <class Row>
struct GrowingTree<Row>::Workspace {
  struct Waiting {
    OpenNode open;
    bool is_small;  ///< Its rows are in the small block.
    std::vector<Cell> cells;
  };

  explicit Workspace(const Training& training)
      : search(training),
        kept(training),
        block(training.stored, std::min<std::size_t>(training.x.rows, training.settings.plan.block_rows)),
        small_block(training.stored, std::min<std::size_t>(training.x.rows, training.settings.plan.small_block_rows)) {}

  NodeSearch<Row> search;
  KeptSums kept;
  LocalBins block, small_block;
  std::vector<Waiting> stack;
  std::vector<std::uint64_t> masks;  ///< Of the node at place i of the stack: words i * words to (i + 1) * words.
  std::vector<std::uint64_t> constant;
};

extern template class GrowingTree<TreeRow>;
extern template class GrowingTree<WeightedTreeRow>;

}  // namespace cartwheel::tree
