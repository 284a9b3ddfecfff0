#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/pitfalls.hpp>
#include <numeric>

#include "analysis/session_totals.hpp"
#include "core/philox.hpp"
#include "core/suggest.hpp"
#include "pipeline/calibrated_fit.hpp"
#include "selection/plan_experiment.hpp"
#include "selection/progress_meter.hpp"
#include "selection/walk_plan.hpp"

namespace cartwheel {
namespace {

using analysis::SessionTotals;
using selection::labels_of;

struct StepText {
  const char* name;
  const char* story;
};
constexpr std::array<StepText, 7> step_texts{{
    {"naive", "random split, whole sessions, rows with gaps dropped, accuracy"},
    {"f1", "F1 instead of accuracy: a common class can no longer hide the rare one"},
    {"missing", "no event dropped for a missing value: as many sessions as there are"},
    {"event_types", "no number of event types: it holds the label itself"},
    {"window", "the first events alone, and the label that the experiment asks for"},
    {"time", "trained on the past, judged on what came after; labels known in time"},
    {"cut", "the cut tuned on validation, the model fitted on all until then"},
}};

/// Both judgements of one step in one batch.
struct Judged {
  PitfallScore claimed, later;
};

PitfallScore score_of(std::span<const std::uint8_t> y, std::span<const double> p, double threshold) {
  const Confusion c = confusion(y, p, threshold);
  PitfallScore score;
  score.sessions = static_cast<double>(y.size());
  score.base_rate = static_cast<double>(c.true_positive + c.false_negative) / score.sessions;
  score.accuracy = c.accuracy();
  score.f1 = c.f1();
  score.average_precision = average_precision(y, p);
  score.roc_auc = roc_auc(y, p);
  return score;
}

/// What all steps share: the model as the experiment has it, with the first of each list of parameters.
struct Recipe {
  PipelineRecipe pipeline;
  FitContext context;

  /// Steps and model on columns that are no extractor's.
  Pipeline fit(const FeatureMatrix& x, const std::vector<std::uint8_t>& y) const {
    Pipeline fitted;
    pipeline::fit_after_extractor(pipeline, {x, y}, context, fitted);
    return fitted;
  }
};

/// Which rows of a random split are set aside.
std::vector<bool> random_split(std::size_t rows, const PitfallsOptions& options, std::uint64_t seed) {
  core::RandomStream random(seed, core::RandomPurpose::permutation, 1);
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = rows; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  std::vector<bool> aside(rows);
  const auto count = static_cast<std::size_t>(options.test_share * static_cast<double>(rows));
  for (const std::uint32_t row : std::span(order).first(count)) aside[row] = true;
  return aside;
}

/// The parts of `rows` to learn from and to judge on.
struct Split {
  std::vector<std::uint32_t> train, judge;
};
Split split_of(std::span<const std::uint32_t> rows, const std::vector<bool>& aside) {
  Split split;
  for (std::size_t i = 0; i < rows.size(); ++i) (aside[i] ? split.judge : split.train).push_back(rows[i]);
  return split;
}

std::vector<std::uint32_t> numbers(std::size_t n) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

/// One batch, evaluated in every way.
class BatchPitfalls {
 public:
  BatchPitfalls(const SessionTable& sessions, const Batch& batch, const Recipe& recipe, const PitfallsOptions& options,
                const ThresholdOptions& threshold)
      : sessions_(sessions),
        batch_(batch),
        recipe_(recipe),
        options_(options),
        threshold_(threshold),
        test_(batch.final_fold.validation_rows),
        y_test_(labels_of(sessions, test_)) {}

  std::vector<Judged> all() const {
    const Judged naive = by_whole_sessions(true, true);
    return {naive,     naive,         by_whole_sessions(false, true), by_whole_sessions(false, false), by_window(),
            by_time(), by_tuned_cut()};
  }

 private:
  Judged by_whole_sessions(bool drop, bool event_types) const {
    const TimeRange known{batch_.train.begin, batch_.validation.end};
    const std::vector<SessionTotals> totals =
        analysis::totals_of_sessions(sessions_.log, sessions_.options, known, drop);
    const FeatureMatrix x = analysis::features_of(totals, event_types);
    std::vector<std::uint8_t> y;
    for (const SessionTotals& t : totals) y.push_back(t.target ? 1 : 0);
    const Split split = split_of(numbers(y.size()), random_split(y.size(), options_, recipe_.context.seed));
    const auto labels = [&](const std::vector<std::uint32_t>& rows) {
      std::vector<std::uint8_t> some;
      for (const std::uint32_t row : rows) some.push_back(y[row]);
      return some;
    };
    const Pipeline fitted = recipe_.fit(x.select_rows(split.train), labels(split.train));
    const std::vector<SessionTotals> windows = analysis::totals_of_windows(sessions_, test_, drop);
    std::vector<double> later = fitted.predict_proba(analysis::features_of(windows, event_types));
    for (std::size_t i = 0; i < later.size(); ++i)
      if (windows[i].events == 0) later[i] = 0.0;  // nothing of it is left to say yes to
    return {score_of(labels(split.judge), fitted.predict_proba(x.select_rows(split.judge)), default_threshold),
            score_of(y_test_, later, default_threshold)};
  }

  Pipeline fit(std::span<const std::uint32_t> rows, std::int64_t train_end) const {
    return fit_pipeline(sessions_, rows, batch_.train.begin, train_end, recipe_.pipeline, recipe_.context);
  }
  PitfallScore judge(const Pipeline& fitted, std::span<const std::uint32_t> rows, double threshold) const {
    return score_of(labels_of(sessions_, rows), fitted.predict_proba(sessions_, rows), threshold);
  }

