#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>
#include <iterator>
#include <ranges>
#include <set>

#include "core/parallel.hpp"
#include "pipeline/calibrated_fit.hpp"
#include "pipeline/provenance.hpp"
#include "selection/dummies.hpp"
#include "selection/plan_experiment.hpp"
#include "selection/progress_meter.hpp"
#include "selection/search.hpp"
#include "selection/search_space.hpp"

namespace cartwheel {
namespace {

using selection::Choice;
using selection::Dummy;
using selection::ProgressMeter;
using selection::SearchSpace;

/// Points of the curves that a row keeps.
constexpr std::size_t swept_cuts = 400;

/// Test rows of a batch whose label the log does not tell in full, because it ends before their label time.
std::uint64_t incomplete_labels(const SessionTable& sessions, const Batch& batch) {
  return static_cast<std::uint64_t>(std::ranges::count_if(batch.final_fold.validation_rows, [&](std::uint32_t row) {
    return sessions.label_time[row] > sessions.log_end;
  }));
}

/// One row of the table, but for what only a model has.
BatchRow measure(const SessionTable& sessions, const Batch& batch, std::string_view model,
                 std::span<const double> probability, double threshold, const ThresholdOptions& goal) {
  const std::vector<std::uint8_t> y = selection::labels_of(sessions, batch.final_fold.validation_rows);
  BatchRow row;
  row.batch = batch.name;
  row.model = model;
  row.threshold = threshold;
  ThresholdOptions unguarded = goal;
  unguarded.guard = false;
  row.tested = value_of_cut(y, probability, threshold, goal);
  const ThresholdChoice own = tune_threshold(y, probability, unguarded);
  row.best_threshold = own.threshold;
  row.regret = own.tuned_value - row.tested.value;
  row.f1_score = confusion(y, probability, default_threshold).f1();
  row.confusion = confusion(y, probability, threshold);
  row.f1_score_optimized = row.confusion.f1();
  row.precision = row.confusion.precision();
  row.recall = row.confusion.recall();
  row.accuracy = row.confusion.accuracy();
  row.average_precision = average_precision(y, probability);
  row.roc_auc = roc_auc(y, probability);
  row.log_loss = log_loss(y, probability);
  row.brier = brier_score(y, probability);
  row.reliability = reliability(y, probability);
  row.sweep = sweep_thresholds(y, probability, swept_cuts, std::array{threshold, default_threshold, own.threshold});
  row.sessions = y.size();
  row.base_rate = static_cast<double>(std::ranges::count(y, std::uint8_t{1})) / static_cast<double>(y.size());
  if (const std::uint64_t open = incomplete_labels(sessions, batch); open > 0)
    row.warnings.push_back(
        fmt::format("the log ends before the labels of {} of {} test sessions are known; they count as they stand",
                    open, row.sessions));
  return row;
}

Parameters best_parameters(const Choice& choice) {
  Parameters best = choice.parameters;
  for (const auto& [name, value] : choice.features.parameters)
    best.emplace(choice.features.extractor + "." + name, value);
  for (const NamedStep& step : choice.features.steps)
    for (const auto& [name, value] : step.parameters) best.emplace(step.name + "." + name, value);
  for (const std::string& step : choice.features.left_out) best.emplace(step + ".use", false);
  return best;
}

/// Labels of the validation rows of all folds, fold by fold.
std::vector<std::uint8_t> out_of_fold_labels(const SessionTable& sessions, const Batch& batch) {
  std::vector<std::uint8_t> y;
  for (const Fold& fold : batch.folds)
    std::ranges::copy(selection::labels_of(sessions, fold.validation_rows), std::back_inserter(y));
  return y;
}

/// One model, fitted on all of training and measured on the test window.
struct FinalFit {
  BatchRow row;
  Pipeline pipeline;
};

FinalFit fit_choice(const SessionTable& sessions, const Batch& batch, const std::string& model, const Choice& choice,
                    const selection::UnitInput& input, const ThresholdOptions& threshold, const FitContext& context) {
  if (input.failure) std::rethrow_exception(input.failure);
  const Fold& fold = batch.final_fold;
  const selection::FoldSides& sides = input.sides;
  const std::vector<std::uint8_t> y = out_of_fold_labels(sessions, batch);
  const ThresholdChoice cut = tune_threshold(y, choice.out_of_fold, threshold);

  Pipeline pipeline{sessions.options, sides.extractor, sides.steps, nullptr, cut.threshold, {}};
  pipeline.provenance = pipeline::provenance_of({choice.features.extractor, choice.features.parameters,
                                                 choice.features.steps_before(model), model, choice.parameters},
                                                selection::labels_of(sessions, fold.train_rows), fold.train.begin,
                                                fold.train_end, context);
  pipeline::fit_last(model, choice.parameters, sides.train, context, pipeline);
  std::vector<double> probability = pipeline.model->predict_proba(sides.validation);
  for (const auto& step : pipeline.steps | std::views::reverse) step->correct(probability);

  BatchRow row = measure(sessions, batch, model, probability, cut.threshold, threshold);
  row.tuned = value_of_cut(y, choice.out_of_fold, cut.threshold, threshold);
  if (!row.tuned->reached)
    row.warnings.push_back(
        fmt::format("no cut of {}'s out-of-fold scores reaches what {} asks for; the nearest is taken", model,
                    name_of(threshold.goal)));
  row.extractor = choice.features.extractor;
  row.best_params = best_parameters(choice);
  row.guard_held = cut.guard_held;
  std::ranges::copy(pipeline.model->warnings(), std::back_inserter(row.warnings));
  return {std::move(row), std::move(pipeline)};
}

/// The final fits of all models, which share their features and steps as the search does.
std::vector<FinalFit> fit_choices(const SessionTable& sessions, const Batch& batch, const SearchSpace& space,
                                  const std::vector<Choice>& choices, const ExperimentOptions& options,
                                  const ThresholdOptions& threshold, ProgressMeter& meter) {
  const FitContext context{options.seed};
  SearchSpace chosen;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    chosen.features.push_back(choices[i].features);
    chosen.models.push_back({space.models[i].model, {choices[i].parameters}, {{i, 0}}});
  }
  const selection::SearchPlan plan = selection::make_plan(chosen, options.share);
  std::vector<FinalFit> fits(choices.size());
  selection::WorkCounter not_of_the_search;
  core::parallel_for(plan.roots.size(), [&](std::size_t root) {
    walk_plan(
        plan, root, sessions, batch.final_fold, context, not_of_the_search, [](std::size_t) { return true; },
        [&](std::size_t unit, const selection::UnitInput& input) {
          meter.check();
          const std::size_t model = plan.units[unit].model;
          fits[model] =
              fit_choice(sessions, batch, space.models[model].model, choices[model], input, threshold, context);
          meter.finish_one();
        });
  });
  return fits;
}

void run_batch(const SessionTable& sessions, std::size_t number, const selection::SearchSetting& setting,
               ExperimentResult& result) {
  const ExperimentOptions& options = setting.options;
  const Batch& batch = result.batches[number];
  ThresholdOptions threshold = options.threshold;
  threshold.seed = options.seed;

  selection::SearchResult found = selection::search(sessions, batch, static_cast<std::uint32_t>(number), setting);
  std::ranges::move(found.rows, std::back_inserter(result.search));
  result.resumed += found.resumed;

  std::vector<FinalFit> fits =
      fit_choices(sessions, batch, setting.space, found.choices, options, threshold, setting.meter);
  for (std::size_t i = 0; i < fits.size(); ++i) {
    result.table.push_back(std::move(fits[i].row));
    result.models.push_back({batch.name, setting.space.models[i].model, std::move(fits[i].pipeline)});
  }
  for (const Dummy& dummy : selection::fit_dummies(sessions, batch.final_fold, threshold)) {
    result.table.push_back(measure(sessions, batch, dummy.name, dummy.probability, dummy.threshold, threshold));
    result.table.back().dummy = true;
  }
}

std::int64_t sessions_in_no_batch(const SessionTable& sessions, const std::vector<Batch>& batches) {
  return std::ranges::count_if(sessions.start, [&](std::int64_t start) {
    return std::ranges::none_of(batches, [&](const Batch& batch) {
      return batch.final_fold.train.contains(start) || batch.test.contains(start);
    });
  });
}

void account_for(const SessionTable& sessions, const ExperimentOptions& options, ExperimentResult& result) {
  std::int64_t purged = 0, purged_of_folds = 0, late = 0, grouped = 0, incomplete = 0;
  for (const Batch& batch : result.batches) {
    purged += batch.final_fold.purged;
    grouped += batch.final_fold.grouped;
    incomplete += static_cast<std::int64_t>(incomplete_labels(sessions, batch));
    for (const Fold& fold : batch.folds) {
      purged_of_folds += fold.purged;
      late += fold.late;
      grouped += fold.grouped;
    }
  }
  Account& account = result.account;
  account.add("batches", static_cast<std::int64_t>(result.batches.size()));
  account.add("sessions in no batch", sessions_in_no_batch(sessions, result.batches),
              "they start in a gap, or after the last test window that fits");
  account.add("training sessions purged, final fits", purged, "their label is known only after the end of training");
  account.add("training sessions purged, folds", purged_of_folds,
              "their label is known only after the end of training");
  account.add("validation sessions left out of the choice", late, "their label is known only after it is made");
  if (options.batches.group_user)
    account.add("training sessions left out for their user", grouped, "the user is on the other side of the cut");
  account.add("test sessions whose label the log does not tell in full", incomplete,
              "the log ends before their label time; they count as they stand");

  for (const Batch& batch : result.batches) {
    std::set<const FeatureExtractor*> counted;
    for (const auto& model : result.models)
      if (model.batch == batch.name && counted.insert(model.pipeline.extractor.get()).second)
        model.pipeline.extractor->count_values(sessions, batch.final_fold.validation_rows, account);
  }
  account.add("combinations tried", static_cast<std::int64_t>(result.search.size()));
  account.add("combinations that failed", 0);
  for (const SearchRow& row : result.search)
    if (!row.error.empty()) account.add("combinations that failed", 1, row.error);
}

}  // namespace

ExperimentResult run_experiment(const SessionTable& sessions, const ExperimentOptions& options) {
  const SearchSpace space = selection::check_and_expand(options);
  const selection::SearchPlan plan = selection::make_plan(space, options.share);

  ExperimentResult result;
  result.also = options.also;
  result.batches = make_batches(sessions, options.batches);
  const std::string identity = options.journal.empty() ? "" : selection::identity_of(sessions, options);
  selection::SearchJournal journal(options.journal, identity, options.resume);
  const std::size_t fits_a_batch = space.size() * static_cast<std::size_t>(options.batches.folds) + space.models.size();
  ProgressMeter meter(options.progress, "fitting models", fits_a_batch * result.batches.size());
  selection::WorkCounter work;
  const selection::SearchSetting setting{options, space, plan, journal, meter, work};
  for (std::size_t number = 0; number < result.batches.size(); ++number) run_batch(sessions, number, setting, result);
  result.work = work.total();
  account_for(sessions, options, result);
  return result;
}

}  // namespace cartwheel
