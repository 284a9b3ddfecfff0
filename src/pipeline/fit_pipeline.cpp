#include <cartwheel/error.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/version.hpp>
#include <numeric>
#include <ranges>

#include "pipeline/calibrated_fit.hpp"
#include "pipeline/provenance.hpp"

namespace cartwheel {

Provenance pipeline::provenance_of(const PipelineRecipe& recipe, std::span<const std::uint8_t> y,
                                   std::int64_t train_begin, std::int64_t train_end, const FitContext& context) {
  Provenance from;
  from.library_version = version();
  from.seed = context.seed;
  from.parameters = check_parameters(recipe.model, recipe.model_parameters);
  for (const NamedStep& step : recipe.steps)
    from.steps.push_back({step.name, check_step_parameters(step.name, step.parameters)});
  from.train_begin = train_begin;
  from.train_end = train_end;
  from.train_rows = y.size();
  from.train_positives = std::accumulate(y.begin(), y.end(), std::uint64_t{0});
  return from;
}

Pipeline fit_pipeline(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::int64_t train_begin,
                      std::int64_t train_end, const PipelineRecipe& recipe, const FitContext& context) {
  TrainingRows training;
  for (const std::uint32_t row : rows) training.y.push_back(sessions.label[row]);
  Pipeline pipeline;
  pipeline.session = sessions.options;
  // Everything that can be refused is refused before the work starts.
  pipeline.provenance = pipeline::provenance_of(recipe, training.y, train_begin, train_end, context);
  std::shared_ptr<FeatureExtractor> fitted = make_feature_extractor(recipe.extractor, recipe.extractor_parameters);

  training.x = fitted->fit_transform(sessions, rows, train_end);
  pipeline.extractor = std::move(fitted);
  pipeline::fit_after_extractor(recipe, std::move(training), context, pipeline);
  return pipeline;
}

std::vector<std::string> Pipeline::feature_names() const {
  if (extractor != nullptr) {
    std::vector<std::string> names;
    for (FeatureDefinition& definition : extractor->definitions()) names.push_back(std::move(definition.name));
    return names;
  }
  for (const auto& step : steps)
    if (!step->feature_names().empty()) return step->feature_names();
  return model->feature_names();
}

FeatureMatrix Pipeline::model_input(const FeatureMatrix& x) const {
  if (steps.empty()) return x;
  FeatureMatrix columns = steps.front()->transform(x);
  for (const auto& step : steps | std::views::drop(1)) columns = step->transform(columns);
  return columns;
}

std::vector<double> Pipeline::predict_proba(const FeatureMatrix& x) const {
  std::vector<double> probability = model->predict_proba(steps.empty() ? x : model_input(x));
  for (const auto& step : steps | std::views::reverse) step->correct(probability);
  return probability;
}

std::vector<double> Pipeline::predict_proba(const SessionTable& sessions, std::span<const std::uint32_t> rows) const {
  if (extractor == nullptr)
    throw DataError(
        "this model was fitted on a table, not on sessions; predict a table with 'table', or fit one with 'fit'");
  return predict_proba(extractor->transform(sessions, rows));
}

}  // namespace cartwheel
