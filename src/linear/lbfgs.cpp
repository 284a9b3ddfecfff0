#include <deque>
#include <numeric>

#include "linear/separation.hpp"
#include "linear/solver.hpp"
#include "linear/stall_watch.hpp"

namespace cartwheel::linear {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// The inverse Hessian that the last steps suggest, on top of a diagonal first guess.
class InverseHessian {
 public:
  explicit InverseHessian(Vector diagonal) : diagonal_(std::move(diagonal)) {}

  /// @param step  what the coordinates moved by. @param change  what the gradient changed by.
  void learn(Vector step, Vector change) {
    const double curvature = dot(step, change);
    if (!(curvature > 0.0)) return;  // rounding: a convex function has curvature >= 0
    double scaled = 0.0;
    for (std::size_t j = 0; j < change.size(); ++j) scaled += change[j] * diagonal_[j] * change[j];
    scale_ = curvature / scaled;
    if (pairs_.size() == memory) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), curvature});
  }

  /// The two-loop recursion: overwrites `v` by the product.
  void apply(Vector& v) const {
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = dot(pairs_[i].step, v) / pairs_[i].curvature;
      for (std::size_t j = 0; j < v.size(); ++j) v[j] -= alpha[i] * pairs_[i].change[j];
    }
    for (std::size_t j = 0; j < v.size(); ++j) v[j] *= scale_ * diagonal_[j];
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = dot(pairs_[i].change, v) / pairs_[i].curvature;
      for (std::size_t j = 0; j < v.size(); ++j) v[j] += (alpha[i] - beta) * pairs_[i].step[j];
    }
  }

  void forget() { pairs_.clear(); }
  bool empty() const { return pairs_.empty(); }

 private:
  static constexpr std::size_t memory = 20;
  struct Pair {
    Vector step, change;
    double curvature;
  };
  Vector diagonal_;
  double scale_ = 1.0;
  std::deque<Pair> pairs_;
};

Vector gradient_of(const Objective& objective, const Iterate& at) {
  Vector gradient = at.loss_gradient;
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += objective.penalty.l2[j] * at.beta[j];
  return gradient;
}

/// Columns have variance 1, so the loss bends by about the mean curvature along each: p (1 - p), half the error at the
/// start, where every row has the same p.
Vector first_guess(const Objective& objective, const Iterate& at) {
  Vector diagonal(objective.size());
  for (std::size_t j = 0; j < diagonal.size(); ++j)
    diagonal[j] = 1.0 / (0.5 * at.point.total_error + objective.penalty.l2[j]);
  return diagonal;
}

}  // namespace

Solution solve_lbfgs(const Objective& objective, std::vector<double> start, const SolverLimits& limits) {
  Solution solution{start_at(objective, std::move(start)), 0, Stop::converged};
  Iterate& at = solution.at;
  InverseHessian inverse(first_guess(objective, at));
  Vector gradient = gradient_of(objective, at);
  SeparationWatch separation(objective.penalty.any());
  StallWatch stall;
  const double first_objective = at.objective;
  for (;; ++solution.iterations) {
    separation.see_point(at.point);
    if (at.kkt <= limits.tol || separation.certain()) break;
    if (separation.proven() && at.objective <= limits.tol * first_objective) break;
    if (solution.iterations == limits.max_iter) {
      solution.stop = Stop::iterations;
      break;
    }
    Vector d = gradient;
    inverse.apply(d);
    for (double& v : d) v = -v;
    const Vector before = at.beta;
    const double decrease = dot(gradient, d);
    separation.see_direction(objective.rows.aim(d));
    if (!(decrease < 0.0) || stall.stuck(at, decrease) || !line_search(objective, at, d, decrease)) {
      if (inverse.empty()) {
        solution.stop = Stop::stalled;
        break;
      }
      inverse.forget();  // rounding has spoilt what was learned: once more from the plain gradient
      continue;
    }
    update_gradient(objective, at);
    Vector next = gradient_of(objective, at), step(next.size()), change(next.size());
    for (std::size_t j = 0; j < next.size(); ++j) {
      step[j] = at.beta[j] - before[j];
      change[j] = next[j] - gradient[j];
    }
    inverse.learn(std::move(step), std::move(change));
    gradient = std::move(next);
  }
  if (separation.certain() || separation.likely()) solution.stop = Stop::separated;
  return solution;
}

}  // namespace cartwheel::linear
