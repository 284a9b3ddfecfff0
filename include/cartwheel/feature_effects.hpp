#pragma once

#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What a model makes of each feature.
namespace [[gnu::visibility("default")]] cartwheel {

struct FeatureEffectsOptions {
  std::size_t rows = 1000;  ///< [1, 2^31]: at most so many rows are looked at, evenly spread over the given ones.
  int repeats = 3;          ///< [1, 10000]: permutations of each feature.
  std::size_t curves = 12;  ///< [0, 100000]: the most important features that get a curve.
  std::size_t points = 12;  ///< [2, 1000] of a curve, at most.
  std::uint64_t seed = 0;   ///< Decides the permutations.

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// The mean probability that the model would give, if the feature had this value in all rows.
struct DependencePoint {
  double value = 0.0;
  double probability = 0.0;
};

struct FeatureEffect {
  std::string feature;     ///< A column of the extractor.
  std::string definition;  ///< What it is, with its unit.
  double drop = 0.0;       ///< How much average precision falls when the feature is permuted: mean over the repeats.
  double deviation = 0.0;  ///< Standard deviation over the repeats.
  /// Partial dependence (J. Friedman, "Greedy Function Approximation", 2001) at quantiles of the feature, values
  /// increasing. Empty for categories, for a feature that has one value alone, and beyond the options' curves.
  std::vector<DependencePoint> curve;
};

struct FeatureEffects {
  std::string model, extractor;
  std::uint64_t rows = 0;               ///< Looked at.
  double average_precision = 0.0;       ///< Of these rows.
  double mean_probability = 0.0;        ///< Of these rows.
  std::vector<FeatureEffect> features;  ///< The largest drop first; of equals in the extractor's order.
};

/// Importance by permutation (see permutation_importance) and partial dependence, of the extractor's features through
/// the whole pipeline, so values are in their own units. Use rows that the fit has not seen. The same for any number
/// of threads.
/// @param rows  of `sessions`. @throws ParameterError; DataError for no rows, or a pipeline that was fitted on a table.
/// Time: predictions of rows * (features * repeats + curves * points). Memory: three times the rows' features.
FeatureEffects feature_effects(const Pipeline& pipeline, const SessionTable& sessions,
                               std::span<const std::uint32_t> rows, const FeatureEffectsOptions& options = {});

}  // namespace cartwheel
