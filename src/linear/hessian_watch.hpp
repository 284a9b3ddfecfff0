#pragma once

#include <cmath>
#include <cstddef>

namespace cartwheel::linear {

/// What a Hessian of all rows costs, in evaluations: columns squared for each row, against columns and a logarithm.
inline double hessian_cost(std::size_t coordinates) {
  const auto n = static_cast<double>(coordinates);
  return n * n / (16.0 * (0.8 * n + 25.0));
}

/// Decides when a new Hessian is worth its cost, which is that of several evaluations: when the steps with the old one
/// bring the fit to its end more slowly. By shapes and residuals alone, never by a clock.
class HessianWatch {
 public:
  /// @param coordinates  of the Hessian. @param tol  the KKT residual at which the fit ends.
  HessianWatch(std::size_t rows, std::size_t coordinates, double tol)
      : cheap_(rows * coordinates * coordinates <= cheap_work), evaluations_(hessian_cost(coordinates)), tol_(tol) {}

  /// A Hessian was made (or given) where the KKT residual is `kkt`.
  void made(double kkt) {
    start_ = kkt;
    steps_ = 0;
  }
  /// Call after each step. @return whether to make a new one at this point.
  bool due(double kkt) {
    if (cheap_) return true;
    ++steps_;
    const double digits_a_step = std::log(start_ / kkt) / steps_;
    if (!(digits_a_step > 0.0)) return steps_ >= patience;
    return std::log(kkt / tol_) / digits_a_step > evaluations_ + last_steps;
  }

 private:
  /// Products that take a fraction of a millisecond. Then each step is Newton's, and the last one ends far below `tol`.
  static constexpr std::size_t cheap_work = std::size_t{1} << 21;
  static constexpr int patience = 2;
  static constexpr double last_steps = 3.0;  // what a new Hessian still needs
  bool cheap_;
  double evaluations_, tol_;
  double start_ = 0.0;
  int steps_ = 0;
};

}  // namespace cartwheel::linear
