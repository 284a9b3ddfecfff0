#pragma once

#include "linear/objective.hpp"

/// The ways to an optimum. All stop at the same certificate, the KKT residual, or say why they could not reach it.
namespace cartwheel::linear {

struct SolverLimits {
  double tol = 1e-8;  ///< Of the KKT residual.
  int max_iter = 1000;
};

/// Where a solver starts, and what it knows of the loss there.
struct Start {
  std::vector<double> beta;
  /// [n x n], or empty: about the Hessian of the loss near `beta`. A bad one costs steps, never the optimum.
  std::vector<double> hessian;
};

enum class Stop : std::uint8_t {
  converged,   ///< KKT residual <= tol.
  iterations,  ///< max_iter reached.
  stalled,     ///< Rounding hides any further progress.
  separated,   ///< The classes are parted by a plane, and only larger coefficients would lower the objective.
};

struct Solution {
  Iterate at;
  std::vector<double> hessian;  ///< [n x n], or empty: what is known of that of the loss there, as in Start.
  int iterations = 0;
  Stop stop = Stop::converged;
};

/// Coordinates up to which solvers keep a Hessian: it costs columns squared for each row.
inline constexpr std::size_t most_hessian_coordinates = 513;

/// Quasi-Newton steps, for a penalty without an L1 part: L-BFGS (D. C. Liu and J. Nocedal, "On the Limited Memory BFGS
/// Method for Large Scale Optimization", 1989) on top of a Cholesky factorisation of a Hessian, which is made anew
/// where that is cheaper than going on with the old one; with many coordinates, on top of a diagonal.
Solution solve_smooth(const Objective& objective, Start start, const SolverLimits& limits);

/// Proximal quasi-Newton (J. D. Lee, Y. Sun and M. A. Saunders, "Proximal Newton-Type Methods for Minimizing Composite
/// Functions", 2014): a quadratic model of the loss on a working set of coordinates, minimised with the L1 penalty; the
/// model learns from each step (BFGS), and is made anew as above.
Solution solve_proximal(const Objective& objective, Start start, const SolverLimits& limits);

/// The one of the two that the penalty needs.
Solution solve(const Objective& objective, Start start, const SolverLimits& limits);

}  // namespace cartwheel::linear
