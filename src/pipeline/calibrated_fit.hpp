#pragma once

#include <cartwheel/pipeline.hpp>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/model_registry.hpp"

namespace cartwheel::pipeline {

/// As fit_each; and where `steps` end with a calibration that is still to be fitted, one is fitted to each model. It
/// learns from the last fifth of the training rows, which are in the order of their start, as a second model scores
/// them that was fitted on the rows before: nothing later than the training rows is seen, and no row is scored by a
/// model that knows it. Cost: a second fit of each model.
/// @param steps  those that made `training`.
std::vector<FitOutcome> fit_each_calibrated(std::string_view model, std::span<const Parameters> all,
                                            std::span<const std::shared_ptr<const Step>> steps,
                                            const TrainingRows& training, const FitContext& context);

/// What is left to fit of a pipeline whose steps are fitted: its model, and its calibration if it has one.
/// @throws ParameterError, DataError.
void fit_last(std::string_view model, const Parameters& parameters, const TrainingRows& training,
              const FitContext& context, Pipeline& pipeline);

/// Fits all of a recipe that comes after its extractor, steps in their order and then fit_last, on columns as an
/// extractor gives them. @throws as fit_last.
void fit_after_extractor(const PipelineRecipe& recipe, TrainingRows training, const FitContext& context,
                         Pipeline& pipeline);

}  // namespace cartwheel::pipeline
