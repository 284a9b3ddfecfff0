#include "linear/objective.hpp"

#include <algorithm>
#include <cmath>

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

Iterate start_at(const Objective& objective, std::vector<double> beta) {
  Iterate at;
  at.beta = std::move(beta);
  at.loss_gradient.resize(at.beta.size());
  objective.rows.start(at.beta);
  at.point = objective.rows.evaluate(0.0);
  at.objective = at.point.loss + objective.penalty.value(at.beta);
  update_gradient(objective, at);
  return at;
}

void update_gradient(const Objective& objective, Iterate& at) {
  objective.rows.gradient(at.loss_gradient);
  at.kkt = kkt_residual(objective.penalty, at.beta, at.loss_gradient, at.point.total_error);
}

bool line_search(const Objective& objective, Iterate& at, std::span<const double> d, double decrease) {
  const double noise = rounding_share * at.objective;
  std::vector<double> beta(at.beta.size());
  double t = 1.0;
  for (int halvings = 0; halvings < most_halvings; ++halvings, t *= 0.5) {
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] = at.beta[j] + t * d[j];
    const RowPasses::Point point = objective.rows.evaluate(t);
    const double value = point.loss + objective.penalty.value(beta);
    const bool lower = value <= at.objective + sufficient_decrease * t * decrease;
    // Close to the optimum the decrease drowns in the rounding of the sums. The slope still has its digits: if it is
    // much smaller than at the start, a convex objective has come down. After W. W. Hager and H. Zhang, "A New
    // Conjugate Gradient Method with Guaranteed Descent and an Efficient Line Search" (2005).
    const bool flat =
        value <= at.objective + noise && point.slope + objective.penalty.slope(at.beta, d, t) <= -0.8 * decrease;
    if (!lower && !flat) continue;
    objective.rows.step(t);
    at.beta = beta;
    at.point = point;
    at.objective = value;
    return true;
  }
  objective.rows.evaluate(0.0);
  return false;
}

}  // namespace cartwheel::linear
