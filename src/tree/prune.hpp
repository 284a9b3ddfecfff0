#pragma once

#include <cartwheel/decision_tree.hpp>
#include <span>
#include <vector>

#include "tree/tree_nodes.hpp"

/// Minimal cost-complexity pruning (Breiman et al. 1984, chapter 3). The risk of a node is its impurity times its share
/// of the training weight; a split's link is as strong as the risk that it saves for each leaf that it costs. The
/// weakest link goes first: its node becomes a leaf, and those above it are measured anew. Of equal ones the lower
/// number goes first.
namespace cartwheel::tree {

/// The tree that is left once no link is weaker than, or as weak as, `ccp_alpha`; as scikit-learn has it, 0 cuts
/// nothing.
TreeNodes prune(const TreeNodes& tree, double ccp_alpha);

/// What all cuts do, from the whole tree to its root. @param nodes  of a tree.
PruningPath pruning_path(std::span<const TreeNode> nodes);

}  // namespace cartwheel::tree