  /// The window's sessions, with labels that are known when the batch's models are fitted, split at random.
  Judged by_window() const {
    const std::vector<std::uint32_t>& rows = batch_.final_fold.train_rows;
    Split split = split_of(rows, random_split(rows.size(), options_, recipe_.context.seed));
    const Pipeline fitted = fit(split.train, batch_.final_fold.train_end);
    return {judge(fitted, split.judge, default_threshold), judge(fitted, test_, default_threshold)};
  }

  Judged by_time() const {
    const Fold& fold = batch_.folds.front();
    const Pipeline fitted = fit(fold.train_rows, fold.train_end);
    return {judge(fitted, fold.validation_rows, default_threshold), judge(fitted, test_, default_threshold)};
  }

  Judged by_tuned_cut() const {
    const Fold& fold = batch_.folds.front();
    const Pipeline first = fit(fold.train_rows, fold.train_end);
    const double cut = tune_threshold(labels_of(sessions_, fold.validation_rows),
                                      first.predict_proba(sessions_, fold.validation_rows), threshold_)
                           .threshold;
    const Pipeline fitted = fit(batch_.final_fold.train_rows, batch_.final_fold.train_end);
    return {judge(first, fold.validation_rows, cut), judge(fitted, test_, cut)};
  }

  const SessionTable& sessions_;
  const Batch& batch_;
  const Recipe& recipe_;
  const PitfallsOptions& options_;
  const ThresholdOptions& threshold_;
  const std::vector<std::uint32_t>& test_;
  std::vector<std::uint8_t> y_test_;
};

const selection::ModelTrials& chosen_model(const selection::SearchSpace& space, const std::string& wanted) {
  std::vector<std::string_view> names;
  for (const selection::ModelTrials& model : space.models) names.push_back(model.model);
  const std::string_view name = !wanted.empty() ? std::string_view(wanted) : std::string_view("random_forest");
  const auto found = std::ranges::find(space.models, name, &selection::ModelTrials::model);
  if (found != space.models.end()) return *found;
  if (!wanted.empty())
    throw ParameterError(fmt::format("the experiment has no model '{}'{}", wanted, core::suggestion(wanted, names)));
  return space.models.back();
}

Recipe recipe_of(const ExperimentOptions& experiment, const std::string& wanted) {
  const selection::SearchSpace space = selection::check_and_expand(experiment);
  const selection::ModelTrials& model = chosen_model(space, wanted);
  const selection::Trial& trial = model.trials.front();
  const selection::FeatureCombination& features = space.features[trial.features];
  return {{features.extractor, features.parameters, with_default_steps({}, model.model), model.model,
           model.parameters[trial.parameters]},
          {experiment.seed, {}}};
}

/// The mean of each number over the batches.
PitfallScore mean_of(const std::vector<std::vector<Judged>>& batches, std::size_t step, PitfallScore Judged::*side) {
  PitfallScore mean;
  mean.roc_auc = 0.0;
  const auto n = static_cast<double>(batches.size());
  for (const std::vector<Judged>& batch : batches) {
    const PitfallScore& score = batch[step].*side;
    mean.sessions += score.sessions / n;
    mean.base_rate += score.base_rate / n;
    mean.accuracy += score.accuracy / n;
    mean.f1 += score.f1 / n;
    mean.average_precision += score.average_precision / n;
    if (!score.roc_auc || !mean.roc_auc)
      mean.roc_auc.reset();
    else
      *mean.roc_auc += *score.roc_auc / n;
  }
  return mean;
}

}  // namespace

void PitfallsOptions::check() const {
  if (!(test_share > 0.0 && test_share < 1.0))
    throw ParameterError(fmt::format("test_share is {}; it must be in (0, 1)", test_share));
}

Pitfalls show_pitfalls(const EventLog& log, const ExperimentOptions& experiment, const PitfallsOptions& options,
                       Account& account) {
  options.check();
  const Recipe recipe = recipe_of(experiment, options.model);
  ThresholdOptions threshold = experiment.threshold;
  threshold.seed = experiment.seed;
  const SessionTable sessions = build_sessions(log, experiment.session, account);
  const std::vector<Batch> batches = make_batches(sessions, experiment.batches);
  Pitfalls result{recipe.pipeline.model, recipe.pipeline.extractor, experiment.session.size, {}, {}};
  std::vector<std::vector<Judged>> judged;
  std::string why;
  selection::ProgressMeter meter(options.progress, "evaluating batches", batches.size());
  for (const Batch& batch : batches) {
    meter.check();
    try {
      judged.push_back(BatchPitfalls(sessions, batch, recipe, options, threshold).all());
      result.batches.push_back(batch.name);
    } catch (const DataError& error) {  // such as one class alone
      why = fmt::format("{}: {}", batch.name, error.what());
    }
    meter.finish_one();
  }
  if (judged.empty()) throw DataError(fmt::format("no batch can be evaluated; {}", why));
  account.add("batches evaluated", static_cast<std::int64_t>(judged.size()));
  account.add("batches that could not be evaluated, left out",
              static_cast<std::int64_t>(batches.size() - judged.size()), why);
  for (std::size_t step = 0; step < step_texts.size(); ++step)
    result.steps.push_back({step_texts[step].name, step_texts[step].story, step == 0,
                            mean_of(judged, step, &Judged::claimed), mean_of(judged, step, &Judged::later)});
  return result;
}

}  // namespace cartwheel
