#include "tree/shap_tree.hpp"

#include <algorithm>

#include "core/dispatched.hpp"
#include "tree/gauss_legendre.hpp"

namespace cartwheel::tree {
namespace {

// May lie wherever a double or a float may.
using Lanes [[gnu::vector_size(64), gnu::may_alias, gnu::aligned(8)]] = double;
using FloatLanes [[gnu::vector_size(32), gnu::may_alias, gnu::aligned(4)]] = float;
static_assert(sizeof(Lanes) == ShapTree::lanes * sizeof(double));

}  // namespace

/// Walks the tree depth first.
class ShapTree::Builder {
 public:
  Builder(ShapTree& tree, std::span<const TreeNode> nodes) : tree_(tree), nodes_(nodes) {
    std::int32_t last_column = 0;
    for (const TreeNode& node : nodes) last_column = std::max(last_column, node.feature);
    deepest_.assign(static_cast<std::size_t>(last_column) + 1, -1);
  }

  void build() {
    if (nodes_[0].feature >= 0) enter(0, false);
    while (!path_.empty()) {
      const std::size_t at = path_.size() - 1;
      const std::uint32_t split = path_[at].split;
      const TreeNode& node = nodes_[path_[at].node];
      const double left_share = tree_.splits_[split].left_share;
      switch (path_[at].stage++) {
        case 0:
          path_[at].edge_share = path_[at].above_share * left_share;
          if (is_split(node.left)) {
            tree_.steps_.push_back({Step::Kind::go_left, split});
            enter(static_cast<std::uint32_t>(node.left), true);
          }
          break;
        case 1:
          path_[at].edge_share = path_[at].above_share * (1.0 - left_share);
          if (is_split(node.right)) {
            tree_.steps_.push_back({Step::Kind::go_right, split});
            enter(static_cast<std::uint32_t>(node.right), false);
          }
          break;
        default:
          tree_.steps_.push_back({Step::Kind::leave, split});
          deepest_[tree_.splits_[split].column] = tree_.splits_[split].above;
          path_.pop_back();
      }
    }
    add_terms();
  }

 private:
  struct Open {
    std::uint32_t node, split;
    std::size_t columns;  ///< How many different ones the path has split, this one among them.
    double above_share;   ///< Of the splits above of the same column: the product of their sides' shares.
    double edge_share = 1.0;
    int stage = 0;
  };

  bool is_split(std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)].feature >= 0; }

  void enter(std::uint32_t number, bool is_left) {
    const TreeNode& node = nodes_[number];
    const TreeNode &left = nodes_[static_cast<std::size_t>(node.left)],
                   &right = nodes_[static_cast<std::size_t>(node.right)];
    const auto column = static_cast<std::uint32_t>(node.feature);
    const std::int32_t above = deepest_[column];
    const auto depth = static_cast<std::uint32_t>(path_.size());
    const bool by_level = !node.levels.empty();
    tree_.splits_.push_back({column, node.threshold, by_level ? tree_.levels_.add(node.levels) : 0, by_level,
                             node.missing_left, left.feature < 0, right.feature < 0, is_left, depth, above,
                             left.weight / (left.weight + right.weight), left.probability, right.probability});
    const double above_share = above < 0 ? 1.0 : path_[static_cast<std::size_t>(above)].edge_share;
    const std::size_t columns = (path_.empty() ? 0 : path_.back().columns) + (above < 0 ? 1 : 0);
    const auto split = static_cast<std::uint32_t>(tree_.splits_.size() - 1);
    path_.push_back({number, split, columns, above_share});
    above_shares_.push_back(above_share);
    most_columns_ = std::max(most_columns_, columns);
    tree_.depth_ = std::max(tree_.depth_, depth + 1);
    tree_.steps_.push_back({Step::Kind::enter, split});
    deepest_[column] = static_cast<std::int32_t>(depth);
  }

  void add_terms() {
    GaussLegendre rule = gauss_legendre(std::max<std::size_t>(1, (most_columns_ + 1) / 2));
    for (const double above_share : above_shares_) {
      // The probability to be on the path as far as this column goes, if the row itself is.
      const auto on_path = [&](double t) { return above_share * (1.0 - t) + t; };
      for (const double t : rule.points) tree_.terms_.push_back(t / on_path(t));
      for (const double t : rule.points) tree_.terms_.push_back(above_share / (on_path(t) * on_path(t)));
    }
    tree_.weights_ = std::move(rule.weights);
  }

  ShapTree& tree_;
  std::span<const TreeNode> nodes_;
  std::vector<std::int32_t> deepest_;  ///< Of each column, the depth of its deepest split on the path; -1: none.
  std::vector<Open> path_;
  std::vector<double> above_shares_;  ///< Of each split.
  std::size_t most_columns_ = 0;
};

