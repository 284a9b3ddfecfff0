#include <deque>
#include <numeric>

#include "linear/hessian_watch.hpp"
#include "linear/separation.hpp"
#include "linear/solver.hpp"
#include "linear/stall_watch.hpp"
#include "linear/symmetric_solve.hpp"

namespace cartwheel::linear {

namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// The inverse of the objective's Hessian: a factorised one (or a diagonal), and what the last steps suggest.
class InverseHessian {
 public:
  explicit InverseHessian(Vector diagonal) : diagonal_(std::move(diagonal)) {}
  explicit InverseHessian(SemidefiniteInverse factors) : factors_(std::move(factors)) {}

  /// @param step  what the coordinates moved by. @param change  what the gradient changed by.
  void learn(Vector step, Vector change) {
    const double curvature = dot(step, change);
    if (!(curvature > 0.0)) return;  // rounding: a convex function has curvature >= 0
    Vector scaled = change;
    apply_first_guess(scaled);
    scale_ = curvature / dot(change, scaled);
    if (pairs_.size() == memory) pairs_.pop_front();
    pairs_.push_back({std::move(step), std::move(change), curvature});
  }

  /// The two-loop recursion: overwrites `v` by the product.
  void apply(Vector& v) const {
    Vector alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = dot(pairs_[i].step, v) / pairs_[i].curvature;
      for (std::size_t j = 0; j < v.size(); ++j) v[j] -= alpha[i] * pairs_[i].change[j];
    }
    apply_first_guess(v);
    for (double& value : v) value *= scale_;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double beta = dot(pairs_[i].change, v) / pairs_[i].curvature;
      for (std::size_t j = 0; j < v.size(); ++j) v[j] += (alpha[i] - beta) * pairs_[i].step[j];
    }
  }

  bool has_learned() const { return !pairs_.empty(); }
  void forget() {
    pairs_.clear();
    scale_ = 1.0;
  }

 private:
  static constexpr std::size_t memory = 20;
  struct Pair {
    Vector step, change;
    double curvature;
  };

  void apply_first_guess(Vector& v) const {
    if (!diagonal_.empty())
      for (std::size_t j = 0; j < v.size(); ++j) v[j] *= diagonal_[j];
    else
      v = factors_.apply(v);
  }

  Vector diagonal_;
  SemidefiniteInverse factors_;
  double scale_ = 1.0;
  std::deque<Pair> pairs_;
};

Vector gradient_of(const Objective& objective, const Iterate& at) {
  Vector gradient = at.loss_gradient;
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += objective.penalty.l2[j] * at.beta[j];
  return gradient;
}

InverseHessian factorised(const Objective& objective, Vector hessian) {
  const std::size_t n = objective.size();
  for (std::size_t j = 0; j < n; ++j) hessian[j * n + j] += objective.penalty.l2[j];
  return InverseHessian(SemidefiniteInverse(hessian, n));
}

InverseHessian made_at_kept_point(const Objective& objective) {
  const std::size_t n = objective.size();
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  Vector hessian(n * n);
  objective.rows.gram(all, hessian);
  return factorised(objective, std::move(hessian));
}

/// Columns have variance 1, so the loss bends by about the mean curvature along each: p (1 - p), half the error at the
/// start, where every row has the same p.
InverseHessian diagonal_guess(const Objective& objective, const Iterate& at) {
  Vector diagonal(objective.size());
  for (std::size_t j = 0; j < diagonal.size(); ++j)
    diagonal[j] = 1.0 / (0.5 * at.point.total_error + objective.penalty.l2[j]);
  return InverseHessian(std::move(diagonal));
}

}  // namespace

Solution solve_smooth(const Objective& objective, Start start, const SolverLimits& limits) {
  const bool few = objective.size() <= most_hessian_coordinates;
  Solution solution{start_at(objective, std::move(start.beta)), {}, 0, Stop::converged};
  Iterate& at = solution.at;
  Vector gradient = gradient_of(objective, at);
  SeparationWatch separation(objective.penalty.any());
  separation.see_point(at.point);
  StallWatch stall;
  HessianWatch watch(objective.rows.row_count(), objective.size(), limits.tol);
  const double first_objective = at.objective;
  bool exact = start.hessian.empty();
  InverseHessian inverse = !exact ? factorised(objective, std::move(start.hessian)) : diagonal_guess(objective, at);
  if (exact && few && at.kkt > limits.tol) inverse = made_at_kept_point(objective);
  watch.made(at.kkt);
  while (at.kkt > limits.tol && !separation.certain()) {
    if (solution.iterations == limits.max_iter) {
      solution.stop = Stop::iterations;
      break;
    }
    Vector d = gradient;
    inverse.apply(d);
    for (double& v : d) v = -v;
    const Vector before = at.beta;
    const double decrease = dot(gradient, d);
    RowPasses::Point full_step;
    if (!(decrease < 0.0) || stall.stuck(at, decrease) || !line_search(objective, at, d, decrease, full_step)) {
      // Rounding has spoilt what was learned, or the Hessian is a bad one: once more with a new one.
      if (!inverse.has_learned() && (exact || !few)) {
        solution.stop = Stop::stalled;
        break;
      }
      if (few) {
        inverse = made_at_kept_point(objective);
        watch.made(at.kkt);
        exact = true;
      } else {
        inverse.forget();
      }
      continue;
    }
    ++solution.iterations;
    separation.see_point(at.point);
    separation.see_step(full_step);
    // On parted classes each step halves (at least) what is left of the loss; stop when that is nothing to speak of.
    if (separation.proven() &&
        (-decrease <= limits.tol * first_objective || at.objective <= limits.tol * first_objective))
      break;
    if (at.kkt <= limits.tol) break;
    Vector next = gradient_of(objective, at);
    exact = false;
    if (few && watch.due(at.kkt)) {
      inverse = made_at_kept_point(objective);
      watch.made(at.kkt);
      exact = true;
    } else {
      Vector step(next.size()), change(next.size());
      for (std::size_t j = 0; j < next.size(); ++j) {
        step[j] = at.beta[j] - before[j];
        change[j] = next[j] - gradient[j];
      }
      inverse.learn(std::move(step), std::move(change));
    }
    gradient = std::move(next);
  }
  if (separation.certain() || separation.likely()) solution.stop = Stop::separated;
  return solution;
}

Solution solve(const Objective& objective, Start start, const SolverLimits& limits) {
  return objective.penalty.any_l1() ? solve_proximal(objective, std::move(start), limits)
                                    : solve_smooth(objective, std::move(start), limits);
}

}  // namespace cartwheel::linear
