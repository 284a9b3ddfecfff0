#include <algorithm>
#include <cartwheel/audit.hpp>
#include <cartwheel/error.hpp>
#include <iterator>

#include "selection/plan_experiment.hpp"
#include "selection/walk_plan.hpp"

namespace cartwheel {
namespace {

/// One way to make columns.
struct Recipe {
  std::string extractor;
  Parameters parameters;
  std::vector<NamedStep> steps;
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// What run_experiment does, piece by piece.
class ExperimentSubject final : public AuditSubject {
 public:
  explicit ExperimentSubject(const ExperimentOptions& options)
      : options_(options), space_(selection::check_and_expand(options)) {
    // Which users come back is known only later, so grouping by them looks ahead by its definition.
    options_.batches.group_user = false;
    for (const selection::ModelTrials& model : space_.models)
      for (const selection::Trial& trial : model.trials) {
        const selection::FeatureCombination& features = space_.features[trial.features];
        const Recipe recipe{features.extractor, features.parameters, features.steps_before(model.model)};
        if (std::ranges::find(recipes_, recipe) == recipes_.end()) recipes_.push_back(recipe);
      }
    std::ranges::stable_sort(recipes_, {}, [](const Recipe& recipe) {  // those that share an extractor side by side
      return recipe.extractor + ' ' + to_text(recipe.parameters);
    });
  }

  const SessionOptions& session_options() const override { return options_.session; }
  std::vector<Batch> split(const SessionTable& sessions) const override {
    return make_batches(sessions, options_.batches);
  }
  std::size_t recipes() const override { return recipes_.size(); }
  std::string recipe_name(std::size_t recipe) const override {
    const Recipe& r = recipes_[recipe];
    const std::string parameters = to_text(r.parameters), steps = to_text(r.steps);
    return r.extractor + (parameters.empty() ? "" : " (" + parameters + ")") + (steps.empty() ? "" : " > " + steps);
  }

  std::vector<FittedColumns> fit(const SessionTable& sessions, const Fold& fold) const override {
    std::vector<FittedColumns> all;
    for (std::size_t recipe = 0; recipe < recipes_.size(); ++recipe) {
      FittedColumns fitted;
      if (shares_extractor(recipe)) {
        fitted.extractor = all.back().extractor;
        fitted.features = all.back().features;
      } else {
        std::shared_ptr<FeatureExtractor> extractor =
            make_feature_extractor(recipes_[recipe].extractor, recipes_[recipe].parameters);
        fitted.features = extractor->fit_transform(sessions, fold.train_rows, fold.train_end);
        fitted.extractor = std::move(extractor);
      }
      fitted.input = {fitted.features, selection::labels_of(sessions, fold.train_rows)};
      for (const NamedStep& step : recipes_[recipe].steps) {
        FittedStep next = fit_step(step, fitted.input.x, fitted.input.y, {options_.seed});
        fitted.steps.push_back(std::move(next.step));
        fitted.input = std::move(next.training);
      }
      all.push_back(std::move(fitted));
    }
    return all;
  }

  std::vector<FeatureMatrix> training_features(const SessionTable& sessions, const Fold& fold) const override {
    std::vector<FeatureMatrix> all(recipes_.size());
    for (std::size_t recipe = 0; recipe < recipes_.size(); ++recipe)
      if (!shares_extractor(recipe))
        all[recipe] = with_fixed_numbers(recipe)->fit_transform(sessions, fold.train_rows, fold.train_end);
    return all;
  }

  std::vector<FittedChoice> choose(const SessionTable& sessions, const Batch& batch) const override {
    ThresholdOptions threshold = options_.threshold;
    threshold.seed = options_.seed;
    std::vector<FittedChoice> choices;
    for (const selection::ModelTrials& model : space_.models) {
      const selection::Trial& trial = model.trials.front();
      const selection::FeatureCombination& features = space_.features[trial.features];
      const PipelineRecipe recipe{features.extractor, features.parameters, features.steps_before(model.model),
                                  model.model, model.parameters[trial.parameters]};
      const auto fit = [&](const Fold& fold) {
        return fit_pipeline(sessions, fold.train_rows, fold.train.begin, fold.train_end, recipe, {options_.seed});
      };
      FittedChoice choice{model.model, {}, {}};
      std::vector<std::uint8_t> y;
      for (const Fold& fold : batch.folds) {
        std::ranges::copy(fit(fold).predict_proba(sessions, fold.validation_rows),
                          std::back_inserter(choice.out_of_fold));
        std::ranges::copy(selection::labels_of(sessions, fold.validation_rows), std::back_inserter(y));
      }
      choice.pipeline = fit(batch.final_fold);
      choice.pipeline.threshold = tune_threshold(y, choice.out_of_fold, threshold).threshold;
      choices.push_back(std::move(choice));
    }
    return choices;
  }

 private:
  bool shares_extractor(std::size_t recipe) const {
    return recipe > 0 && recipes_[recipe].extractor == recipes_[recipe - 1].extractor &&
           recipes_[recipe].parameters == recipes_[recipe - 1].parameters;
  }

  std::unique_ptr<FeatureExtractor> with_fixed_numbers(std::size_t recipe) const {
    constexpr double fixed_smoothing = 20.0;
    Parameters parameters = recipes_[recipe].parameters;
    std::unique_ptr<FeatureExtractor> extractor = make_feature_extractor(recipes_[recipe].extractor, parameters);
    const auto smoothing = extractor->parameters().find("smoothing");
    if (smoothing == extractor->parameters().end() || !std::holds_alternative<std::string>(smoothing->second))
      return extractor;
    parameters["smoothing"] = fixed_smoothing;
    return make_feature_extractor(recipes_[recipe].extractor, parameters);
  }

  ExperimentOptions options_;
  selection::SearchSpace space_;
  std::vector<Recipe> recipes_;
};

}  // namespace

std::unique_ptr<AuditSubject> make_audit_subject(const ExperimentOptions& options) {
  return std::make_unique<ExperimentSubject>(options);
}

}  // namespace cartwheel
