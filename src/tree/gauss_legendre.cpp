#include "tree/gauss_legendre.hpp"

#include <numbers>

namespace cartwheel::tree {
namespace {

/// cos(x) for x in [0, pi / 2], to about 1e-12: where Newton's method starts.
double rough_cosine(double x) {
  double sum = 1.0, term = 1.0;
  for (int i = 2; i <= 18; i += 2) {
    term *= -x * x / (i * (i - 1));
    sum += term;
  }
  return sum;
}

}  // namespace

GaussLegendre gauss_legendre(std::size_t n) {
  GaussLegendre rule{std::vector<double>(n), std::vector<double>(n)};
  const auto degree = static_cast<double>(n);
  for (std::size_t i = 0; 2 * i < n; ++i) {  // the roots of Legendre's polynomial of degree n in [0, 1), from above
    double root = rough_cosine(std::numbers::pi * (static_cast<double>(i) + 0.75) / (degree + 0.5));
    double slope = 0.0;
    for (int round = 0; round < 6; ++round) {
      double last = 1.0, value = root;
      for (std::size_t k = 2; k <= n; ++k) {
        const auto order = static_cast<double>(k);
        const double next = ((2.0 * order - 1.0) * root * value - (order - 1.0) * last) / order;
        last = value;
        value = next;
      }
      slope = degree * (root * value - last) / (root * root - 1.0);
      root -= value / slope;
    }
    rule.points[i] = (1.0 - root) / 2.0;
    rule.points[n - 1 - i] = (1.0 + root) / 2.0;
    rule.weights[i] = rule.weights[n - 1 - i] = 1.0 / ((1.0 - root * root) * slope * slope);
  }
  return rule;
}

}  // namespace cartwheel::tree
