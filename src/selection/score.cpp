#include "selection/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>

namespace cartwheel::selection {

std::optional<double> score_by(SearchMetric metric, std::span<const std::uint8_t> y,
                               std::span<const double> probability) {
  switch (metric) {
    case SearchMetric::f1:
      return confusion(y, probability, default_threshold).f1();
    case SearchMetric::average_precision:
      return average_precision(y, probability);
    case SearchMetric::roc_auc:
      return roc_auc(y, probability);
    case SearchMetric::log_loss:
      return -log_loss(y, probability);
    case SearchMetric::brier:
      return -brier_score(y, probability);
  }
  throw ParameterError(fmt::format("search metric {} does not exist", static_cast<int>(metric)));
}

MoreScores summarise(std::vector<std::optional<double>> scores) {
  MoreScores summary{std::move(scores), {}, {}};
  const auto missing = [](const std::optional<double>& score) { return !score.has_value(); };
  if (std::ranges::any_of(summary.folds, missing)) return summary;
  const auto n = static_cast<double>(summary.folds.size());
  double sum = 0.0;
  for (const std::optional<double>& score : summary.folds) sum += *score;
  const double mean = sum / n;
  double squares = 0.0;
  for (const std::optional<double>& score : summary.folds) squares += (*score - mean) * (*score - mean);
  summary.mean = mean;
  summary.standard_error = summary.folds.size() < 2 ? 0.0 : std::sqrt(squares / (n - 1.0) / n);
  return summary;
}

}  // namespace cartwheel::selection
