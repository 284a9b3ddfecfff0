#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/model.hpp>
#include <cstddef>
#include <span>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// How much each column moved each row's prediction away from the base: base + the sum of a row's values is its P(y =
/// 1).
struct ShapValues {
  double base = 0.0;  ///< The prediction of a row of which nothing is known.
  std::size_t columns = 0;
  std::vector<double> values;  ///< [rows x columns], row-major, in probability.

  std::span<const double> row(std::size_t i) const { return std::span(values).subspan(i * columns, columns); }
};

/// Exact path-dependent SHAP values of a decision tree or a random forest (S. Lundberg et al., "From local explanations
/// to global understanding with explainable AI for trees", 2020): Shapley's values of the game in which the columns of
/// a row become known, and a row goes to both sides of a split on an unknown one, by the sides' shares of the training
/// rows (with sample and class weights). Equal to the definition but for rounding, about 1e-15 a tree; the same bits
/// for any number of threads.
/// @throws ParameterError if `model` is of another kind; DataError if the columns of `x` are not those of the fit.
/// Time: nodes * half the number of columns on a path, for each row. Memory: 8 bytes a value, and for each of 16 trees
/// at a time, about 100 bytes a node.
ShapValues shap_values(const Model& model, const FeatureMatrix& x);

}  // namespace cartwheel
