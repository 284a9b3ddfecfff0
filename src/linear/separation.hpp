#pragma once

#include "linear/objective.hpp"

namespace cartwheel::linear {

/// Watches for data that a plane parts (completely, or with rows on the plane), where the loss has no minimum: it keeps
/// falling as the coefficients grow. Albert and Anderson, "On the existence of maximum likelihood estimates in logistic
/// regression models" (1984).
class SeparationWatch {
 public:
  /// @param penalised  a penalty holds every coefficient, so a minimum exists.
  explicit SeparationWatch(bool penalised) : penalised_(penalised) {}

  /// A step that moves no row away from its own side (beyond rounding), and some towards it, proves a separation.
  void see_step(const RowPasses::Point& full_step) {
    const double away = full_step.least_move, towards = full_step.largest_move;
    proven_ = proven_ || (towards > short_step && away >= -rounding_share * towards);
    nearly_ = towards > long_step && away >= -nearly_share * towards;
  }
  void see_point(const RowPasses::Point& point) {
    proven_ = proven_ || point.smallest_margin > 0.0;
    certain_ = point.smallest_margin > certain_margin;
  }

  /// Every row's probability is 0 or 1 to the last digit: larger coefficients change nothing, with or without a
  /// penalty.
  bool certain() const { return certain_; }
  /// There is no minimum to converge to.
  bool proven() const { return !penalised_ && proven_; }
  /// For the end of a fit: even the last step was long, and moved (almost) no row away from its own side. Towards a
  /// minimum steps get short; where rows on the plane blur the proof, they keep pushing the parted rows on by about 1 a
  /// step.
  bool likely() const { return !penalised_ && (proven_ || nearly_); }

 private:
  static constexpr double certain_margin = 36.8;  // e^-36.8 is below 2^-53
  static constexpr double nearly_share = 1e-3, rounding_share = 1e-12;
  static constexpr double short_step = 1e-3;  // moves are differences of margins: those of a shorter one are inexact
  static constexpr double long_step = 0.5;
  bool penalised_;
  bool proven_ = false, nearly_ = false, certain_ = false;
};

}  // namespace cartwheel::linear
