#pragma once

#include "linear/solver.hpp"

namespace cartwheel::linear {

/// An even sample of the rows of a fit, with the same columns, centres and scales: what it takes to come close to the
/// optimum of many rows at the cost of few. A bad sample costs steps, never the optimum.
class SampledRows {
 public:
  /// @param rows  with weights that add up to 1; `totals` is the weight of each class, without its class_weight.
  SampledRows(const Design& design, const LabelledRows& rows, const std::array<double, 2>& totals);

  SampledRows(const SampledRows&) = delete;
  SampledRows& operator=(const SampledRows&) = delete;

  /// Whether there are so many rows that a sample pays.
  bool pays() const { return passes_ != nullptr; }
  /// The sample's optimum, searched from `start`; empty where the sample has none to speak of. Needs pays().
  std::vector<double> optimum(const std::vector<double>& start, const PenaltyWeights& penalty);
  /// `beta` with the Hessian of the sample's loss there. Needs pays().
  Start with_hessian(std::vector<double> beta);

 private:
  Design design_;
  std::vector<std::uint8_t> y_;
  std::vector<double> weight_;
  std::unique_ptr<RowPasses> passes_;
};

}  // namespace cartwheel::linear
