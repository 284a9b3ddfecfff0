#include "selection/plan_experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "core/parallel.hpp"
#include "selection/plan.hpp"

namespace cartwheel {
namespace {

/// Nodes on the longest way from a root to a unit, the root included: so many copies of the columns there may be.
std::uint64_t depth_of(const selection::SearchPlan& plan, std::size_t node) {
  std::uint64_t deepest = 0;
  for (const std::size_t next : plan.nodes[node].next) deepest = std::max(deepest, depth_of(plan, next));
  return deepest + 1;
}

/// Float columns of both sides of the largest fold, at every node on the longest way.
std::uint64_t column_bytes_of(const selection::SearchPlan& plan, std::uint64_t rows) {
  std::uint64_t most = 0;
  for (const auto& [extractor, parameters, node] : plan.roots) {
    std::uint64_t columns = 0;
    try {
      columns = make_feature_extractor(extractor, parameters)->definitions().size();
    } catch (const ParameterError&) {
      continue;  // it will be reported as a combination that fails
    }
    most = std::max(most, columns * depth_of(plan, node));
  }
  return most * rows * sizeof(float);
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
  result.column_bytes = at_once * column_bytes_of(plan, most_rows);
  result.score_bytes = space.size() * most_scored * sizeof(double);
  result.journal_bytes = space.size() * scored * sizeof(double);
  return result;
}

}  // namespace cartwheel
