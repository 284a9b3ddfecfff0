#pragma once

#include <span>
#include <vector>

namespace cartwheel::linear {

/// gradient . (v - at) + (v - at)' hessian (v - at) / 2 + sum_j l1_j |v_j| + l2_j v_j^2 / 2, as a function of v.
struct PenalisedQuadratic {
  std::span<const double> hessian;               ///< [n x n], symmetric positive semidefinite; without l2.
  std::span<const double> gradient, at, l1, l2;  ///< [n]
};

/// A v near the minimum: each coordinate's gradient is within `tolerance` of its subdifferential (if rounding and a
/// bound on the work allow). Never a higher value than at `at`. Sweeps of coordinate descent find which coordinates are
/// 0; between them, a linear solve moves those that are not to their joint minimum, which sweeps alone reach slowly
/// where columns are correlated.
std::vector<double> minimise(const PenalisedQuadratic& model, double tolerance);

}  // namespace cartwheel::linear
