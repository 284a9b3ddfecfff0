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

  CARTWHEEL_HD double weight(Counts counts) const {
    return negative_factor * counts.negatives() + positive_factor * counts.positives;
  }
  /// P(y = 1). @param counts  with at least one row.
  CARTWHEEL_HD double probability(Counts counts) const { return positive_factor * counts.positives / weight(counts); }
  /// In [0, 1/2] for gini, in [0, 1] bits for entropy; exactly 0 for a pure set.
  CARTWHEEL_HD double impurity(Counts counts) const {
    const double total = weight(counts);
    const double p = positive_factor * counts.positives / total, q = negative_factor * counts.negatives() / total;
    if (criterion == Criterion::gini) return 2.0 * p * q;
    return 0.0 - (core::x_log2_x(p) + core::x_log2_x(q));  // 0 - x: never -0
  }
};

}  // namespace cartwheel::tree
