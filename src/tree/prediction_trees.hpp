#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tree/prediction_rows.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// Trees as a GPU takes them.
struct FlatForest {
  /// See PredictionTrees: the root has number 1, and a leaf, whose slot is 0, names its place among the leaves.
  struct Node {
    std::uint32_t first, slot, left;
  };
  static constexpr std::uint32_t level_bit = 0x80000000;  ///< Of a slot: the node splits by levels.

  std::vector<Node> nodes;
  std::vector<std::uint64_t> first_node, first_leaf;  ///< Of each tree.
  std::vector<double> probabilities;                  ///< Of the leaves.
  std::vector<std::uint16_t> level_sets;              ///< LevelSets::words.
};

/// Trees in the form that predicts: 8 bytes a node (12 where a tree has 2^16 nodes or the matrix 2^11 columns) and 8
/// bytes a leaf, in breadth-first order. Several rows, or for one row several trees, go down side by side, so that the
/// memory accesses of one hide those of the others.
class PredictionTrees {
 public:
  virtual ~PredictionTrees() = default;

  virtual std::size_t size() const = 0;
  /// Adds a tree's P(y = 1) of each row to its sum. @param sums  [rows.rows()]
  virtual void add_probabilities(std::size_t tree, const GroupedRows& rows, std::span<double> sums) const = 0;
  /// The number of each row's leaf among the tree's nodes. @param leaves  [rows x trees]; column `tree` is written.
  virtual void find_leaves(std::size_t tree, const GroupedRows& rows, std::span<std::uint32_t> leaves,
                           std::size_t trees) const = 0;
  /// The sum over the first `trees` trees, in their order, of one row's P(y = 1): the bits of add_probabilities for
  /// tree after tree. @param row  [stride], see PredictionRows.
  virtual double sum_probabilities(std::span<const float> row, std::size_t trees) const = 0;
  /// The first `trees` trees.
  virtual FlatForest flatten(std::size_t trees) const = 0;
};

std::unique_ptr<const PredictionTrees> make_prediction_trees(std::span<const TreeNodes> trees,
                                                             const PredictionRows& rows);

}  // namespace cartwheel::tree
