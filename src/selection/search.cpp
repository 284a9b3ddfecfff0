#include "selection/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <chrono>
#include <cmath>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <ranges>
#include <utility>

#include "core/parallel.hpp"

namespace cartwheel::selection {
namespace {

/// Wall-clock seconds of `work`, which may run beside other work.
double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The error by which `work` shows that a combination cannot be fitted. All others (a missing device, a wish to stop,
/// no memory) say nothing of the combination, and end the search.
std::exception_ptr failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const ParameterError&) {
    return std::current_exception();
  } catch (const DataError&) {
    return std::current_exception();
  }
  return nullptr;
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.what();
  }
}

/// Higher is better.
double score_by(SearchMetric metric, std::span<const std::uint8_t> y, std::span<const double> probability) {
  switch (metric) {
    case SearchMetric::f1:
      return confusion(y, probability, default_threshold).f1();
    case SearchMetric::average_precision:
      return average_precision(y, probability);
    case SearchMetric::roc_auc:
      if (const auto auc = roc_auc(y, probability)) return *auc;
      throw DataError("the validation rows have labels of one class alone, so there is no roc_auc; use another metric");
    case SearchMetric::log_loss:
      return -log_loss(y, probability);
    case SearchMetric::brier:
      return -brier_score(y, probability);
  }
  throw ParameterError(fmt::format("search metric {} does not exist", static_cast<int>(metric)));
}

/// What one combination did in one fold.
struct FoldOutcome {
  std::vector<double> probability;  ///< Of the validation rows; dropped once the combination is beaten.
  double score = 0.0;
  double seconds = 0.0, shared_seconds = 0.0;
  std::exception_ptr failure;
};

/// One (feature combination, model combination) pair of one model, in all folds.
struct Attempt {
  std::vector<FoldOutcome> folds;
  std::size_t folds_left = 0;
  double mean = 0.0, standard_error = 0.0;

  std::exception_ptr failure() const {
    const auto failed = std::ranges::find_if(folds, [](const FoldOutcome& fold) { return fold.failure != nullptr; });
    return failed == folds.end() ? nullptr : failed->failure;
  }
  void drop_probabilities() {
    for (FoldOutcome& fold : folds) fold.probability = {};
  }
  void summarise();
};

void Attempt::summarise() {
  const auto n = static_cast<double>(folds.size());
  for (const FoldOutcome& fold : folds) mean += fold.score;
  mean /= n;
  if (folds.size() < 2) return;
  double squares = 0.0;
  for (const FoldOutcome& fold : folds) squares += (fold.score - mean) * (fold.score - mean);
  standard_error = std::sqrt(squares / (n - 1.0) / n);
}

/// The attempts of one model, in grid order: feature combinations, then model combinations.
struct ModelSearch {
  const ModelCombinations* model = nullptr;
  std::vector<Attempt> attempts;
  std::optional<std::size_t> best;

  std::size_t attempt_number(std::size_t features, std::size_t combination) const {
    return features * model->parameters.size() + combination;
  }
  /// An attempt has had all of its folds: it is the best so far, or its scores are dropped. The outcome does not depend
  /// on the order in which attempts end.
  void conclude(std::size_t number);
};

void ModelSearch::conclude(std::size_t number) {
  Attempt& attempt = attempts[number];
  if (attempt.failure()) return attempt.drop_probabilities();
  attempt.summarise();
  if (best) {
    Attempt& leader = attempts[*best];
    if (attempt.mean < leader.mean || (attempt.mean == leader.mean && number > *best))
      return attempt.drop_probabilities();
    leader.drop_probabilities();
  }
  best = number;
}

/// Both sides of a fold, on their way through the steps.
struct FoldSides {
  TrainingRows train;
  FeatureMatrix validation;
  std::vector<std::shared_ptr<const Step>> steps;
};

