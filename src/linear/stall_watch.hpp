#pragma once

#include <algorithm>

#include "linear/objective.hpp"

namespace cartwheel::linear {

/// Notices that a fit has reached what rounding allows: the steps promise less than the last digits of the objective,
/// and the KKT residual has stopped falling.
class StallWatch {
 public:
  /// @param decrease  what the coming step should bring. @return true if it is not worth taking.
  bool stuck(const Iterate& at, double decrease) {
    if (-decrease > negligible_share * at.objective || at.kkt <= 0.5 * least_kkt_) {
      idle_steps_ = 0;
      least_kkt_ = std::min(least_kkt_, at.kkt);
    }
    return ++idle_steps_ > patience;
  }

 private:
  static constexpr double negligible_share = 1e-14;
  static constexpr int patience = 30;  ///< L-BFGS takes about a dozen steps to halve the residual of a hard problem.
  double least_kkt_ = 1e300;
  int idle_steps_ = 0;
};

}  // namespace cartwheel::linear
