#include "selection/walk_plan.hpp"

#include <algorithm>
#include <cartwheel/error.hpp>
#include <chrono>
#include <utility>

#include "core/parallel.hpp"

namespace cartwheel::selection {
namespace {

class Walk {
 public:
  Walk(const SearchPlan& plan, const FitContext& context, WorkCounter& work,
       const std::function<bool(std::size_t)>& wanted, const std::function<void(std::size_t, const UnitInput&)>& visit)
      : plan_(plan), context_(context), work_(work), wanted_(wanted), visit_(visit) {}

  bool has_work(std::size_t node) const {
    return std::ranges::any_of(plan_.nodes[node].units, wanted_) ||
           std::ranges::any_of(plan_.nodes[node].next, [&](std::size_t next) { return has_work(next); });
  }

  void visit_node(std::size_t node, const UnitInput& input) const {
    struct Job {
      bool is_unit;
      std::size_t number;
    };
    std::vector<Job> jobs;
    for (const std::size_t unit : plan_.nodes[node].units)
      if (wanted_(unit)) jobs.push_back({true, unit});
    for (const std::size_t next : plan_.nodes[node].next)
      if (has_work(next)) jobs.push_back({false, next});
    core::parallel_for(jobs.size(), [&](std::size_t i) {
      const UnitInput own{input.sides, input.failure, i == 0 ? input.seconds : 0.0};
      if (jobs[i].is_unit)
        visit_(jobs[i].number, own);
      else
        take_step(jobs[i].number, own);
    });
  }

 private:
  void take_step(std::size_t node, const UnitInput& before) const {
    FoldSides after;
    double seconds = before.seconds;
    std::exception_ptr failure = before.failure;
    if (!failure)
      failure = failure_of([&] {
        seconds += seconds_of([&] {
          ++work_.step_fits;
          FittedStep fitted = fit_step(plan_.nodes[node].step, before.sides.train.x, before.sides.train.y, context_);
          after = {before.sides.extractor, before.sides.steps, std::move(fitted.training),
                   fitted.step->transform(before.sides.validation)};
          after.steps.push_back(std::move(fitted.step));
        });
      });
    visit_node(node, {after, failure, seconds});
  }

  const SearchPlan& plan_;
  const FitContext& context_;
  WorkCounter& work_;
  const std::function<bool(std::size_t)>& wanted_;
  const std::function<void(std::size_t, const UnitInput&)>& visit_;
};

}  // namespace

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<std::uint8_t> labels_of(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> y;
  y.reserve(rows.size());
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  return y;
}

void walk_plan(const SearchPlan& plan, std::size_t root, const SessionTable& sessions, const Fold& fold,
               const FitContext& context, WorkCounter& work, const std::function<bool(std::size_t)>& wanted,
               const std::function<void(std::size_t, const UnitInput&)>& visit) {
  const auto& [extractor, parameters, node] = plan.roots[root];
  const Walk walk(plan, context, work, wanted, visit);
  if (!walk.has_work(node)) return;
  FoldSides sides;
  double seconds = 0.0;
  const std::exception_ptr failure = failure_of([&] {
    seconds = seconds_of([&] {
      ++work.extractor_fits;
      std::shared_ptr<FeatureExtractor> made = make_feature_extractor(extractor, parameters);
      sides.train = {made->fit_transform(sessions, fold.train_rows, fold.train_end),
                     labels_of(sessions, fold.train_rows)};
      sides.validation = made->transform(sessions, fold.validation_rows);
      sides.extractor = std::move(made);
    });
  });
  walk.visit_node(node, {sides, failure, seconds});
}

}  // namespace cartwheel::selection
