#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/model.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// How good scores are; the higher, the better. @param score  P(y = 1) of each row.
using Metric = std::function<double(std::span<const std::uint8_t> y, std::span<const double> score)>;

struct PermutationImportanceOptions {
  int repeats = 5;         ///< [1, 10000].
  std::uint64_t seed = 0;  ///< Decides the permutations.
};

struct PermutationImportance {
  double score = 0.0;         ///< The metric of the rows as they are.
  std::vector<double> drops;  ///< [columns x repeats]: how much lower the metric is with the column permuted.
  std::vector<double> mean;   ///< [columns] of the drops.
  std::vector<double> std;    ///< [columns] their standard deviation (over repeats, not repeats - 1).
};

/// How much a model's quality on these rows rests on each column: its values are permuted among the rows, so that it
/// says nothing any more, and the metric is taken again (Breiman, "Random Forests", 2001; scikit-learn's
/// permutation_importance). Columns that say the same stand in for each other, and then both look unimportant. Works
/// for every model, and for rows that the fit has not seen: use those, or what the model has learned by heart looks
/// important. The permutation of a column and repeat depends on the seed and these two numbers alone.
/// @param y  x.rows() labels, each 0 or 1. @throws ParameterError, DataError.
/// Time: columns * repeats predictions. Memory: a copy of `x` and of one column.
PermutationImportance permutation_importance(const Model& model, const FeatureMatrix& x,
                                             std::span<const std::uint8_t> y, const Metric& metric,
                                             const PermutationImportanceOptions& options = {});

}  // namespace cartwheel
