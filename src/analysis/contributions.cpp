#include "analysis/contributions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cartwheel/shap.hpp>
#include <cmath>
#include <numeric>
#include <ranges>

#include "core/math.hpp"

namespace cartwheel::analysis {
namespace {

/// Where a row begins and what each column adds, on the scale on which the model adds: log-odds, or probability.
struct Sum {
  double base = 0.0;
  std::vector<double> values;  ///< [columns]
  bool log_odds = false;

  double total() const { return std::accumulate(values.begin(), values.end(), 0.0); }
};

std::vector<float> values_of(const FeatureMatrix& row) {
  std::vector<float> values(row.columns());
  for (std::size_t j = 0; j < row.columns(); ++j) row.copy_column(j, std::span(values).subspan(j, 1));
  return values;
}

Sum sum_of(const LogisticRegression& model, const FeatureMatrix& row) {
  const std::vector<float> values = values_of(row);
  const std::vector<float>& means = model.column_means();
  Sum sum{model.intercept(), std::vector<double>(values.size()), true};
  for (std::size_t j = 0; j < values.size(); ++j) {
    const double b = model.coefficients()[j], mean = means[j];
    sum.base += b * mean;
    if (!std::isnan(values[j])) sum.values[j] = b * (static_cast<double>(values[j]) - mean);
  }
  for (std::size_t i = 0; i < model.indicators().size(); ++i)  // an indicator's share belongs to its column
    if (const std::uint32_t j = model.indicators()[i]; std::isnan(values[j]))
      sum.values[j] += model.coefficients()[values.size() + i];
  return sum;
}

Sum sum_of(const BernoulliNB& model, const FeatureMatrix& row) {
  const std::size_t columns = row.columns(), bits = model.bit_names().size();
  const std::vector<float> values = values_of(row);
  Sum sum{model.class_log_prior()[1] - model.class_log_prior()[0], std::vector<double>(columns), true};
  const auto share = [&](std::size_t bit, bool set) {
    const std::vector<double>& log_p = set ? model.feature_log_prob() : model.feature_log_clear();
    return log_p[bits + bit] - log_p[bit];
  };
  for (std::size_t j = 0; j < columns; ++j)  // without binarize values are 0 and 1; a missing value is no bit
    sum.values[j] = share(j, static_cast<double>(values[j]) > model.binarize().value_or(0.0));
  for (std::size_t i = 0; i < model.indicators().size(); ++i)  // an indicator's share belongs to its column
    sum.values[model.indicators()[i]] += share(columns + i, std::isnan(values[model.indicators()[i]]));
  return sum;
}

Sum sum_of(const Model& model, const FeatureMatrix& row) {
  if (const auto* linear = dynamic_cast<const LogisticRegression*>(&model)) return sum_of(*linear, row);
  if (const auto* bayes = dynamic_cast<const BernoulliNB*>(&model)) return sum_of(*bayes, row);
  const ShapValues shap = shap_values(model, row);
  return {shap.base, shap.values, false};
}

/// The pipeline's probability where the model's sum is `at`.
double probability_at(const Pipeline& pipeline, const Sum& sum, double at) {
  double p = sum.log_odds ? core::sigmoid(at) : std::clamp(at, 0.0, 1.0);
  for (const auto& step : pipeline.steps | std::views::reverse) step->correct(std::span(&p, 1));
  return p;
}

/// How much probability a unit of the sum brings, on the straight way from base to prediction.
double points_a_unit(const Pipeline& pipeline, const Sum& sum) {
  constexpr double negligible = 1e-6;
  double from = sum.base, to = sum.base + sum.total();
  if (std::abs(to - from) < negligible) {  // the columns cancel out: the slope where they do
    from -= negligible;
    to += negligible;
  }
  return (probability_at(pipeline, sum, to) - probability_at(pipeline, sum, from)) / (to - from);
}

}  // namespace

Contributions contributions_of(const Pipeline& pipeline, const FeatureMatrix& input) {
  const Sum sum = sum_of(*pipeline.model, input);
  Contributions result;
  const double unit = points_a_unit(pipeline, sum);
  result.base = probability_at(pipeline, sum, sum.base);
  for (const double value : sum.values) result.points.push_back(value * unit);
  if (sum.log_odds) {
    result.base_log_odds = sum.base;
    result.log_odds = sum.values;
  }
  return result;
}

}  // namespace cartwheel::analysis
