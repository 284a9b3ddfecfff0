#include "selection/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <mutex>
#include <optional>
#include <ranges>
#include <utility>

#include "core/parallel.hpp"
#include "pipeline/calibrated_fit.hpp"
#include "selection/choice_rule.hpp"
#include "selection/score.hpp"

namespace cartwheel::selection {
namespace {

using Failure = TrialOutcome::Failure;

void note_failure(const std::exception_ptr& failure, TrialOutcome& outcome) {
  try {
    std::rethrow_exception(failure);
  } catch (const ParameterError& error) {
    outcome.failure = Failure::parameter;
    outcome.error = error.what();
  } catch (const DataError& error) {
    outcome.failure = Failure::data;
    outcome.error = error.what();
  }
}

/// The models' probabilities of the validation rows. The models are dropped.
void predict(std::span<pipeline::FitOutcome> fits, const FeatureMatrix& validation, std::span<TrialOutcome> outcomes) {
  std::vector<const Model*> models;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < fits.size(); ++i) {
    if (fits[i].failure) continue;
    models.push_back(fits[i].model.get());
    places.push_back(i);
  }
  std::vector<std::vector<double>> probabilities = pipeline::predict_each(models, validation);
  for (std::size_t k = 0; k < places.size(); ++k) {
    outcomes[places[k]].probability = std::move(probabilities[k]);
    fits[places[k]].model = nullptr;
  }
}

/// One combination of one model, in all folds.
struct Attempt {
  std::vector<TrialOutcome> folds;
  std::size_t folds_left = 0;

  const TrialOutcome* failure() const {
    const auto failed = std::ranges::find_if(folds, [](const TrialOutcome& f) { return f.failure != Failure::none; });
    return failed == folds.end() ? nullptr : &*failed;
  }
  void drop_probabilities() {
    for (TrialOutcome& fold : folds) fold.probability = {};
  }
  std::vector<std::optional<double>> scores(std::size_t metric) const {
    std::vector<std::optional<double>> scores;
    for (const TrialOutcome& fold : folds) scores.push_back(fold.scores[metric]);
    return scores;
  }
  double mean() const { return *summarise(scores(0)).mean; }
};

/// The attempts of one model, in grid order.
struct ModelSearch {
  std::vector<Attempt> attempts;
  std::optional<std::size_t> best;

  /// An attempt has had all of its folds: it is the best so far, or its probabilities are dropped. The outcome does not
  /// depend on the order in which attempts end.
  void conclude(std::size_t number);
};

void ModelSearch::conclude(std::size_t number) {
  Attempt& attempt = attempts[number];
  if (attempt.failure() != nullptr) return attempt.drop_probabilities();
  if (best) {
    Attempt& leader = attempts[*best];
    const double mean = attempt.mean(), leading = leader.mean();
    if (mean < leading || (mean == leading && number > *best)) return attempt.drop_probabilities();
    leader.drop_probabilities();
  }
  best = number;
}

class Search {
 public:
  Search(const SessionTable& sessions, const Batch& batch, std::uint32_t batch_number, const SearchSetting& setting)
      : sessions_(sessions),
        batch_(batch),
        batch_number_(batch_number),
        setting_(setting),
        options_(setting.options),
        context_{setting.options.seed},
        finished_(batch.folds.size(), std::vector<bool>(setting.plan.units.size())) {
    for (const ModelTrials& model : setting.space.models) {
      ModelSearch& search = models_.emplace_back();
      search.attempts.resize(model.trials.size());
      for (Attempt& attempt : search.attempts) {
        attempt.folds.resize(batch.folds.size());
        attempt.folds_left = batch.folds.size();
      }
    }
  }

  SearchResult run() {
    take_up_journal();
    const std::size_t folds = batch_.folds.size();
    core::parallel_for(setting_.plan.roots.size() * folds, [&](std::size_t i) {
      setting_.meter.check();
      const std::size_t root = i / folds, fold = i % folds;
      walk_plan(
          setting_.plan, root, sessions_, batch_.folds[fold], context_, setting_.work,
          [&](std::size_t unit) { return !finished_[fold][unit]; },
          [&](std::size_t unit, const UnitInput& input) { run_unit(fold, unit, input); });
    });
    for (std::size_t model = 0; model < models_.size(); ++model) {
      report(model);
      result_.choices.push_back(choice_of(model));
    }
    return std::move(result_);
  }

