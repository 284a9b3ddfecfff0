#pragma once

#include "linear/objective.hpp"

/// The three ways to an optimum. All stop at the same certificate, the KKT residual, or say why they could not reach
/// it.
namespace cartwheel::linear {

struct SolverLimits {
  double tol = 1e-8;  ///< Of the KKT residual.
  int max_iter = 1000;
};

enum class Stop : std::uint8_t {
  converged,   ///< KKT residual <= tol.
  iterations,  ///< max_iter reached.
  stalled,     ///< Rounding hides any further progress.
  separated,   ///< The classes are parted by a plane, and only larger coefficients would lower the objective.
};

struct Solution {
  Iterate at;
  int iterations = 0;
  Stop stop = Stop::converged;
};

/// Newton's method with a Cholesky factorisation; for a penalty without an L1 part, and few coordinates.
Solution solve_newton(const Objective& objective, std::vector<double> start, const SolverLimits& limits);

/// L-BFGS (D. C. Liu and J. Nocedal, "On the Limited Memory BFGS Method for Large Scale Optimization", 1989); for a
/// penalty without an L1 part, and many coordinates.
Solution solve_lbfgs(const Objective& objective, std::vector<double> start, const SolverLimits& limits);

/// Proximal Newton (J. D. Lee, Y. Sun and M. A. Saunders, "Proximal Newton-Type Methods for Minimizing Composite
/// Functions", 2014): a quadratic model of the loss on a working set of coordinates, minimised with the L1 penalty.
Solution solve_proximal_newton(const Objective& objective, std::vector<double> start, const SolverLimits& limits);

}  // namespace cartwheel::linear
