#include "linear/design.hpp"

#include <algorithm>
#include <cmath>

#include "core/tile_sum.hpp"
#include "features/model_input.hpp"

namespace cartwheel::linear {

namespace {

bool is_missing(float value) { return value != value; }

/// Sums over rows, each with its weight.
class WeightedRows {
 public:
  WeightedRows(std::size_t rows, std::span<const double> weight) : rows_(rows), weight_(weight) {}

  /// sum of weight(i) * term(i)
  template <class Term>
  double sum(const Term& term) const {
    if (weight_.empty()) return core::tile_sum(rows_, term);
    return core::tile_sum(rows_, [&](std::size_t i) { return weight_[i] * term(i); });
  }

 private:
  std::size_t rows_;
  std::span<const double> weight_;
};

/// Mean of the values that are there, as the float nearest to it; 0 if there are none.
float mean_of_present(const WeightedRows& rows, std::span<const float> values, std::size_t missing) {
  if (missing == values.size()) return 0.0f;
  const double sum =
      rows.sum([&](std::size_t i) { return is_missing(values[i]) ? 0.0 : static_cast<double>(values[i]); });
  return static_cast<float>(sum / rows.sum([&](std::size_t i) { return is_missing(values[i]) ? 0.0 : 1.0; }));
}

}  // namespace

FilledColumns FilledColumns::of(const FeatureMatrix& x, std::span<const double> sample_weight) {
  const WeightedRows rows(x.rows(), sample_weight);
  FilledColumns filled;
  filled.names = x.names();
  filled.fill.resize(x.columns());
  std::vector<std::vector<float>> indicator_columns;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const auto* stored = std::get_if<FloatColumn>(&x.column(j));
    std::vector<float> copy;
    if (stored == nullptr) {
      copy.resize(x.rows());
      x.copy_column(j, copy);
    }
    const std::span<const float> values = stored != nullptr ? std::span(stored->values) : std::span<const float>(copy);
    const auto missing = static_cast<std::size_t>(std::ranges::count_if(values, is_missing));
    filled.fill[j] = mean_of_present(rows, values, missing);
    if (missing == 0 && stored != nullptr) {
      filled.columns.push_back(values);
      continue;
    }
    if (missing > 0) {
      copy.assign(values.begin(), values.end());
      std::vector<float>& indicator = indicator_columns.emplace_back(x.rows());
      std::ranges::transform(copy, indicator.begin(), [](float v) { return is_missing(v) ? 1.0f : 0.0f; });
      std::ranges::replace_if(copy, is_missing, filled.fill[j]);
      filled.indicators.push_back(static_cast<std::uint32_t>(j));
    }
    filled.columns.push_back(filled.storage.emplace_back(std::move(copy)));
  }
  for (std::size_t i = 0; i < indicator_columns.size(); ++i) {
    filled.names.push_back(features::indicator_name(x.names()[filled.indicators[i]]));
    filled.columns.push_back(filled.storage.emplace_back(std::move(indicator_columns[i])));
  }
  return filled;
}

Design Design::of(const FilledColumns& filled, std::size_t rows, std::span<const double> sample_weight,
                  bool intercept) {
  Design design;
  design.rows = rows;
  design.intercept = intercept;
  const WeightedRows weighted(rows, sample_weight);
  const double total = weighted.sum([](std::size_t) { return 1.0; });
  for (std::size_t j = 0; j < filled.columns.size(); ++j) {
    const std::span<const float> x = filled.columns[j];
    const auto [least, most] = std::ranges::minmax(x);
    if (least == most && (intercept || least == 0.0f)) continue;
    const double centre =
        intercept ? weighted.sum([&](std::size_t i) { return static_cast<double>(x[i]); }) / total : 0.0;
    const double square = weighted.sum([&](std::size_t i) {
      const double z = static_cast<double>(x[i]) - centre;
      return z * z;
    });
    design.columns.push_back(x);
    design.source.push_back(static_cast<std::uint32_t>(j));
    design.centre.push_back(centre);
    design.scale.push_back(std::sqrt(square / total));
  }
  return design;
}

}  // namespace cartwheel::linear
