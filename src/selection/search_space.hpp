#pragma once

#include <cartwheel/experiment.hpp>
#include <cstddef>
#include <string>
#include <vector>

namespace cartwheel::selection {

/// One way to make features.
struct ExtractorCombination {
  std::string extractor;
  Parameters parameters;
};

/// The combinations of one model's grid.
struct ModelCombinations {
  std::string model;
  std::vector<Parameters> parameters;
};

/// All that a search tries in one fold: each model's combinations, each on the features of every extractor combination.
struct SearchSpace {
  std::vector<ExtractorCombination> extractors;  ///< Of all extractors, in the order of the options.
  std::vector<ModelCombinations> models;         ///< In the order of the options.

  /// How many (extractor combination, model combination) pairs there are.
  std::size_t size() const;
};

/// @throws ParameterError for an unknown or repeated name of an extractor, model or parameter, a grid that cannot be
/// expanded, or one without a single combination that is within its range. Other values out of range are left for the
/// search to report.
SearchSpace expand(const ExperimentOptions& options);

}  // namespace cartwheel::selection
