#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "linear/coordinate_descent.hpp"
#include "linear/hessian_watch.hpp"
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

/// The set, and of the other coordinates those that are nearest to entering it: a model that covers them serves the
/// sets that follow. All of them, where few would be missing.
std::vector<std::uint32_t> with_neighbours(const Objective& objective, const Iterate& at,
                                           const std::vector<std::uint32_t>& set) {
  std::vector<std::uint32_t> all(at.beta.size()), others;
  std::iota(all.begin(), all.end(), 0u);
  const std::size_t wanted = set.size() + set.size() / 4;
  if (wanted >= all.size()) return all;
  std::ranges::set_difference(all, set, std::back_inserter(others));
  std::ranges::stable_sort(others, {},
                           [&](std::uint32_t j) { return objective.penalty.l1[j] - std::abs(at.loss_gradient[j]); });
  others.resize(wanted - set.size());
  others.insert(others.end(), set.begin(), set.end());
  std::ranges::sort(others);
  return others;
}

std::vector<double> pick(const std::vector<double>& values, const std::vector<std::uint32_t>& places) {
  std::vector<double> out;
  for (const std::uint32_t j : places) out.push_back(values[j]);
  return out;
}

/// About the Hessian of the loss, of some coordinates.
class ModelHessian {
 public:
  bool covers(const std::vector<std::uint32_t>& set) const { return std::ranges::includes(coordinates_, set); }

  void take(std::vector<std::uint32_t> coordinates, std::vector<double> hessian) {
    coordinates_ = std::move(coordinates);
    hessian_ = std::move(hessian);
  }

  /// That of the kept point.
  void make(RowPasses& rows, std::vector<std::uint32_t> coordinates) {
    coordinates_ = std::move(coordinates);
    hessian_.assign(coordinates_.size() * coordinates_.size(), 0.0);
    rows.gram(coordinates_, hessian_);
  }

  /// The part of the given coordinates, all covered.
  std::vector<double> part(const std::vector<std::uint32_t>& set) const {
    std::vector<std::size_t> place;
    for (std::size_t i = 0; const std::uint32_t j : set) {
      while (coordinates_[i] != j) ++i;
      place.push_back(i);
    }
    std::vector<double> out;
    out.reserve(set.size() * set.size());
    for (const std::size_t j : place)
      for (const std::size_t k : place) out.push_back(hessian_[j * coordinates_.size() + k]);
    return out;
  }

  /// That of all n coordinates, if it covers them; else nothing.
  std::vector<double> of_all(std::size_t n) && {
    return coordinates_.size() == n ? std::move(hessian_) : std::vector<double>();
  }

  /// Makes the model give the gradient's change over a step that was taken (BFGS).
  /// @param step, change  of all coordinates; the step is 0 outside of those covered.
  void learn(const std::vector<double>& all_steps, const std::vector<double>& all_changes) {
    const std::size_t n = coordinates_.size();
    const std::vector<double> step = pick(all_steps, coordinates_), change = pick(all_changes, coordinates_);
    std::vector<double> expected(n);
    for (std::size_t j = 0; j < n; ++j)
      expected[j] =
          std::inner_product(step.begin(), step.end(), hessian_.begin() + static_cast<std::ptrdiff_t>(j * n), 0.0);
    const double was = std::inner_product(step.begin(), step.end(), expected.begin(), 0.0);
    const double is = std::inner_product(step.begin(), step.end(), change.begin(), 0.0);
    if (!(was > 0.0 && is > 0.0)) return;  // rounding: a convex function has curvature >= 0
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t k = 0; k < n; ++k)
        hessian_[j * n + k] += change[j] * change[k] / is - expected[j] * expected[k] / was;
  }

 private:
  std::vector<std::uint32_t> coordinates_;  ///< Increasing.
  std::vector<double> hessian_;
};

/// The step to the minimum of the quadratic model at `at`, on the working set. The model is minimised more closely as
/// the fit comes near.
std::vector<double> model_step(const Objective& objective, const Iterate& at, const std::vector<std::uint32_t>& set,
                               const std::vector<double>& hessian, double tol) {
  const std::vector<double> gradient = pick(at.loss_gradient, set), beta = pick(at.beta, set),
                            l1 = pick(objective.penalty.l1, set), l2 = pick(objective.penalty.l2, set);
  const double wanted = std::max(0.1 * tol, std::min(0.1, at.kkt) * at.kkt);
  const std::vector<double> target = minimise({hessian, gradient, beta, l1, l2}, wanted * at.point.total_error);
  std::vector<double> d(at.beta.size());
  for (std::size_t i = 0; i < set.size(); ++i) d[set[i]] = target[i] - beta[i];
  return d;
}

std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t j = 0; j < a.size(); ++j) a[j] -= b[j];
  return a;
}

}  // namespace

Solution solve_proximal(const Objective& objective, Start start, const SolverLimits& limits) {
  Solution solution{start_at(objective, std::move(start.beta)), {}, 0, Stop::converged};
  Iterate& at = solution.at;
  SeparationWatch separation(objective.penalty.any());
  separation.see_point(at.point);
  StallWatch stall;
  ModelHessian model;
  bool fresh = false;
  HessianWatch watch(objective.rows.row_count(), objective.size(), limits.tol);
  if (!start.hessian.empty()) {
    std::vector<std::uint32_t> all(objective.size());
    std::iota(all.begin(), all.end(), 0u);
    model.take(std::move(all), std::move(start.hessian));
    watch.made(at.kkt);
  }
  bool due = false;
  while (at.kkt > limits.tol && !separation.certain()) {
    if (solution.iterations == limits.max_iter) {
      solution.stop = Stop::iterations;
      break;
    }
    const std::vector<std::uint32_t> set = working_set(objective, at);
    if (due || !model.covers(set)) {
      std::vector<std::uint32_t> covered = with_neighbours(objective, at, set);
      watch = HessianWatch(objective.rows.row_count(), covered.size(), limits.tol);
      model.make(objective.rows, std::move(covered));
      watch.made(at.kkt);
      fresh = true;
      due = false;
    }
    const std::vector<double> d = model_step(objective, at, set, model.part(set), limits.tol);
    const double decrease =
        std::inner_product(d.begin(), d.end(), at.loss_gradient.begin(), 0.0) + objective.penalty.change(at.beta, d);
    const std::vector<double> beta = at.beta, gradient = at.loss_gradient;
    RowPasses::Point full_step;
    if (!(decrease < 0.0) || stall.stuck(at, decrease) || !line_search(objective, at, d, decrease, full_step)) {
      if (fresh) {
        solution.stop = Stop::stalled;
        break;
      }
      due = true;  // rounding has spoilt what the model learned, or it was a bad one
      continue;
    }
    ++solution.iterations;
    separation.see_point(at.point);
    separation.see_step(full_step);
    due = watch.due(at.kkt);
    fresh = false;
    if (!due) model.learn(minus(at.beta, beta), minus(at.loss_gradient, gradient));
  }
  if (separation.certain()) solution.stop = Stop::separated;
  solution.hessian = std::move(model).of_all(objective.size());
  return solution;
}

}  // namespace cartwheel::linear