ShapTree::ShapTree(std::span<const TreeNode> nodes) : base_(nodes[0].probability) { Builder(*this, nodes).build(); }

namespace {

/// What `add` keeps of the nodes on its way, by depth. Of each point: the probability to come to the node (with the
/// point's weight) and to go left from there, and the expected predictions of both sides. Of each node: whether the row
/// is on the left side, and on the side that is being visited, by this split and those of the column above.
class Levels {
 public:
  Levels(double* work, std::size_t points) : work_(reinterpret_cast<Lanes*>(work)), points_(points) {}
  [[gnu::always_inline]] Lanes* reach(std::size_t depth) const { return at(depth); }
  [[gnu::always_inline]] Lanes* go_left(std::size_t depth) const { return at(depth) + points_; }
  [[gnu::always_inline]] Lanes* left(std::size_t depth) const { return at(depth) + 2 * points_; }
  [[gnu::always_inline]] Lanes* right(std::size_t depth) const { return at(depth) + 3 * points_; }
  [[gnu::always_inline]] Lanes& on_left(std::size_t depth) const { return at(depth)[4 * points_]; }
  [[gnu::always_inline]] Lanes& on_side(std::size_t depth) const { return at(depth)[4 * points_ + 1]; }
  static std::size_t lanes_a_depth(std::size_t points) { return 4 * points + 2; }

 private:
  [[gnu::always_inline]] Lanes* at(std::size_t depth) const { return work_ + depth * lanes_a_depth(points_); }
  Lanes* work_;
  std::size_t points_;
};

}  // namespace

std::size_t ShapTree::work_size() const { return lanes * (depth_ + 1) * Levels::lanes_a_depth(weights_.size()); }

// With e = (1 if the row goes left, else 0) - left_share, or 0 once the row has left the path by this column:
// the probability to go left is left_share + e * t / F, its derivative e * Z / F^2; where Z is the product of the
// shares of the sides taken at the column's splits above, and F = Z (1 - t) + t. terms_ holds t / F, then Z / F^2.
CARTWHEEL_DISPATCHED void ShapTree::add(const float* values, double* shap, double* work) const {
  if (splits_.empty()) return;
  const std::size_t points = weights_.size();
  const Levels levels(work, points);
  for (std::size_t q = 0; q < points; ++q) levels.reach(0)[q] = Lanes{} + weights_[q];
  for (const Step step : steps_) {
    const Split& split = splits_[step.split];
    const std::size_t depth = split.depth;
    const double* const terms = terms_.data() + std::size_t{step.split} * 2 * points;
    Lanes *const reach = levels.reach(depth), *const go_left = levels.go_left(depth);
    Lanes& on_left = levels.on_left(depth);
    const Lanes on_path = split.above < 0 ? Lanes{} + 1.0 : levels.on_side(static_cast<std::size_t>(split.above));
    switch (step.kind) {
      case Step::Kind::enter: {
        const float* const value = values + std::size_t{split.column} * lanes;
        if (split.by_level) {
          for (std::size_t i = 0; i < lanes; ++i)
            on_left[i] = levels_.contains(split.levels, static_cast<std::uint32_t>(value[i])) != split.missing_left;
        } else {
          const FloatLanes number = *reinterpret_cast<const FloatLanes*>(value);
          const auto left = (number <= split.threshold) | ((number != number) & (split.missing_left ? -1 : 0));
          on_left = -__builtin_convertvector(left, Lanes);
        }
        on_left *= on_path;
        const Lanes excess = on_left - on_path * split.left_share;
        for (std::size_t q = 0; q < points; ++q) go_left[q] = split.left_share + excess * terms[q];
        break;
      }
      case Step::Kind::go_left:
        levels.on_side(depth) = on_left;
        for (std::size_t q = 0; q < points; ++q) levels.reach(depth + 1)[q] = reach[q] * go_left[q];
        break;
      case Step::Kind::go_right:
        levels.on_side(depth) = on_path - on_left;
        for (std::size_t q = 0; q < points; ++q) levels.reach(depth + 1)[q] = reach[q] * (1.0 - go_left[q]);
        break;
      case Step::Kind::leave: {
        Lanes* const out = depth == 0 ? nullptr : split.is_left ? levels.left(depth - 1) : levels.right(depth - 1);
        Lanes sum{};
        for (std::size_t q = 0; q < points; ++q) {
          const Lanes left = split.left_leaf ? Lanes{} + split.left_value : levels.left(depth)[q];
          const Lanes right = split.right_leaf ? Lanes{} + split.right_value : levels.right(depth)[q];
          sum += reach[q] * (left - right) * terms[points + q];
          if (out != nullptr) out[q] = right + go_left[q] * (left - right);
        }
        reinterpret_cast<Lanes*>(shap)[split.column] += (on_left - on_path * split.left_share) * sum;
        break;
      }
    }
  }
}

}  // namespace cartwheel::tree
