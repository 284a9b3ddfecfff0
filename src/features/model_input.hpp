#pragma once

#include <array>
#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

/// What every model asks of the rows it is given.
namespace cartwheel::features {

/// The number of labels that are 1. @throws DataError unless `y` holds one label for each of `rows` rows, each 0 or 1,
/// and both occur.
std::size_t check_labels(std::span<const std::uint8_t> y, std::size_t rows);

/// The weight of all rows of each class, counted where `sample_weight` is empty. `y` is as check_labels wants it.
/// @throws DataError unless `sample_weight` is empty or holds one weight a label, each 0 or in [1e-100, 1e100], and
/// each class has one above 0.
std::array<double, 2> class_totals(std::span<const std::uint8_t> y, std::span<const double> sample_weight);

/// A copy of the rows whose weight is not 0.
struct CountedRows {
  CountedRows(const FeatureMatrix& all, std::span<const std::uint8_t> labels, std::span<const double> sample_weight);
  FeatureMatrix x;
  std::vector<std::uint8_t> y;
  std::vector<double> weight;
};

/// @throws DataError naming the first column of `x` that is not, by name and place, the fitted one.
void check_columns(std::span<const std::string> fitted, const FeatureMatrix& x, std::string_view model);

/// The names of the columns that a step was fitted on, as a model file holds them.
void write_column_names(std::span<const std::string> names, core::ByteWriter& out);
/// @param owner  for errors. @throws DataError for a name that is there twice, and for bytes that were cut.
std::vector<std::string> read_column_names(core::ByteReader& in, std::string_view owner);

/// The name of the extra column that marks the missing values of `column`.
std::string indicator_name(std::string_view column);

}  // namespace cartwheel::features