FoldSides after_step(const FoldSides& before, const NamedStep& step, const FitContext& context) {
  FittedStep fitted = fit_step(step, before.train.x, before.train.y, context);
  FoldSides after{std::move(fitted.training), fitted.step->transform(before.validation), before.steps};
  after.steps.push_back(std::move(fitted.step));
  return after;
}

class Search {
 public:
  Search(const SessionTable& sessions, const Batch& batch, const SearchSpace& space, SearchMetric metric,
         const FitContext& context, ProgressMeter& meter)
      : sessions_(sessions), batch_(batch), space_(space), metric_(metric), context_(context), meter_(meter) {
    for (const ModelCombinations& model : space.models) {
      ModelSearch& search = models_.emplace_back();
      search.model = &model;
      search.attempts.resize(space.features.size() * model.parameters.size());
      for (Attempt& attempt : search.attempts) {
        attempt.folds.resize(batch.folds.size());
        attempt.folds_left = batch.folds.size();
      }
    }
  }

  SearchResult run() {
    const std::size_t folds = batch_.folds.size();
    core::parallel_for(space_.features.size() * folds, [&](std::size_t i) { run_fold(i / folds, i % folds); });
    SearchResult result;
    for (const ModelSearch& search : models_) {
      report(search, result.rows);
      result.choices.push_back(choice_of(search));
    }
    return result;
  }

 private:
  void run_fold(std::size_t features, std::size_t fold);
  void fit_and_score(const ModelSearch& search, std::size_t combination, const FoldSides& sides,
                     std::span<const std::uint8_t> validation_y, FoldOutcome& outcome) const;
  void report(const ModelSearch& search, std::vector<SearchRow>& rows) const;
  Choice choice_of(const ModelSearch& search) const;

  const SessionTable& sessions_;
  const Batch& batch_;
  const SearchSpace& space_;
  SearchMetric metric_;
  const FitContext& context_;
  ProgressMeter& meter_;
  std::vector<ModelSearch> models_;
  std::mutex mutex_;  ///< Guards folds_left, best, and the probabilities of attempts that have ended.
};

/// Features are made once for a fold and a feature combination, the steps that a model adds once for all models that
/// add them.
void Search::run_fold(std::size_t features, std::size_t fold_number) {
  meter_.check();
  const Fold& fold = batch_.folds[fold_number];
  const FeatureCombination& combination = space_.features[features];
  const std::vector<std::uint8_t> validation_y = labels_of(sessions_, fold.validation_rows);

  /// What models with the same steps share.
  struct Input {
    std::vector<NamedStep> steps;
    FoldSides sides;
    double seconds = 0.0;
    std::exception_ptr failure;
  };
  std::vector<Input> inputs;
  double seconds = 0.0;
  FoldSides raw;
  const std::exception_ptr no_features = failure_of([&] {
    seconds = seconds_of([&] {
      const auto made = make_feature_extractor(combination.extractor, combination.parameters);
      raw.train = {made->fit_transform(sessions_, fold.train_rows, fold.train_end),
                   labels_of(sessions_, fold.train_rows)};
      raw.validation = made->transform(sessions_, fold.validation_rows);
    });
  });
  struct Job {
    ModelSearch* search;
    std::size_t combination, input;
    double shared_seconds;
  };
  std::vector<Job> jobs;
  for (ModelSearch& search : models_) {
    const std::vector<NamedStep> steps = combination.steps_before(search.model->model);
    const auto found = std::ranges::find(inputs, steps, &Input::steps);
    const auto number = static_cast<std::size_t>(found - inputs.begin());
    if (found == inputs.end()) {
      Input input{steps, raw, std::exchange(seconds, 0.0), no_features};
      if (!input.failure && !steps.empty())
        input.failure = failure_of([&] {
          input.seconds += seconds_of([&] {
            for (const NamedStep& step : steps) input.sides = after_step(input.sides, step, context_);
          });
        });
      inputs.push_back(std::move(input));
    }
    for (std::size_t i = 0; i < search.model->parameters.size(); ++i)
      jobs.push_back({&search, i, number, std::exchange(inputs[number].seconds, 0.0)});
  }

  core::parallel_for(jobs.size(), [&](std::size_t i) {
    meter_.check();
    const Job& job = jobs[i];
    const Input& input = inputs[job.input];
    const std::size_t number = job.search->attempt_number(features, job.combination);
    Attempt& attempt = job.search->attempts[number];
    FoldOutcome& outcome = attempt.folds[fold_number];
    outcome.shared_seconds = job.shared_seconds;
    outcome.failure = input.failure;
    if (!outcome.failure)
      outcome.failure = failure_of([&] {
        outcome.seconds =
            seconds_of([&] { fit_and_score(*job.search, job.combination, input.sides, validation_y, outcome); });
      });
    {
      const std::scoped_lock lock(mutex_);
      if (--attempt.folds_left == 0) job.search->conclude(number);
    }
    meter_.finish_one();
  });
}

