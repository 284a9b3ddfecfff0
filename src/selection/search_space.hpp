#pragma once

#include <cartwheel/experiment.hpp>
#include <cstddef>
#include <string>
#include <vector>

namespace cartwheel::selection {

/// One way to make a model's columns.
struct FeatureCombination {
  std::string extractor;
  Parameters parameters;
  std::vector<NamedStep> steps;       ///< Those in use, without any model's default steps.
  std::vector<std::string> left_out;  ///< Names of steps that the grid does without here, also as default steps.

  /// All steps before `model`.
  std::vector<NamedStep> steps_before(std::string_view model) const;
};

/// A pair that is tried: positions in SearchSpace::features and in the model's parameters.
struct Trial {
  std::size_t features = 0, parameters = 0;
};

/// What is tried of one model.
struct ModelTrials {
  std::string model;
  std::vector<Parameters> parameters;  ///< Every combination of its grid.
  std::vector<Trial> trials;           ///< By features, then parameters.
};

/// All that a search tries in one fold: of each model every combination on the columns of every feature combination, or
/// as many of these pairs as a random search draws.
struct SearchSpace {
  std::vector<FeatureCombination> features;  ///< By extractor, its parameters, then the steps' parameters.
  std::vector<ModelTrials> models;           ///< In the order of the options.

  /// How many trials there are.
  std::size_t size() const;
};

/// @throws ParameterError for an unknown or repeated name of an extractor, step, model or parameter, a grid that cannot
/// be expanded, or one without a single combination that is within its range. Other values out of range are left for
/// the search to report.
SearchSpace expand(const ExperimentOptions& options);

}  // namespace cartwheel::selection
