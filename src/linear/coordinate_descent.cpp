#include "linear/coordinate_descent.hpp"

#include <algorithm>
#include <cmath>

#include "linear/symmetric_solve.hpp"

namespace cartwheel::linear {

namespace {

constexpr int most_rounds = 100;
/// Sweeps before a joint solve, which costs as much as a third as many sweeps as there are coordinates: until no
/// coordinate changes its sign, but no more than this.
constexpr int most_sweeps = 50;
/// Keeps the joint solve regular where columns are collinear; then it is long along what they share, and stops where
/// the first of them reaches 0.
constexpr double ridge = 1e-12;

class Descent {
 public:
  Descent(const PenalisedQuadratic& model)
      : model_(model),
        n_(model.at.size()),
        value_(model.at.begin(), model.at.end()),
        slope_(model.gradient.begin(), model.gradient.end()) {}

  /// One coordinate after the other moves to its own minimum. @return whether any sign changed.
  bool sweep() {
    bool changed = false;
    for (std::size_t j = 0; j < n_; ++j) {
      const double curvature = model_.hessian[j * n_ + j] + model_.l2[j];
      if (!(curvature > 0.0)) continue;
      const double target = curvature * value_[j] - smooth(j);
      const double shrunk = std::max(0.0, std::abs(target) - model_.l1[j]) / curvature;
      const double next = target < 0.0 ? -shrunk : shrunk;
      changed = changed || (next > 0.0) != (value_[j] > 0.0) || (next < 0.0) != (value_[j] < 0.0);
      move(j, next - value_[j]);
    }
    return changed;
  }

  /// The coordinates that are not 0 (or not penalised by l1) go towards their joint minimum, their signs held: those
  /// that would change it stop at 0 where that lowers the value, else all stop when the first one reaches 0.
  void solve_support() {
    std::vector<std::size_t> support;
    for (std::size_t j = 0; j < n_; ++j)
      if (value_[j] != 0.0 || model_.l1[j] == 0.0) support.push_back(j);
    const std::size_t n = support.size();
    if (n == 0) return;
    std::vector<double> a(n * n), downhill(n);
    for (std::size_t r = 0; r < n; ++r) {
      const std::size_t j = support[r];
      for (std::size_t c = 0; c < n; ++c) a[r * n + c] = model_.hessian[j * n_ + support[c]];
      a[r * n + r] += model_.l2[j];
      downhill[r] = -(smooth(j) + signed_l1(j));
    }
    const std::vector<double> step = solve_with_ridge(a, downhill, ridge);

    if (take_clipped(support, step)) return;
    take_until_sign_change(support, step);
  }

  double largest_distance() const {
    double largest = 0.0;
    for (std::size_t j = 0; j < n_; ++j) {
      const double distance =
          value_[j] != 0.0 ? std::abs(smooth(j) + signed_l1(j)) : std::max(0.0, std::abs(smooth(j)) - model_.l1[j]);
      largest = std::max(largest, distance);
    }
    return largest;
  }

  std::vector<double> take() { return std::move(value_); }

 private:
  double smooth(std::size_t j) const { return slope_[j] + model_.l2[j] * value_[j]; }
  double signed_l1(std::size_t j) const {
    return value_[j] > 0.0 ? model_.l1[j] : value_[j] < 0.0 ? -model_.l1[j] : 0.0;
  }
  bool vanishes(std::size_t j, double step) const {
    return model_.l1[j] > 0.0 && value_[j] * step < 0.0 && std::abs(step) >= std::abs(value_[j]);
  }

  bool take_clipped(const std::vector<std::size_t>& support, std::span<const double> step) {
    const std::vector<double> value = value_, slope = slope_;
    for (std::size_t r = 0; r < support.size(); ++r)
      move(support[r], vanishes(support[r], step[r]) ? -value_[support[r]] : step[r]);
    double change = 0.0;  // the mean of the slopes at both ends is a quadratic's mean slope
    for (const std::size_t j : support) {
      const double by = value_[j] - value[j];
      change += by * (0.5 * (slope_[j] + slope[j]) + 0.5 * model_.l2[j] * (value_[j] + value[j])) +
                model_.l1[j] * (std::abs(value_[j]) - std::abs(value[j]));
    }
    if (change <= 0.0) return true;
    value_ = value;
    slope_ = slope;
    return false;
  }

  void take_until_sign_change(const std::vector<std::size_t>& support, std::span<const double> step) {
    double length = 1.0;
    std::size_t first_to_vanish = support.size();
    for (std::size_t r = 0; r < support.size(); ++r) {
      if (!vanishes(support[r], length * step[r])) continue;
      length = value_[support[r]] / -step[r];
      first_to_vanish = r;
    }
    for (std::size_t r = 0; r < support.size(); ++r)
      move(support[r], r == first_to_vanish ? -value_[support[r]] : length * step[r]);
  }

  void move(std::size_t j, double by) {
    if (by == 0.0) return;
    value_[j] += by;
    const double* row = model_.hessian.data() + j * n_;
    for (std::size_t k = 0; k < n_; ++k) slope_[k] += row[k] * by;
  }

  const PenalisedQuadratic& model_;
  std::size_t n_;
  std::vector<double> value_;  ///< v
  std::vector<double> slope_;  ///< gradient + hessian (v - at)
};

}  // namespace

std::vector<double> minimise(const PenalisedQuadratic& model, double tolerance) {
  Descent descent(model);
  for (int round = 0; round < most_rounds && descent.largest_distance() > tolerance; ++round) {
    for (int i = 0; i < most_sweeps && descent.sweep(); ++i) {
    }
    descent.solve_support();
  }
  return descent.take();
}

}  // namespace cartwheel::linear
