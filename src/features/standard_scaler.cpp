#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/tile_sum.hpp"
#include "features/model_input.hpp"

namespace cartwheel {
namespace {

struct Scaling {
  double mean = 0.0;
  double scale = 1.0;
};

/// Sum of term(value) over the values that are not missing.
template <class Term>
double sum_of(std::span<const float> values, const Term& term) {
  return core::tile_sum(values.size(), [&](std::size_t row) {
    return std::isnan(values[row]) ? 0.0 : term(static_cast<double>(values[row]));
  });
}

/// Whether a variance of `count` values is no more than what rounding leaves of a constant: scikit-learn's bound.
bool is_constant(double variance, double mean, double count) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const double rounding_of_mean = count * mean * epsilon;
  return variance <= count * epsilon * variance + rounding_of_mean * rounding_of_mean;
}

Scaling scaling_of(std::span<const float> values) {
  const auto count = static_cast<double>(std::ranges::count_if(values, [](float value) { return !std::isnan(value); }));
  if (count == 0.0) return {};
  const double mean = sum_of(values, [](double value) { return value; }) / count;
  const double variance = sum_of(values, [&](double value) { return (value - mean) * (value - mean); }) / count;
  return {mean, is_constant(variance, mean, count) ? 1.0 : std::sqrt(variance)};
}

/// A value far outside of what was seen in training may leave float's range; it then takes the end of that range.
float scaled(float value, double mean, double scale) {
  constexpr double largest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp((value - mean) / scale, -largest, largest));  // NaN stays NaN
}

/// Column j as numbers: as it lies there, or copied to `copy`.
std::span<const float> values_of(const FeatureMatrix& x, std::size_t j, std::vector<float>& copy) {
  if (const auto* column = std::get_if<FloatColumn>(&x.column(j))) return column->values;
  copy.resize(x.rows());
  x.copy_column(j, copy);
  return copy;
}

}  // namespace

StandardScaler StandardScaler::fit(const FeatureMatrix& x) {
  StandardScaler scaler;
  scaler.feature_names_ = x.names();
  scaler.mean_.resize(x.columns());
  scaler.scale_.resize(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) {
    std::vector<float> copy;
    const Scaling scaling = scaling_of(values_of(x, j, copy));
    scaler.mean_[j] = scaling.mean;
    scaler.scale_[j] = scaling.scale;
  });
  return scaler;
}

FeatureMatrix StandardScaler::transform(const FeatureMatrix& x) const {
  features::check_columns(feature_names_, x, "the scaler");
  std::vector<FloatColumn> columns(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) {
    std::vector<float>& values = columns[j].values;
    values.resize(x.rows());
    x.copy_column(j, values);
    for (float& value : values) value = scaled(value, mean_[j], scale_[j]);
  });
  FeatureMatrix result(x.rows());
  for (std::size_t j = 0; j < columns.size(); ++j) result.add(feature_names_[j], std::move(columns[j]));
  return result;
}

void StandardScaler::write(core::ByteWriter& out) const {
  features::write_column_names(feature_names_, out);
  out.put_array(std::span(mean_));
  out.put_array(std::span(scale_));
}

StandardScaler StandardScaler::read(core::ByteReader& in) {
  StandardScaler scaler;
  scaler.feature_names_ = features::read_column_names(in, "the scaler");
  const std::size_t columns = scaler.feature_names_.size();
  scaler.mean_ = in.get_array<double>();
  scaler.scale_ = in.get_array<double>();
  if (scaler.mean_.size() != columns || scaler.scale_.size() != columns)
    in.fail(fmt::format("the scaler has {} means and {} scales for {} columns", scaler.mean_.size(),
                        scaler.scale_.size(), columns));
  for (std::size_t j = 0; j < columns; ++j)
    if (!std::isfinite(scaler.mean_[j]) || !std::isfinite(scaler.scale_[j]) || scaler.scale_[j] <= 0.0)
      in.fail(fmt::format("the scaler's mean or scale of column '{}' is out of range", scaler.feature_names_[j]));
  return scaler;
}

}  // namespace cartwheel
