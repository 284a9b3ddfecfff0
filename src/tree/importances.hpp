#pragma once

#include <cartwheel/decision_tree.hpp>
#include <span>
#include <vector>

namespace cartwheel::tree {

/// The weighted impurity decrease that each column's splits bring, as shares that sum to 1; all 0 for a single leaf.
std::vector<double> impurity_importances(std::span<const TreeNode> nodes, std::size_t columns);

/// Divides by the sum, in place, unless that is 0.
void normalize(std::span<double> shares);

}  // namespace cartwheel::tree
