#pragma once

#include <cstddef>
#include <vector>

namespace cartwheel::tree {

/// Gauss and Legendre's rule on [0, 1]: the sum of weight * f(point) is the integral of f, for every polynomial of
/// degree at most 2n - 1.
struct GaussLegendre {
  std::vector<double> points;   ///< Increasing, within (0, 1).
  std::vector<double> weights;  ///< Positive; their sum is 1.
};

/// @param n  at least 1. The points are right to a few ulp. Cost: n^2.
GaussLegendre gauss_legendre(std::size_t n);

}  // namespace cartwheel::tree
