#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/column_selector.hpp>
#include <cartwheel/error.hpp>
#include <cmath>
#include <numeric>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "features/model_input.hpp"
#include "features/mutual_information.hpp"

namespace cartwheel {
namespace {

constexpr std::array<std::string_view, 3> step_names{"chi2", "mutual_information", "variance_threshold"};

double variance(std::span<const float> values) {
  const auto sum_of = [&](const auto& term) {
    return core::tile_sum(values.size(), [&](std::size_t row) {
      return std::isnan(values[row]) ? 0.0 : term(static_cast<double>(values[row]));
    });
  };
  const double count = sum_of([](double) { return 1.0; });
  if (count == 0.0) return 0.0;
  const auto first = std::ranges::find_if(values, [](float value) { return !std::isnan(value); });
  const auto differs = [&](float value) { return !std::isnan(value) && value != *first; };
  if (std::ranges::none_of(values, differs)) return 0.0;  // rounding of the mean must not make a constant vary
  const double mean = sum_of([](double value) { return value; }) / count;
  return sum_of([&](double value) { return (value - mean) * (value - mean); }) / count;
}

/// @param positives  rows with label 1.
double chi_squared(std::span<const float> values, std::span<const std::uint8_t> y, std::size_t positives,
                   std::string_view column) {
  const auto negative = std::ranges::find_if(values, [](float value) { return value < 0.0f; });
  if (negative != values.end())
    throw DataError(
        fmt::format("chi2 needs values of 0 or more, but column '{}' holds {} in row {}; place it before "
                    "standard_scaler, or take mutual_information",
                    column, *negative, negative - values.begin()));
  std::array<double, 2> sum{};
  for (std::uint8_t label = 0; label < 2; ++label)
    sum[label] = core::tile_sum(values.size(), [&](std::size_t row) {
      return y[row] != label || std::isnan(values[row]) ? 0.0 : static_cast<double>(values[row]);
    });
  const double share = static_cast<double>(positives) / static_cast<double>(y.size());
  double result = 0.0;
  for (std::uint8_t label = 0; label < 2; ++label) {
    const double expected = (sum[0] + sum[1]) * (label == 1 ? share : 1.0 - share);
    if (expected > 0.0) result += (sum[label] - expected) * (sum[label] - expected) / expected;
  }
  return result;
}

}  // namespace

std::vector<double> column_scores(const FeatureMatrix& x, std::span<const std::uint8_t> y, ColumnScore score) {
  const std::size_t positives = score == ColumnScore::variance ? 0 : features::check_labels(y, x.rows());
  std::vector<double> scores(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) {
    if (score == ColumnScore::mutual_information) {
      scores[j] = features::mutual_information(x, j, y);
      return;
    }
    std::vector<float> values(x.rows());
    x.copy_column(j, values);
    scores[j] = score == ColumnScore::variance ? variance(values) : chi_squared(values, y, positives, x.names()[j]);
  });
  return scores;
}

ColumnSelector ColumnSelector::k_best(const FeatureMatrix& x, std::span<const std::uint8_t> y, ColumnScore score,
                                      std::optional<std::uint64_t> k) {
  if (k == 0) throw ParameterError("k is 0; it must be 1 or more, or \"all\"");
  ColumnSelector step;
  step.score_ = score;
  step.feature_names_ = x.names();
  step.scores_ = column_scores(x, y, score);
  step.kept_.resize(x.columns());
  std::iota(step.kept_.begin(), step.kept_.end(), 0u);
  if (k && *k < x.columns()) {
    std::ranges::stable_sort(step.kept_,
                             [&](std::uint32_t a, std::uint32_t b) { return step.scores_[a] > step.scores_[b]; });
    step.kept_.resize(*k);
    std::ranges::sort(step.kept_);
  }
  return step;
}

ColumnSelector ColumnSelector::above_variance(const FeatureMatrix& x, double threshold) {
  if (!(threshold >= 0.0) || std::isinf(threshold))
    throw ParameterError(fmt::format("threshold is {}; it must be a number of 0 or more", threshold));
  ColumnSelector step;
  step.score_ = ColumnScore::variance;
  step.feature_names_ = x.names();
  step.scores_ = column_scores(x, {}, ColumnScore::variance);
  for (std::uint32_t j = 0; j < x.columns(); ++j)
    if (step.scores_[j] > threshold) step.kept_.push_back(j);
  if (step.kept_.empty() && x.columns() > 0)
    throw DataError(fmt::format("no column has a variance above threshold = {}; the highest is {}", threshold,
                                *std::ranges::max_element(step.scores_)));
  return step;
}

std::string_view ColumnSelector::name() const { return step_names[static_cast<std::size_t>(score_)]; }

FeatureMatrix ColumnSelector::transform(const FeatureMatrix& x) const {
  features::check_columns(feature_names_, x, name());
  FeatureMatrix result(x.rows());
  for (const std::uint32_t j : kept_) result.add(x.names()[j], x.column(j));
  return result;
}

void ColumnSelector::write(core::ByteWriter& out) const {
  out.put(static_cast<std::uint8_t>(score_));
  features::write_column_names(feature_names_, out);
  out.put_array(std::span(scores_));
  out.put_array(std::span(kept_));
}

ColumnSelector ColumnSelector::read(core::ByteReader& in) {
  ColumnSelector step;
  const auto score = in.get<std::uint8_t>();
  if (score >= step_names.size()) in.fail(fmt::format("columns are selected by an unknown score, {}", score));
  step.score_ = static_cast<ColumnScore>(score);
  step.feature_names_ = features::read_column_names(in, step.name());
  const std::size_t columns = step.feature_names_.size();
  step.scores_ = in.get_array<double>();
  step.kept_ = in.get_array<std::uint32_t>();
  if (step.scores_.size() != columns)
    in.fail(fmt::format("{} has {} scores for {} columns", step.name(), step.scores_.size(), columns));
  for (std::size_t i = 0; i < step.kept_.size(); ++i)
    if (step.kept_[i] >= columns || (i > 0 && step.kept_[i] <= step.kept_[i - 1]))
      in.fail(fmt::format("{} keeps columns that are not there, or not in order", step.name()));
  return step;
}

}  // namespace cartwheel
