#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace cartwheel::linear {

/// A column of numbers, none missing, as it is stored.
struct DenseView {
  std::span<const float> values;  ///< [rows]
};
struct BitView {
  std::span<const std::uint64_t> words;  ///< As in BitColumn.
};
struct SparseView {
  std::span<const std::uint32_t> rows;  ///< Increasing.
  std::span<const float> values;        ///< [rows.size()], none 0; other rows have 0.
};
using ColumnView = std::variant<DenseView, BitView, SparseView>;

/// The numbers that a linear model gives a coefficient to: every column of a matrix, missing values filled, then one
/// indicator column (0 or 1) for each column that had missing values in training. A column that is stored as bits or
/// sparse stays so.
struct FilledColumns {
  std::vector<std::string> names;
  std::vector<ColumnView> columns;        ///< Views of `floats` and `row_numbers`, or of the matrix.
  std::vector<float> fill;                ///< [matrix columns]: what stands for a missing value, its training mean.
  std::vector<std::uint32_t> indicators;  ///< The matrix columns with an indicator, increasing.
  std::deque<std::vector<float>> floats;
  std::deque<std::vector<std::uint32_t>> row_numbers;

  /// Learns the means and indicators from `x`, which must outlive the result.
  /// @param sample_weight  empty (all 1), or one a row, each > 0.
  static FilledColumns of(const FeatureMatrix& x, std::span<const double> sample_weight);
};

}  // namespace cartwheel::linear
