#pragma once

#include <cartwheel/decision_tree.hpp>

#include "core/host_device.hpp"
#include "core/math.hpp"
#include "tree/cell.hpp"

namespace cartwheel::tree {

/// How impure a set of rows is. The class factors enter here, at gain time, and never the counts. Only their ratio has
/// a meaning, so they are kept as the simplest pair of that ratio: 1 and 1 where they are equal.
struct ImpurityRule {
  Criterion criterion = Criterion::gini;
  double negative_factor = 1.0;
  double positive_factor = 1.0;

  CARTWHEEL_HD bool weighted() const { return negative_factor != positive_factor; }

  /// @param counts  Counts or WeightedCounts, here and below.
  template <class C>
  CARTWHEEL_HD double weight(C counts) const {
    return negative_factor * static_cast<double>(counts.negatives()) +
           positive_factor * static_cast<double>(counts.positives);
  }
  /// P(y = 1). @param counts  with at least one row.
  template <class C>
  CARTWHEEL_HD double probability(C counts) const {
    return positive_factor * static_cast<double>(counts.positives) / weight(counts);
  }
  /// In [0, 1/2] for gini, in [0, 1] bits for entropy; exactly 0 for a pure set.
  template <class C>
  CARTWHEEL_HD double impurity(C counts) const {
    const double total = weight(counts);
    const double p = positive_factor * static_cast<double>(counts.positives) / total,
                 q = negative_factor * static_cast<double>(counts.negatives()) / total;
    if (criterion == Criterion::gini) return 2.0 * p * q;
    return 0.0 - (core::x_log2_x(p) + core::x_log2_x(q));  // 0 - x: never -0
  }
};

}  // namespace cartwheel::tree
