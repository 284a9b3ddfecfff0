#include <numeric>

#include "linear/separation.hpp"
#include "linear/solver.hpp"
#include "linear/stall_watch.hpp"
#include "linear/symmetric_solve.hpp"

namespace cartwheel::linear {

Solution solve_newton(const Objective& objective, std::vector<double> start, const SolverLimits& limits) {
  const std::size_t n = objective.size();
  const std::vector<double>& l2 = objective.penalty.l2;
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  std::vector<double> hessian(n * n), downhill(n);

  Solution solution{start_at(objective, std::move(start)), 0, Stop::converged};
  Iterate& at = solution.at;
  const double first_objective = at.objective;
  SeparationWatch separation(objective.penalty.any());
  StallWatch stall;
  for (;; ++solution.iterations) {
    separation.see_point(at.point);
    if (at.kkt <= limits.tol || separation.certain()) break;
    if (solution.iterations == limits.max_iter) {
      solution.stop = Stop::iterations;
      break;
    }
    objective.rows.gram(all, hessian);
    for (std::size_t j = 0; j < n; ++j) {
      hessian[j * n + j] += l2[j];
      downhill[j] = -(at.loss_gradient[j] + l2[j] * at.beta[j]);
    }
    const std::vector<double> d = solve_semidefinite(hessian, downhill);
    const double decrease = -std::inner_product(d.begin(), d.end(), downhill.begin(), 0.0);
    separation.see_direction(objective.rows.aim(d));
    // On parted classes each step halves (at least) what is left of the loss; stop when that is nothing to speak of.
    if (separation.proven() && -decrease <= limits.tol * first_objective) break;
    if (!(decrease < 0.0) || stall.stuck(at, decrease) || !line_search(objective, at, d, decrease)) {
      solution.stop = Stop::stalled;
      break;
    }
    update_gradient(objective, at);
  }
  if (separation.certain() || separation.likely()) solution.stop = Stop::separated;
  return solution;
}

}  // namespace cartwheel::linear
