#pragma once

#include <cartwheel/decision_tree.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tree/level_sets.hpp"

namespace cartwheel::tree {

/// One tree made ready for path-dependent SHAP values.
///
/// Let every column be known with probability t, each for itself. Where a split's column is unknown, a row goes to a
/// child with the child's share of the node's training rows; where it is known, to its own side. The expected
/// prediction f(t) is a polynomial, and the SHAP value of a column is the integral over t in [0, 1] of f's derivative
/// in the probability of this one column (G. Owen, "Multilinear Extensions of Games", 1972). That is a sum over the
/// column's splits,
///     reach(t) * slope(t) * (f_left(t) - f_right(t)),
/// with reach the probability to come to the node, f_left and f_right the expected predictions below it, and slope the
/// derivative of the probability to go left. Its degree is below the number of columns on a path, so Gauss and
/// Legendre's rule with half as many points is exact; and as all factors but the last are probabilities, nothing
/// cancels.
///
/// These are the values of S. Lundberg et al., "From local explanations to global understanding with explainable AI for
/// trees" (2020), at a cost of nodes * points a row where theirs is leaves * depth^2. That polynomials can be carried
/// down and up the tree is the idea of P. Yu et al., "Linear TreeShap" (2022).
class ShapTree {
 public:
  static constexpr std::size_t lanes = 8;  ///< Rows at once.

  ShapTree() = default;
  explicit ShapTree(std::span<const TreeNode> nodes);

  /// The tree's prediction where nothing is known.
  double base() const { return base_; }
  /// How many doubles `add` works in.
  std::size_t work_size() const;
  /// Adds the SHAP values of 8 rows. @param values  [columns][8]: NaN is missing, a category its level's place.
  /// @param shap  [columns][8]. @param work  [work_size()] at a multiple of 64 bytes.
  void add(const float* values, double* shap, double* work) const;

 private:
  struct Split {
    std::uint32_t column;
    float threshold;
    std::uint32_t levels;  ///< Its set in levels_, if by_level.
    bool by_level, missing_left;
    bool left_leaf, right_leaf, is_left;  ///< Whether its children are leaves, and whether it is a left child.
    std::uint32_t depth;
    std::int32_t above;              ///< Depth of the closest split above of the same column; -1: none.
    double left_share;               ///< Of the node's training rows.
    double left_value, right_value;  ///< Predictions of children that are leaves.
  };
  /// What `add` does, one after the other. The way down to a child is left out where it is a leaf.
  struct Step {
    enum class Kind : std::uint8_t { enter, go_left, go_right, leave } kind;
    std::uint32_t split;
  };
  class Builder;

  double base_ = 0.0;
  std::uint32_t depth_ = 0;
  std::vector<double> points_, weights_;
  std::vector<Split> splits_;
  std::vector<Step> steps_;
  std::vector<double> terms_;  ///< [splits][2][points], see add.
  LevelSets levels_;
};

}  // namespace cartwheel::tree
