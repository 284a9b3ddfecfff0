#pragma once

#include <cartwheel/experiment.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace intent_cli {

/// Sets one named setting of an experiment, such as "session.size" or "batches.train": the keys of a config file, and
/// of
/// --set. @param values  one value, or several where the setting is a list.
/// @throws cartwheel::ParameterError for an unknown key (with a suggestion), or a value that does not fit.
void apply_setting(cartwheel::ExperimentOptions& options, const std::string& key,
                   const std::vector<cartwheel::ParameterValue>& values);

/// What --set key=value gives to fit: "session.size=2" and other keys of the sections session, label and threshold go
/// to `options`, "extractor.NAME" to the extractor's parameters, "steps.STEP.NAME" to a step's, all others to the
/// model's.
struct FitSettings {
  cartwheel::ExperimentOptions options;
  cartwheel::Parameters extractor_parameters, model_parameters;
  std::vector<cartwheel::NamedStep> steps;  ///< In the order of their first mention.
};
FitSettings parse_fit_settings(const std::vector<std::string>& pairs);

/// "--set key=value" of a model alone. @throws cartwheel::ParameterError if it is no pair.
cartwheel::Parameters parse_model_settings(const std::vector<std::string>& pairs);

}  // namespace intent_cli
