#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/pipeline.hpp>
#include <optional>
#include <vector>

namespace cartwheel::analysis {

/// What each column of the model adds to one row's prediction.
struct Contributions {
  /// Of models that add log-odds: where they begin, and each column's [model columns].
  std::optional<double> base_log_odds;
  std::vector<double> log_odds;
  /// In probability, after the steps' corrections: base + points = the pipeline's probability.
  double base = 0.0;
  std::vector<double> points;  ///< [model columns]
};

/// @param input  the model's columns of one row. @throws ParameterError for a model that is none of the library's.
Contributions contributions_of(const Pipeline& pipeline, const FeatureMatrix& input);

}  // namespace cartwheel::analysis