 private:
  void take_up_journal();
  void run_unit(std::size_t fold, std::size_t unit, const UnitInput& input);
  void score(std::size_t fold, const UnitInput& input, const pipeline::FitOutcome& fit, TrialOutcome& outcome) const;
  void conclude(std::size_t fold, const PlanUnit& unit, std::vector<TrialOutcome> outcomes);
  void report(std::size_t model);
  std::size_t chosen(std::size_t model) const;
  Choice choice_of(std::size_t model) const;

  const SessionTable& sessions_;
  const Batch& batch_;
  std::uint32_t batch_number_;
  const SearchSetting& setting_;
  const ExperimentOptions& options_;
  FitContext context_;
  std::vector<std::vector<bool>> finished_;  ///< [folds][units]: by an earlier run. Not changed once work has begun.
  std::vector<ModelSearch> models_;
  std::mutex mutex_;  ///< Guards folds_left, best, and the probabilities of attempts that have ended.
  SearchResult result_;
};

void Search::take_up_journal() {
  for (UnitRecord& record : setting_.journal.take(batch_number_)) {
    const bool known = record.fold < batch_.folds.size() && record.unit < setting_.plan.units.size();
    if (!known || record.outcomes.size() != setting_.plan.units[record.unit].trials.size())
      throw DataError("the search's journal holds what was never planned; run without --resume");
    if (finished_[record.fold][record.unit]) continue;
    finished_[record.fold][record.unit] = true;
    const std::size_t trials = record.outcomes.size();
    conclude(record.fold, setting_.plan.units[record.unit], std::move(record.outcomes));
    result_.resumed += trials;
    for (std::size_t i = 0; i < trials; ++i) setting_.meter.finish_one();
  }
}

void Search::run_unit(std::size_t fold, std::size_t unit_number, const UnitInput& input) {
  setting_.meter.check();
  const PlanUnit& unit = setting_.plan.units[unit_number];
  const ModelTrials& model = setting_.space.models[unit.model];
  std::vector<TrialOutcome> outcomes(unit.trials.size());
  outcomes[0].shared_seconds = input.seconds;
  if (input.failure) {
    for (TrialOutcome& outcome : outcomes) note_failure(input.failure, outcome);
  } else {
    std::vector<Parameters> parameters;
    for (const std::size_t trial : unit.trials) parameters.push_back(model.parameters[model.trials[trial].parameters]);
    std::vector<pipeline::FitOutcome> fits;
    const double seconds = seconds_of([&] {
      fits = pipeline::fit_each_calibrated(model.model, parameters, input.sides.steps, input.sides.train, context_);
      predict(fits, input.sides.validation, outcomes);
    });
    setting_.work.model_fits += unit.fits;
    (unit.trials.size() == 1 ? outcomes[0].seconds : outcomes[0].shared_seconds) += seconds;
    core::parallel_for(fits.size(), [&](std::size_t i) {
      setting_.meter.check();
      if (!fits[i].failure)
        fits[i].failure =
            failure_of([&] { outcomes[i].seconds += seconds_of([&] { score(fold, input, fits[i], outcomes[i]); }); });
      if (!fits[i].failure) return;
      note_failure(fits[i].failure, outcomes[i]);
      outcomes[i].probability = {};
    });
  }
  setting_.work.combinations += unit.trials.size();
  setting_.journal.append(
      {batch_number_, static_cast<std::uint32_t>(fold), static_cast<std::uint32_t>(unit_number), outcomes});
  conclude(fold, unit, std::move(outcomes));
  for (std::size_t i = 0; i < unit.trials.size(); ++i) setting_.meter.finish_one();
}

void Search::score(std::size_t fold, const UnitInput& input, const pipeline::FitOutcome& fit,
                   TrialOutcome& outcome) const {
  const std::vector<std::uint8_t> y = labels_of(sessions_, batch_.folds[fold].validation_rows);
  std::vector<double>& probability = outcome.probability;
  if (fit.calibration) fit.calibration->correct(probability);
  for (const auto& step : input.sides.steps | std::views::reverse) step->correct(probability);
  outcome.scores.push_back(score_by(options_.metric, y, probability));
  if (!outcome.scores[0])
    throw DataError(
        fmt::format("the validation rows have labels of one class alone, so there is no {}; use another "
                    "metric",
                    name_of(options_.metric)));
  for (const SearchMetric metric : options_.also) outcome.scores.push_back(score_by(metric, y, probability));
}

void Search::conclude(std::size_t fold, const PlanUnit& unit, std::vector<TrialOutcome> outcomes) {
  const std::scoped_lock lock(mutex_);
  ModelSearch& search = models_[unit.model];
  for (std::size_t i = 0; i < unit.trials.size(); ++i) {
    Attempt& attempt = search.attempts[unit.trials[i]];
    attempt.folds[fold] = std::move(outcomes[i]);
    if (--attempt.folds_left == 0 && options_.rule == ChoiceRule::best) search.conclude(unit.trials[i]);
  }
}

void Search::report(std::size_t number) {
  const ModelTrials& model = setting_.space.models[number];
  for (std::size_t i = 0; i < model.trials.size(); ++i) {
    const Attempt& attempt = models_[number].attempts[i];
    const FeatureCombination& features = setting_.space.features[model.trials[i].features];
    SearchRow& row = result_.rows.emplace_back();
    row.batch = batch_.name;
    row.model = model.model;
    row.extractor = features.extractor;
    row.extractor_parameters = features.parameters;
    row.steps = features.steps_before(row.model);
    row.model_parameters = model.parameters[model.trials[i].parameters];
    for (const TrialOutcome& fold : attempt.folds) {
      row.seconds += fold.seconds;
      row.shared_seconds += fold.shared_seconds;
    }
    if (const TrialOutcome* failure = attempt.failure()) {
      row.error = failure->error;
      continue;
    }
    const MoreScores scores = summarise(attempt.scores(0));
    for (const std::optional<double>& score : scores.folds) row.fold_scores.push_back(*score);
    row.mean = *scores.mean;
    row.standard_error = *scores.standard_error;
    for (std::size_t metric = 1; metric <= options_.also.size(); ++metric)
      row.also.push_back(summarise(attempt.scores(metric)));
  }
}

std::size_t Search::chosen(std::size_t number) const {
  const ModelTrials& model = setting_.space.models[number];
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < model.trials.size(); ++i) {
    const Attempt& attempt = models_[number].attempts[i];
    if (attempt.failure() != nullptr) continue;
    const MoreScores scores = summarise(attempt.scores(0));
    candidates.push_back({i, *scores.mean, *scores.standard_error, model.parameters[model.trials[i].parameters]});
  }
  if (!candidates.empty()) return choose(candidates, options_.rule, model.model);
  const TrialOutcome& first = *models_[number].attempts.front().failure();
  const std::string text = fmt::format("batch {}: no combination of {} could be fitted; the first: {}", batch_.name,
                                       model.model, first.error);
  if (first.failure == Failure::parameter) throw ParameterError(text);
  throw DataError(text);
}

Choice Search::choice_of(std::size_t number) const {
  const ModelTrials& model = setting_.space.models[number];
  const std::size_t best = chosen(number);
  Choice choice{
      setting_.space.features[model.trials[best].features], model.parameters[model.trials[best].parameters], {}};
  for (const TrialOutcome& fold : models_[number].attempts[best].folds)
    choice.out_of_fold.insert(choice.out_of_fold.end(), fold.probability.begin(), fold.probability.end());
  return choice;
}

}  // namespace

SearchResult search(const SessionTable& sessions, const Batch& batch, std::uint32_t batch_number,
                    const SearchSetting& setting) {
  return Search(sessions, batch, batch_number, setting).run();
}

}  // namespace cartwheel::selection
