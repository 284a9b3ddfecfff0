#pragma once

#include "linear/solver.hpp"

namespace cartwheel::linear {

/// What is added to the loss of a sample, so that it stands in for that of all rows near a point where that is known:
/// slope . (b - at) + (b - at)' curvature (b - at) / 2.
struct Tilt {
  std::vector<double> at, slope;
  std::vector<double> curvature;  ///< [n x n]; empty: none.
};

/// An even sample of the rows of a fit, with the same columns, centres and scales: what it takes to come close to the
/// optimum of many rows at the cost of few. A bad sample costs steps, never the optimum.
class SampledRows {
 public:
  /// @param rows  with weights that add up to 1; `totals` is the weight of each class, without its class_weight.
  SampledRows(const Design& design, const LabelledRows& rows, const std::array<double, 2>& totals);

  SampledRows(const SampledRows&) = delete;
  SampledRows& operator=(const SampledRows&) = delete;

  /// Whether there are so many rows that a sample pays. The others need it.
  bool pays() const { return passes_ != nullptr; }
  /// Such that the sample's loss has `gradient` at `at`, and there `hessian` too, unless that is empty.
  Tilt tilt(const std::vector<double>& at, const std::vector<double>& gradient, const std::vector<double>& hessian);
  /// The optimum of the sample, tilted, with the Hessian there; `start`, from which it is searched, where there is none
  /// to speak of. @param tol  that of the fit: a sample that is tilted may come as near.
  Start optimum(std::vector<double> start, const PenaltyWeights& penalty, const Tilt& tilt, double tol);

 private:
  Design design_;
  std::vector<std::uint8_t> y_;
  std::vector<double> weight_;
  std::unique_ptr<RowPasses> passes_;
};

}  // namespace cartwheel::linear
