#pragma once

#include <cartwheel/decision_tree.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.hpp"
#include "tree/cell.hpp"
#include "tree/impurity.hpp"

namespace cartwheel::tree {

/// The nodes of one tree in breadth-first order, 12 bytes a node. A split's children lie side by side, so it names the
/// left one alone; counts are kept in the leaves, and those of a split are the sums below it.
class TreeNodes {
 public:
  /// A single leaf.
  explicit TreeNodes(Counts root = {});

  /// Turns a leaf into a split, with two new leaves at the end. Call in increasing order of nodes, so that the order is
  /// breadth-first. @throws DataError beyond 2^31 - 1 nodes.
  void split(std::size_t node, std::int32_t feature, float threshold, bool missing_left, Counts left, Counts right);
  void shrink_to_fit() { nodes_.shrink_to_fit(); }

  std::size_t size() const { return nodes_.size(); }
  int depth() const;
  /// All there is to know of each node.
  std::vector<TreeNode> describe(const ImpurityRule& rule) const;

  /// Adds P(y = 1) of each row to its sum. @param values  [sums.size() x columns], row-major; NaN is missing.
  void add_probabilities(const ImpurityRule& rule, std::span<const float> values, std::size_t columns,
                         std::span<double> sums) const;

  void write(core::ByteWriter& out) const;
  /// Trusts nothing: whatever the bytes are, the result is a tree over `columns` columns. @throws DataError.
  static TreeNodes read(core::ByteReader& in, std::size_t columns);

 private:
  struct Node {
    std::uint32_t left = 0;  ///< Number of the left child; the right one follows it. 0: a leaf.
    /// A leaf: rows, positives. A split: the bits of the threshold, feature * 2 + missing_left.
    std::uint32_t first = 0, second = 0;

    bool is_leaf() const { return left == 0; }
    Counts counts() const { return {first, second}; }
    float threshold() const;
    std::uint32_t feature() const { return second >> 1; }
    bool missing_left() const { return (second & 1) != 0; }
    /// The child that takes the row.
    std::uint32_t next(const float* row) const;
  };

  std::vector<Node> nodes_;
};

}  // namespace cartwheel::tree
