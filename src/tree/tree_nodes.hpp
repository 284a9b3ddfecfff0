#pragma once

#include <cartwheel/decision_tree.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "tree/cell.hpp"
#include "tree/impurity.hpp"

namespace cartwheel::tree {

/// The levels that training saw of each column, sorted by their bytes; none for a column of numbers. To a tree, the
/// value of a category column is a level's place in this list; missing values and levels not in it are NaN.
using ColumnLevels = std::vector<std::vector<std::string>>;

/// How a node parts its rows. A column of numbers: value <= threshold goes left, and NaN where missing_left says. A
/// category column: NaN and all levels but `levels` go where missing_left says, `levels` to the other side; so whatever
/// the node did not see in training goes one way.
struct NodeSplit {
  std::int32_t feature = -1;
  float threshold = 0.0f;
  bool missing_left = false;
  std::span<const std::uint16_t> levels;  ///< Increasing, at least one; empty for a column of numbers.
};

/// What a node knows of its training rows.
struct NodeCounts {
  Counts rows;
  WeightedCounts weighted;  ///< Used where the tree has sample weights.
};

/// The nodes of one tree in breadth-first order, 12 bytes a node. A split's children lie side by side, so it names the
/// left one alone; counts are kept in the leaves, and those of a split are the sums below it. With sample weights, 16
/// bytes more a node.
class TreeNodes {
 public:
  /// A single leaf.
  TreeNodes() : TreeNodes(ImpurityRule{}, NodeCounts{}, false) {}
  /// @param with_weights  whether NodeCounts::weighted says what the rows weigh; else each weighs 1.
  TreeNodes(const ImpurityRule& rule, const NodeCounts& root, bool with_weights);

  /// Turns a leaf into a split, with two new leaves at the end. Call in increasing order of nodes, so that the order is
  /// breadth-first. @throws DataError beyond 2^31 - 1 nodes.
  void split(std::size_t node, const NodeSplit& split, const NodeCounts& left, const NodeCounts& right);
  void shrink_to_fit();
  /// The tree that max_depth = `depth` would have grown, if this one was grown to at least that depth.
  TreeNodes top(int depth) const;

  std::size_t size() const { return nodes_.size(); }
  int depth() const;
  const ImpurityRule& rule() const { return rule_; }
  bool is_leaf(std::size_t node) const { return nodes_[node].is_leaf(); }
  /// Of a split: the number of its left child; the right one is the next.
  std::size_t left(std::size_t node) const { return nodes_[node].left; }
  /// Of a split; names levels that live as long as this.
  NodeSplit split_of(std::size_t node) const;
  /// Of a leaf: P(y = 1).
  double probability(std::size_t leaf) const;
  /// All there is to know of each node.
  /// @param weight_unit  what one unit of WeightedCounts weighs.
  std::vector<TreeNode> describe(double weight_unit = 1.0) const;

  void write(core::ByteWriter& out) const;
  /// Trusts nothing: whatever the bytes are, the result is a tree over these columns. @throws DataError.
  static TreeNodes read(core::ByteReader& in, const ColumnLevels& columns);

 private:
  struct Node {
    std::uint32_t left = 0;  ///< Number of the left child; the right one follows it. 0: a leaf.
    /// A leaf: rows, positives. A split: the bits of the threshold, or where its levels start in level_sets_; feature *
    /// 4 + by_level * 2 + missing_left.
    std::uint32_t first = 0, second = 0;

    bool is_leaf() const { return left == 0; }
    Counts counts() const { return {first, second}; }
    float threshold() const;
    std::uint32_t feature() const { return second >> 2; }
    bool by_level() const { return (second & 2) != 0; }
    bool missing_left() const { return (second & 1) != 0; }
  };

  std::span<const std::uint16_t> levels(const Node& node) const;
  void check_levels(core::ByteReader& in, const ColumnLevels& columns, Node& node, std::size_t& next_set) const;

  ImpurityRule rule_;
  std::vector<Node> nodes_;
  std::vector<WeightedCounts> weights_;    ///< [size()], right for leaves; empty without sample weights.
  std::vector<std::uint16_t> level_sets_;  ///< Of each split by level, in order of nodes: how many, then the levels.
};

}  // namespace cartwheel::tree
