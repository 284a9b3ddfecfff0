#pragma once

#include <span>
#include <vector>

#include "linear/row_passes.hpp"

namespace cartwheel::linear {

/// Weights of the penalty  sum_j l1_j |beta_j| + l2_j beta_j^2 / 2,  one a coordinate; the intercept has 0.
struct PenaltyWeights {
  std::vector<double> l1, l2;

  bool any_l1() const;
  bool any() const;  ///< Then every column has a weight, and a minimum exists.
  double value(std::span<const double> beta) const;
  /// value(beta + d) - value(beta), without its cancellation.
  double change(std::span<const double> beta, std::span<const double> d) const;
  /// Derivative of t -> value(beta + t d) at t, to the right.
  double slope(std::span<const double> beta, std::span<const double> d, double t) const;
};

/// Mean loss plus penalty, in the coordinates of a Design. The weights of rows add up to 1.
struct Objective {
  RowPasses& rows;
  PenaltyWeights penalty;

  std::size_t size() const { return penalty.l1.size(); }
};

/// The largest distance of a coordinate's loss gradient, negated, from the penalty's subdifferential, divided by the
/// total error sum w_i |p_i - y_i|: 0 at an optimum, at most about the size of the largest standardised value. A ratio
/// of two sums over the same residuals, so no unit of a column, no C, no number of rows and no closeness to perfect
/// prediction enters.
double kkt_residual(const PenaltyWeights& penalty, std::span<const double> beta, std::span<const double> loss_gradient,
                    double total_error);

/// Where a solver stands.
struct Iterate {
  std::vector<double> beta;
  std::vector<double> loss_gradient;
  RowPasses::Point point;
  double objective = 0.0;
  double kkt = 0.0;
};

/// The iterate at `beta`, which becomes the kept point of `objective.rows`.
Iterate start_at(const Objective& objective, std::vector<double> beta);

/// Searches from `at` (the kept point) along `d` for a step that lowers the objective enough, at first the full one,
/// and takes it; one pass over the columns if that is the full one. @param decrease  what the full step should bring, <
/// 0: the gradient along `d`, where the penalty is smooth; else loss gradient . d + penalty.change(beta, d).
/// @param full_step  the point of the full step, taken or not.
/// @return false, with nothing changed, if rounding hides any step that lowers it.
bool line_search(const Objective& objective, Iterate& at, std::span<const double> d, double decrease,
                 RowPasses::Point& full_step);

}  // namespace cartwheel::linear
