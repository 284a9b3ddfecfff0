#include "tree/importances.hpp"

#include <algorithm>
#include <numeric>

namespace cartwheel::tree {

void normalize(std::span<double> shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (sum > 0.0)
    for (double& share : shares) share /= sum;
}

std::vector<double> impurity_importances(std::span<const TreeNode> nodes, std::size_t columns) {
  const auto weighted_impurity = [](const TreeNode& node) { return node.weight * node.impurity; };
  std::vector<double> importances(columns);
  for (const TreeNode& node : nodes) {
    if (node.feature < 0) continue;
    const TreeNode &left = nodes[static_cast<std::size_t>(node.left)],
                   &right = nodes[static_cast<std::size_t>(node.right)];
    const double decrease = weighted_impurity(node) - weighted_impurity(left) - weighted_impurity(right);
    importances[static_cast<std::size_t>(node.feature)] += std::max(0.0, decrease);  // a gain of 0 may round below it
  }
  normalize(importances);
  return importances;
}

}  // namespace cartwheel::tree
