#include "selection/plan_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "core/parallel.hpp"
#include "pipeline/fit_memory.hpp"
#include "selection/plan.hpp"

namespace cartwheel {
namespace {

/// Nodes on the longest way from a root to a unit, the root included: so many copies of the columns there may be.
std::uint64_t depth_of(const selection::SearchPlan& plan, std::size_t node) {
  std::uint64_t deepest = 0;
  for (const std::size_t next : plan.nodes[node].next) deepest = std::max(deepest, depth_of(plan, next));
  return deepest + 1;
}

/// The most columns that any root has, and the most copies of columns times their number.
struct Widths {
  std::uint64_t columns = 0, columns_at_all_nodes = 0;
};

Widths widths_of(const selection::SearchPlan& plan) {
  Widths most;
  for (const auto& [extractor, parameters, node] : plan.roots) {
    std::uint64_t columns = 0;
    try {
      columns = make_feature_extractor(extractor, parameters)->definitions().size();
    } catch (const ParameterError&) {
      continue;  // it will be reported as a combination that fails
    }
    most.columns = std::max(most.columns, columns);
    most.columns_at_all_nodes = std::max(most.columns_at_all_nodes, columns * depth_of(plan, node));
  }
  return most;
}

/// A unit fits all its models at once, and each thread has one unit; a batch keeps its last fits, one of each model.
std::uint64_t model_bytes_of(const selection::SearchSpace& space, const selection::SearchPlan& plan,
                             std::uint64_t units_at_once, std::uint64_t batches, std::uint64_t rows,
                             std::uint64_t columns) {
  std::uint64_t most_of_unit = 0, kept = 0;
  for (const selection::PlanUnit& unit : plan.units) {
    const selection::ModelTrials& model = space.models[unit.model];
    std::uint64_t models = 0, working = 0;
    for (const std::size_t trial : unit.trials) {
      const pipeline::FitMemory fit =
          pipeline::fit_memory(model.model, model.parameters[model.trials[trial].parameters], rows, columns);
      models += fit.model;
      working = std::max(working, fit.working);
    }
    most_of_unit = std::max(most_of_unit, models + working);
  }
  for (const selection::ModelTrials& model : space.models) {
    std::uint64_t largest = 0;
    for (const Parameters& parameters : model.parameters)
      largest = std::max(largest, pipeline::fit_memory(model.model, parameters, rows, columns).model);
    kept += largest;
  }
  return units_at_once * most_of_unit + batches * kept;
}

}  // namespace

selection::SearchSpace selection::check_and_expand(const ExperimentOptions& options) {
  options.threshold.check();
  name_of(options.metric);
  for (const SearchMetric metric : options.also) name_of(metric);
  if (options.n_iter < 1 || options.n_iter > 1'000'000)
    throw ParameterError(fmt::format("search.n_iter is {}; it must be in [1, 1000000]", options.n_iter));
  if (options.rule == ChoiceRule::one_standard_error && options.batches.folds < 2)
    throw ParameterError(
        fmt::format("search.rule is one_standard_error, but search.folds is {}: one fold has no standard error; "
                    "set folds to 2 or more, or rule to best",
                    options.batches.folds));
  return expand(options);
}

ExperimentPlan plan_experiment(const SessionTable& sessions, const ExperimentOptions& options) {
  const selection::SearchSpace space = selection::check_and_expand(options);
  const selection::SearchPlan plan = selection::make_plan(space, options.share);
  ExperimentPlan result;
  result.batches = make_batches(sessions, options.batches);
  const std::size_t folds = result.batches.size() * static_cast<std::size_t>(options.batches.folds);
  result.alone = work_of(selection::make_plan(space, false), folds);
  result.shared = work_of(plan, folds);
  result.final_fits = result.batches.size() * space.models.size();

  std::uint64_t most_rows = 0, most_scored = 0, scored = 0;
  for (const Batch& batch : result.batches) {
    std::uint64_t scored_here = 0;
    for (const Fold& fold : batch.folds) {
      most_rows = std::max<std::uint64_t>(most_rows, fold.train_rows.size() + fold.validation_rows.size());
      scored_here += fold.validation_rows.size();
    }
    scored += scored_here;
    most_scored = std::max(most_scored, scored_here);
  }
  const std::size_t walks = plan.roots.size() * static_cast<std::size_t>(options.batches.folds);
  const auto at_once = std::min<std::uint64_t>(walks, static_cast<std::uint64_t>(core::thread_count()));
  const Widths widths = widths_of(plan);
  result.column_bytes = at_once * widths.columns_at_all_nodes * most_rows * sizeof(float);
  const std::uint64_t units = plan.units.size() * static_cast<std::uint64_t>(options.batches.folds);
  result.model_bytes = model_bytes_of(space, plan, std::min(units, static_cast<std::uint64_t>(core::thread_count())),
                                      result.batches.size(), most_rows, widths.columns);
  result.score_bytes = space.size() * most_scored * sizeof(double);
  result.journal_bytes = space.size() * scored * sizeof(double);
  return result;
}

}  // namespace cartwheel
