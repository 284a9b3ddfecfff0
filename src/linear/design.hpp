#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "linear/filled_columns.hpp"
#include "linear/weighted_rows.hpp"

namespace cartwheel::linear {

/// A column of two values: `high` where the bit is set, else `low`.
struct TwoValued {
  std::span<const std::uint64_t> words;
  double low = 0.0, high = 1.0;
};

/// A column that has one value in at least 7/8 of its rows.
struct MostlyOne {
  std::span<const std::uint32_t> rows;  ///< Those that have another value, increasing.
  std::span<const float> values;        ///< [rows.size()]: their values.
  double usual = 0.0;                   ///< The value of all others.
  std::vector<std::uint32_t> tiles;     ///< [tiles + 1]: where the rows of each tile begin in `rows`.
};

/// The columns a solver works on: z = (x - centre) / scale, computed on the fly in double. Standardising is
/// conditioning only: the margins, and with them the objective, are those of the columns as given. Columns without
/// spread (constant ones, or all-zero ones without an intercept) are left out: their coefficient is 0 at an optimum of
/// every penalty.
///
/// How a column is kept follows from its values, not from how the matrix stores it, so that storage never changes a bit
/// of the result: a standardised one-hot column, all floats, is kept as the few rows that differ.
struct Design {
  std::size_t rows = 0;
  bool intercept = true;  ///< Columns are centred only where an intercept can take up the shift.
  // Coordinates: the dense columns, then those of two values, then those of mostly one, then the intercept.
  std::vector<std::span<const float>> dense;
  std::vector<TwoValued> two_valued;
  std::vector<MostlyOne> mostly_one;
  std::vector<std::uint32_t> source;  ///< [columns]: their numbers in FilledColumns.
  std::vector<double> centre;         ///< [columns]: mean; 0 without an intercept.
  std::vector<double> scale;          ///< [columns]: standard deviation (root mean square without an intercept), > 0.
  std::deque<std::vector<float>> floats;
  std::deque<std::vector<std::uint32_t>> row_numbers;
  std::deque<std::vector<std::uint64_t>> words;

  /// `filled` must outlive the result. Memory: 1 byte a row for a column of mostly one value, 1/8 for one of two.
  static Design of(const FilledColumns& filled, const WeightedRows& rows, bool intercept);

  std::size_t columns() const { return source.size(); }
  std::size_t first_two_valued() const { return dense.size(); }
  std::size_t first_mostly_one() const { return dense.size() + two_valued.size(); }
  /// Coordinates of the solvers: one a kept column, then the intercept if there is one.
  std::size_t size() const { return columns() + (intercept ? 1 : 0); }
};

/// Where the rows of each tile begin in a list of increasing row numbers, and its end.
std::vector<std::uint32_t> tile_offsets(std::span<const std::uint32_t> row_numbers, std::size_t rows);

}  // namespace cartwheel::linear
