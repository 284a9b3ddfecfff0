#include <algorithm>
#include <cmath>
#include <numeric>

#include "linear/coordinate_descent.hpp"
#include "linear/separation.hpp"
#include "linear/solver.hpp"
#include "linear/stall_watch.hpp"

namespace cartwheel::linear {

namespace {

/// New coordinates that may enter the working set at once: the Gram matrix stays small where few columns matter.
constexpr std::size_t least_newcomers = 64;

/// The coordinates that are not 0 or have no l1, and of the others those that most want to leave 0; increasing.
std::vector<std::uint32_t> working_set(const Objective& objective, const Iterate& at) {
  std::vector<std::uint32_t> set, newcomers;
  std::vector<double> pull(at.beta.size());
  for (std::uint32_t j = 0; j < at.beta.size(); ++j) {
    pull[j] = std::abs(at.loss_gradient[j]) - objective.penalty.l1[j];
    if (at.beta[j] != 0.0 || objective.penalty.l1[j] == 0.0)
      set.push_back(j);
    else if (pull[j] > 0.0)
      newcomers.push_back(j);
  }
  const std::size_t room = std::max(least_newcomers, 2 * set.size());
  if (newcomers.size() > room) {
    std::ranges::stable_sort(newcomers, [&](std::uint32_t a, std::uint32_t b) { return pull[a] > pull[b]; });
    newcomers.resize(room);
  }
  set.insert(set.end(), newcomers.begin(), newcomers.end());
  std::ranges::sort(set);
  return set;
}

std::vector<double> pick(const std::vector<double>& values, const std::vector<std::uint32_t>& places) {
  std::vector<double> out;
  for (const std::uint32_t j : places) out.push_back(values[j]);
  return out;
}

/// The step to the minimum of the quadratic model at `at`, on the working set. The model is minimised more closely as
/// the fit comes near, so that the last steps converge quadratically.
std::vector<double> model_step(const Objective& objective, const Iterate& at, double tol) {
  const std::vector<std::uint32_t> set = working_set(objective, at);
  std::vector<double> hessian(set.size() * set.size());
  objective.rows.gram(set, hessian);
  const std::vector<double> gradient = pick(at.loss_gradient, set), beta = pick(at.beta, set),
                            l1 = pick(objective.penalty.l1, set), l2 = pick(objective.penalty.l2, set);
  const double wanted = std::max(0.1 * tol, std::min(0.1, at.kkt) * at.kkt);
  const std::vector<double> target = minimise({hessian, gradient, beta, l1, l2}, wanted * at.point.total_error);
  std::vector<double> d(at.beta.size());
  for (std::size_t i = 0; i < set.size(); ++i) d[set[i]] = target[i] - beta[i];
  return d;
}

}  // namespace

Solution solve_proximal_newton(const Objective& objective, std::vector<double> start, const SolverLimits& limits) {
  Solution solution{start_at(objective, std::move(start)), 0, Stop::converged};
  Iterate& at = solution.at;
  SeparationWatch separation(objective.penalty.any());
  StallWatch stall;
  for (;; ++solution.iterations) {
    separation.see_point(at.point);
    if (at.kkt <= limits.tol || separation.certain()) break;
    if (solution.iterations == limits.max_iter) {
      solution.stop = Stop::iterations;
      break;
    }
    const std::vector<double> d = model_step(objective, at, limits.tol);
    const double decrease =
        std::inner_product(d.begin(), d.end(), at.loss_gradient.begin(), 0.0) + objective.penalty.change(at.beta, d);
    separation.see_direction(objective.rows.aim(d));
    if (!(decrease < 0.0) || stall.stuck(at, decrease) || !line_search(objective, at, d, decrease)) {
      solution.stop = Stop::stalled;
      break;
    }
    update_gradient(objective, at);
  }
  if (separation.certain()) solution.stop = Stop::separated;
  return solution;
}

}  // namespace cartwheel::linear
