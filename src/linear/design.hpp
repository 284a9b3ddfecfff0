#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cartwheel::linear {

/// The numbers that a linear model gives a coefficient to: every column of a matrix, missing values filled, then one
/// indicator column (0 or 1) for each column that had missing values in training.
struct FilledColumns {
  std::vector<std::string> names;
  std::vector<std::span<const float>> columns;  ///< [columns][rows]; views of `storage` or of the matrix.
  std::vector<float> fill;                ///< [matrix columns]: what stands for a missing value, its training mean.
  std::vector<std::uint32_t> indicators;  ///< The matrix columns with an indicator, increasing.
  std::vector<std::vector<float>> storage;

  /// Learns the means and indicators from `x`, which must outlive the result.
  /// @param sample_weight  empty (all 1), or one a row, each > 0.
  static FilledColumns of(const FeatureMatrix& x, std::span<const double> sample_weight);
};

/// The columns a solver works on: z = (x - centre) / scale, computed on the fly in double. Standardising is
/// conditioning only: the margins, and with them the objective, are those of the columns as given. Columns without
/// spread (constant ones, or all-zero ones without an intercept) are left out: their coefficient is 0 at an optimum of
/// every penalty.
struct Design {
  std::size_t rows = 0;
  bool intercept = true;                        ///< Columns are centred only where an intercept can take up the shift.
  std::vector<std::span<const float>> columns;  ///< [kept columns][rows]
  std::vector<std::uint32_t> source;            ///< Their numbers in FilledColumns.
  std::vector<double> centre;                   ///< Mean; 0 without an intercept.
  std::vector<double> scale;                    ///< Standard deviation (root mean square without an intercept), > 0.

  /// @param sample_weight  as in FilledColumns::of.
  static Design of(const FilledColumns& filled, std::size_t rows, std::span<const double> sample_weight,
                   bool intercept);
  /// Coordinates of the solvers: one a kept column, then the intercept if there is one.
  std::size_t size() const { return columns.size() + (intercept ? 1 : 0); }
};

}  // namespace cartwheel::linear
