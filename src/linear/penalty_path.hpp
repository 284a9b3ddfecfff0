#pragma once

#include <optional>

#include "linear/logistic_options.hpp"
#include "linear/subset_start.hpp"

namespace cartwheel::linear {

struct PathFit {
  Solution solution;
  const Design* design;  ///< Of the solution's coordinates; lives as long as the path.
  double unit;           ///< C times the total weight: the objective as given, divided by the solver's.
  std::optional<LogisticRegression::StandardErrors> standard_errors;
};

/// Fits with different penalties on the same rows. Columns are prepared once; each fit starts from the one before it,
/// where that helps, and reaches its own certified optimum. Memory beyond the columns: as RowPasses.
class PenaltyPath {
 public:
  /// What `filled`, `y` and `sample_weight` refer to must outlive the path. @param totals  the weight of each class.
  PenaltyPath(const FilledColumns& filled, std::span<const std::uint8_t> y, std::span<const double> sample_weight,
              const std::array<double, 2>& totals);

  /// @param more  whether others will follow: then more is prepared for them.
  PathFit fit(const LogisticRegressionOptions& options, bool more);

 private:
  /// What fits with the same rows, weights and columns share.
  struct Stage;
  Stage& stage_of(const LogisticRegressionOptions& options);

  const FilledColumns& filled_;
  std::span<const std::uint8_t> y_;
  std::span<const double> sample_weight_;
  std::array<double, 2> totals_;
  std::array<std::optional<Design>, 2> designs_;  ///< Without and with an intercept.
  std::shared_ptr<Stage> stage_;
  LogisticRegressionOptions stage_options_;  ///< Those that it was made for.
};

/// The order in which a path takes `options`: those that share a stage together, then from strong penalties to weak.
std::vector<std::size_t> path_order(std::span<const LogisticRegressionOptions> options);

}  // namespace cartwheel::linear