void Search::fit_and_score(const ModelSearch& search, std::size_t combination, const FoldSides& sides,
                           std::span<const std::uint8_t> validation_y, FoldOutcome& outcome) const {
  const ModelCombinations& model = *search.model;
  const auto fitted = fit_model(model.model, model.parameters[combination], sides.train.x, sides.train.y, context_);
  outcome.probability = fitted->predict_proba(sides.validation);
  for (const auto& step : sides.steps | std::views::reverse) step->correct(outcome.probability);
  outcome.score = score_by(metric_, validation_y, outcome.probability);
}

void Search::report(const ModelSearch& search, std::vector<SearchRow>& rows) const {
  for (std::size_t number = 0; number < search.attempts.size(); ++number) {
    const Attempt& attempt = search.attempts[number];
    const std::size_t combinations = search.model->parameters.size();
    const FeatureCombination& features = space_.features[number / combinations];
    SearchRow& row = rows.emplace_back();
    row.batch = batch_.name;
    row.model = search.model->model;
    row.extractor = features.extractor;
    row.extractor_parameters = features.parameters;
    row.steps = features.steps_before(row.model);
    row.model_parameters = search.model->parameters[number % combinations];
    for (const FoldOutcome& fold : attempt.folds) {
      row.seconds += fold.seconds;
      row.shared_seconds += fold.shared_seconds;
    }
    if (const std::exception_ptr failure = attempt.failure()) {
      row.error = text_of(failure);
      continue;
    }
    for (const FoldOutcome& fold : attempt.folds) row.fold_scores.push_back(fold.score);
    row.mean = attempt.mean;
    row.standard_error = attempt.standard_error;
  }
}

Choice Search::choice_of(const ModelSearch& search) const {
  if (!search.best) {
    const std::exception_ptr failure = search.attempts.front().failure();
    const std::string text = fmt::format("batch {}: no combination of {} could be fitted; the first: {}", batch_.name,
                                         search.model->model, text_of(failure));
    try {
      std::rethrow_exception(failure);
    } catch (const ParameterError&) {
      throw ParameterError(text);
    } catch (const Error&) {
      throw DataError(text);
    }
  }
  const std::size_t combinations = search.model->parameters.size();
  Choice choice{
      space_.features[*search.best / combinations], search.model->parameters[*search.best % combinations], {}};
  for (const FoldOutcome& fold : search.attempts[*search.best].folds)
    choice.out_of_fold.insert(choice.out_of_fold.end(), fold.probability.begin(), fold.probability.end());
  return choice;
}

}  // namespace

std::vector<std::uint8_t> labels_of(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> y;
  y.reserve(rows.size());
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  return y;
}

SearchResult search(const SessionTable& sessions, const Batch& batch, const SearchSpace& space, SearchMetric metric,
                    const FitContext& context, ProgressMeter& meter) {
  return Search(sessions, batch, space, metric, context, meter).run();
}

}  // namespace cartwheel::selection
