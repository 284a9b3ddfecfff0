#pragma once

#include <cartwheel/random_forest.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// The shape of a tree.
struct TreeStatistics {
  std::size_t nodes = 0;
  std::size_t leaves = 0;
  int depth = 0;                    ///< Of the deepest leaf; the root has depth 0.
  double mean_depth = 0.0;          ///< Of the leaf that a training row comes to, over all of them.
  std::uint32_t smallest_leaf = 0;  ///< Training rows, as TreeNode::rows.
  std::uint32_t largest_leaf = 0;   ///< Training rows.
  std::vector<std::size_t> splits;  ///< [columns]: how many nodes split each.

  friend bool operator==(const TreeStatistics&, const TreeStatistics&) = default;
};

TreeStatistics tree_statistics(const DecisionTree& tree);
/// Of each tree of a forest, in order.
std::vector<TreeStatistics> tree_statistics(const RandomForest& forest);

}  // namespace cartwheel
