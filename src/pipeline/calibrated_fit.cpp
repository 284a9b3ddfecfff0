#include "pipeline/calibrated_fit.hpp"

#include <array>
#include <cartwheel/calibration.hpp>
#include <numeric>
#include <utility>

#include "pipeline/failure_of.hpp"

namespace cartwheel::pipeline {
namespace {

/// One training row in so many is kept for calibration.
constexpr std::size_t calibration_share = 5;

struct Parts {
  TrainingRows first, rest;
};

Parts cut(const TrainingRows& training, std::size_t rows) {
  std::vector<std::uint32_t> numbers(training.y.size());
  std::iota(numbers.begin(), numbers.end(), 0u);
  const auto take = [&](std::span<const std::uint32_t> part) {
    TrainingRows taken{training.x.select_rows(part), {}};
    for (const std::uint32_t row : part) taken.y.push_back(training.y[row]);
    return taken;
  };
  return {take(std::span(numbers).first(rows)), take(std::span(numbers).subspan(rows))};
}

}  // namespace

std::vector<FitOutcome> fit_each_calibrated(std::string_view model, std::span<const Parameters> all,
                                            std::span<const std::shared_ptr<const Step>> steps,
                                            const TrainingRows& training, const FitContext& context) {
  std::vector<FitOutcome> outcomes = fit_each(model, all, training.x, training.y, context);
  const auto* wanted = steps.empty() ? nullptr : dynamic_cast<const Calibration*>(steps.back().get());
  if (wanted == nullptr) return outcomes;
  const std::size_t rows = training.y.size() - training.y.size() / calibration_share;
  const Parts parts = cut(training, rows);
  FitContext first_context = context;
  if (!context.sample_weight.empty()) first_context.sample_weight = context.sample_weight.first(rows);
  const std::vector<FitOutcome> first = fit_each(model, all, parts.first.x, parts.first.y, first_context);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    FitOutcome& outcome = outcomes[i];
    if (!outcome.failure) outcome.failure = first[i].failure;
    if (outcome.failure) continue;
    outcome.failure = failure_of([&] {
      outcome.calibration = std::make_shared<const Calibration>(
          Calibration::fit(wanted->method(), parts.rest.y, first[i].model->predict_proba(parts.rest.x)));
    });
  }
  return outcomes;
}

void fit_last(std::string_view model, const Parameters& parameters, const TrainingRows& training,
              const FitContext& context, Pipeline& pipeline) {
  const FitOutcome outcome =
      fit_each_calibrated(model, std::array{parameters}, pipeline.steps, training, context).front();
  if (outcome.failure) std::rethrow_exception(outcome.failure);
  pipeline.model = outcome.model;
  if (outcome.calibration) pipeline.steps.back() = outcome.calibration;
}

void fit_after_extractor(const PipelineRecipe& recipe, TrainingRows training, const FitContext& context,
                         Pipeline& pipeline) {
  for (const NamedStep& step : recipe.steps) {
    FittedStep next = fit_step(step, training.x, training.y, context);
    pipeline.steps.push_back(std::move(next.step));
    training = std::move(next.training);
  }
  fit_last(recipe.model, recipe.model_parameters, training, context, pipeline);
}

}  // namespace cartwheel::pipeline
