#pragma once

#include <cstdint>

#include "core/host_device.hpp"
#include "tree/cell.hpp"
#include "tree/impurity.hpp"

namespace cartwheel::tree {

/// What keeps a node from being split. Devices must agree on it.
struct StopRule {
  std::uint32_t max_depth;
  std::uint32_t min_samples_split;  ///< Distinct rows.
  std::uint32_t min_samples_leaf;   ///< Distinct rows.
  double min_impurity_decrease;

  /// Whether a split of the node may be sought.
  CARTWHEEL_HD bool is_open(Counts rows, std::uint64_t distinct_rows, std::uint32_t depth) const {
    return rows.positives != 0 && rows.positives != rows.rows && depth < max_depth &&
           distinct_rows >= min_samples_split && distinct_rows >= std::uint64_t{2} * min_samples_leaf;
  }

  /// scikit-learn's weighted impurity decrease, with its allowance for rounding. @tparam C  Counts or WeightedCounts.
  template <class C>
  CARTWHEEL_HD bool decreases_enough(const ImpurityRule& rule, C root, C node, C left) const {
    if (min_impurity_decrease == 0.0) return true;
    const C right = node - left;
    const double weight = rule.weight(node);
    const double decrease = weight / rule.weight(root) *
                            (rule.impurity(node) - rule.weight(right) / weight * rule.impurity(right) -
                             rule.weight(left) / weight * rule.impurity(left));
    constexpr double epsilon = 0x1p-52;
    return decrease + epsilon >= min_impurity_decrease;
  }
};

}  // namespace cartwheel::tree
