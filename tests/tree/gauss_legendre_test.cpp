#include "tree/gauss_legendre.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cartwheel::tree {
namespace {

TEST(GaussLegendre, IntegratesPowersExactly) {
  for (std::size_t n = 1; n <= 40; ++n) {
    const GaussLegendre rule = gauss_legendre(n);
    ASSERT_EQ(rule.points.size(), n);
    EXPECT_TRUE(std::ranges::is_sorted(rule.points));
    EXPECT_GT(rule.points.front(), 0.0);
    EXPECT_LT(rule.points.back(), 1.0);
    for (std::size_t power = 0; power < 2 * n; ++power) {
      double integral = 0.0;
      for (std::size_t q = 0; q < n; ++q)
        integral += rule.weights[q] * std::pow(rule.points[q], static_cast<double>(power));
      EXPECT_NEAR(integral, 1.0 / static_cast<double>(power + 1), 2e-15) << n << " points, power " << power;
    }
    // The next power is beyond it: by ((n!)^2 / (2n)!)^2 / (2n + 1).
    if (n > 8) continue;
    double integral = 0.0, error = 1.0 / static_cast<double>(2 * n + 1);
    for (std::size_t q = 0; q < n; ++q)
      integral += rule.weights[q] * std::pow(rule.points[q], static_cast<double>(2 * n));
    for (std::size_t k = 1; k <= n; ++k) {
      const double ratio = static_cast<double>(k) / static_cast<double>(n + k);
      error *= ratio * ratio;
    }
    EXPECT_NEAR(1.0 / static_cast<double>(2 * n + 1) - integral, error, 1e-15);
  }
}

TEST(GaussLegendre, KeepsItsAccuracyWithManyPoints) {
  const GaussLegendre rule = gauss_legendre(500);
  EXPECT_NEAR(std::accumulate(rule.weights.begin(), rule.weights.end(), 0.0), 1.0, 1e-13);
  double integral = 0.0;
  for (std::size_t q = 0; q < 500; ++q) integral += rule.weights[q] * std::pow(rule.points[q], 999.0);
  EXPECT_NEAR(integral, 1e-3, 1e-15);
}

}  // namespace
}  // namespace cartwheel::tree
