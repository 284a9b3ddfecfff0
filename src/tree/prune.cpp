#include "tree/prune.hpp"

#include <limits>
#include <queue>
#include <tuple>

namespace cartwheel::tree {
namespace {

/// A tree while its weakest links are cut, one after the other.
class Pruning {
 public:
  explicit Pruning(std::span<const TreeNode> nodes) : nodes_(nodes), branches_(nodes.size()) {
    for (std::size_t i = nodes.size(); i-- > 0;) {  // children before parents
      const TreeNode& node = nodes[i];
      Branch& branch = branches_[i];
      branch.node_risk = node.weight / nodes[0].weight * node.impurity;
      if (node.feature < 0) {
        branch.risk = branch.node_risk;
        continue;
      }
      for (const std::int32_t child : {node.left, node.right}) {
        branches_[at(child)].parent = static_cast<std::int32_t>(i);
        branch.risk += branches_[at(child)].risk;
        branch.leaves += branches_[at(child)].leaves;
      }
      --branch.leaves;  // it was counted as one itself
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) measure(i);
  }

  /// Impurity of the leaves together.
  double risk() const { return branches_[0].risk; }
  bool is_leaf(std::size_t node) const { return branches_[node].leaves == 1; }

  /// The strength of the weakest link; infinity for a single leaf.
  double weakest() {
    while (!links_.empty() && is_outdated(links_.top())) links_.pop();
    return links_.empty() ? std::numeric_limits<double>::infinity() : std::get<0>(links_.top());
  }

  /// Cuts the link that weakest() found.
  void cut() {
    const std::size_t node = std::get<1>(links_.top());
    const double risk = branches_[node].node_risk - branches_[node].risk;
    const std::uint32_t leaves = branches_[node].leaves - 1;
    close_below(node);
    for (std::int32_t i = static_cast<std::int32_t>(node); i >= 0; i = branches_[at(i)].parent) {
      branches_[at(i)].risk += risk;
      branches_[at(i)].leaves -= leaves;
      measure(at(i));
    }
  }

 private:
  struct Branch {
    double node_risk = 0.0;  ///< As a leaf.
    double risk = 0.0;       ///< Of its leaves.
    std::uint32_t leaves = 1;
    std::int32_t parent = -1;
    double strength = 0.0;
  };
  using Link = std::tuple<double, std::size_t>;  ///< Strength and node.

  static std::size_t at(std::int32_t node) { return static_cast<std::size_t>(node); }

  void measure(std::size_t node) {
    Branch& branch = branches_[node];
    if (branch.leaves == 1) return;
    branch.strength = (branch.node_risk - branch.risk) / (branch.leaves - 1);
    links_.emplace(branch.strength, node);
  }

  bool is_outdated(const Link& link) const {
    const auto& [strength, node] = link;
    return is_leaf(node) || branches_[node].strength != strength;
  }

  /// No split below `node` is a link any more. Each node is closed once.
  void close_below(std::size_t node) {
    std::vector<std::size_t> open{node};
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      for (const std::int32_t child : {nodes_[i].left, nodes_[i].right})
        if (!is_leaf(at(child))) open.push_back(at(child));
      if (i != node) branches_[i].leaves = 1;
    }
  }

  std::span<const TreeNode> nodes_;
  std::vector<Branch> branches_;
  std::priority_queue<Link, std::vector<Link>, std::greater<>> links_;  ///< Also such as no longer are.
};

}  // namespace

TreeNodes prune(const TreeNodes& tree, double ccp_alpha) {
  if (ccp_alpha == 0.0) return tree;
  const std::vector<TreeNode> nodes = tree.describe();
  Pruning pruning(nodes);
  while (pruning.weakest() <= ccp_alpha) pruning.cut();
  std::vector<bool> leaf(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) leaf[i] = pruning.is_leaf(i);
  return tree.cut_at(leaf);
}

PruningPath pruning_path(std::span<const TreeNode> nodes) {
  Pruning pruning(nodes);
  PruningPath path{{0.0}, {pruning.risk()}};
  for (double alpha = pruning.weakest(); alpha < std::numeric_limits<double>::infinity(); alpha = pruning.weakest()) {
    pruning.cut();
    path.ccp_alphas.push_back(alpha);
    path.impurities.push_back(pruning.risk());
  }
  return path;
}

}  // namespace cartwheel::tree
