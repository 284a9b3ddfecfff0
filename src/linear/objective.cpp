#include "linear/objective.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cartwheel::linear {

namespace {

/// A value of the objective may rise by this share through rounding alone: the last digits of its sums.
constexpr double rounding_share = 1e-14;
constexpr double sufficient_decrease = 1e-4;
constexpr int most_halvings = 60;

}  // namespace

bool PenaltyWeights::any_l1() const {
  return std::ranges::any_of(l1, [](double weight) { return weight > 0.0; });
}

bool PenaltyWeights::any() const {
  return any_l1() || std::ranges::any_of(l2, [](double weight) { return weight > 0.0; });
}

double PenaltyWeights::value(std::span<const double> beta) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < beta.size(); ++j) sum += l1[j] * std::abs(beta[j]) + 0.5 * l2[j] * beta[j] * beta[j];
  return sum;
}

double PenaltyWeights::change(std::span<const double> beta, std::span<const double> d) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < beta.size(); ++j)
    sum += l1[j] * (std::abs(beta[j] + d[j]) - std::abs(beta[j])) + l2[j] * d[j] * (beta[j] + 0.5 * d[j]);
  return sum;
}

double PenaltyWeights::slope(std::span<const double> beta, std::span<const double> d, double t) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < beta.size(); ++j) {
    const double b = beta[j] + t * d[j];
    const double grows = b != 0.0 ? (b > 0.0 ? d[j] : -d[j]) : std::abs(d[j]);
    sum += l1[j] * grows + l2[j] * b * d[j];
  }
  return sum;
}

double kkt_residual(const PenaltyWeights& penalty, std::span<const double> beta, std::span<const double> loss_gradient,
                    double total_error) {
  double largest = 0.0;
  for (std::size_t j = 0; j < beta.size(); ++j) {
    const double smooth = loss_gradient[j] + penalty.l2[j] * beta[j];
    const double distance = beta[j] != 0.0 ? std::abs(smooth + (beta[j] > 0.0 ? penalty.l1[j] : -penalty.l1[j]))
                                           : std::max(0.0, std::abs(smooth) - penalty.l1[j]);
    largest = std::max(largest, distance);
  }
  return largest / std::max(total_error, 1e-300);  // all rows certain: not 0 / 0
}

namespace {

Iterate evaluate_at(const Objective& objective, std::vector<double> beta) {
  Iterate at;
  at.beta = std::move(beta);
  at.loss_gradient.resize(at.beta.size());
  at.point = objective.rows.evaluate(at.beta, at.loss_gradient);
  at.objective = at.point.loss + objective.penalty.value(at.beta);
  at.kkt = kkt_residual(objective.penalty, at.beta, at.loss_gradient, at.point.total_error);
  return at;
}

std::vector<double> moved(std::span<const double> beta, std::span<const double> d, double t) {
  std::vector<double> out(beta.begin(), beta.end());
  for (std::size_t j = 0; j < out.size(); ++j) out[j] += t * d[j];
  return out;
}

}  // namespace

Iterate start_at(const Objective& objective, std::vector<double> beta) {
  Iterate at = evaluate_at(objective, std::move(beta));
  objective.rows.keep();
  return at;
}

bool line_search(const Objective& objective, Iterate& at, std::span<const double> d, double decrease,
                 RowPasses::Point& full_step) {
  // Close to the optimum the decrease drowns in the rounding of the sums. The slope still has its digits: if it is much
  // smaller than at the start, a convex objective has come down. After W. W. Hager and H. Zhang, "A New Conjugate
  // Gradient Method with Guaranteed Descent and an Efficient Line Search" (2005).
  const auto good = [&](double t, double value, double loss_slope) {
    return value <= at.objective + sufficient_decrease * t * decrease ||
           (value <= at.objective + rounding_share * at.objective &&
            loss_slope + objective.penalty.slope(at.beta, d, t) <= -0.8 * decrease);
  };
  Iterate next = evaluate_at(objective, moved(at.beta, d, 1.0));
  full_step = next.point;
  bool found = good(1.0, next.objective, std::inner_product(d.begin(), d.end(), next.loss_gradient.begin(), 0.0));
  double t = 0.5;
  for (int halvings = 1; !found && halvings < most_halvings; ++halvings, t *= 0.5) {
    const RowPasses::Way way = objective.rows.along(t);
    const std::vector<double> beta = moved(at.beta, d, t);
    if (!good(t, way.loss + objective.penalty.value(beta), way.slope)) continue;
    next = evaluate_at(objective, beta);
    found = true;
  }
  if (!found) return false;
  objective.rows.keep();
  at = std::move(next);
  return true;
}

}  // namespace cartwheel::linear
