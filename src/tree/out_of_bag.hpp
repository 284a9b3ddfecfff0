#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "tree/grow.hpp"
#include "tree/impurity.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// Scores each training row by the trees that did not draw it.
class OutOfBag {
 public:
  /// @param x  the training rows; must outlive the object.
  OutOfBag(const FeatureMatrix& x, const ImpurityRule& rule);

  /// Adds trees, in their order. @param samples  what each tree was grown on.
  void add(std::span<const TreeNodes> trees, std::span<const TreeSample> samples);
  /// The mean P(y = 1) over the trees that did not draw the row; NaN for a row that every tree drew.
  std::vector<double> probability() const;

 private:
  const FeatureMatrix& x_;
  ImpurityRule rule_;
  std::vector<double> sum_;           ///< [rows]
  std::vector<std::uint32_t> trees_;  ///< [rows] that did not draw it.
};

/// The share of rows, among those that have an out-of-bag probability, where (it > 0.5) is the label; 0 if none has
/// one.
double out_of_bag_accuracy(std::span<const double> probability, std::span<const std::uint8_t> labels);

}  // namespace cartwheel::tree
