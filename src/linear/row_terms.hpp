#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "core/tile_sum.hpp"

/// The loss of rows at their margins: all of a fit that is neither a column nor a coordinate.
namespace cartwheel::linear {

/// The rows of a fit: what is known of them besides their columns.
struct LabelledRows {
  std::span<const std::uint8_t> y;        ///< A label a row, each 0 or 1.
  std::array<double, 2> class_weight;     ///< Of a row of class 0 and of class 1.
  std::span<const double> sample_weight;  ///< Empty (all 1), or a factor a row, > 0.
};

/// Sums over rows, in 8 lanes (row i in lane i % 8), and extremes.
struct RowSums {
  using LaneSums = std::array<double, core::tile_lanes>;
  static constexpr LaneSums every(double value) {
    LaneSums lanes{};
    lanes.fill(value);
    return lanes;
  }
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  LaneSums loss{};      ///< sum w_i log(1 + e^-m_i), m_i on the row's own side.
  LaneSums error{};     ///< sum w_i |p_i - y_i|
  LaneSums residual{};  ///< sum w_i (p_i - y_i)
  LaneSums slope{};     ///< sum w_i (p_i - y_i) u_i
  LaneSums smallest_margin = every(infinity);
  LaneSums least_move = every(infinity), largest_move = every(-infinity);  ///< Of u_i, on the row's own side.
};

/// Adds rows [begin, end), at margins from[i] + t * u_i for u_i = to[i] - from[i] (at to[i] itself for t = 1), to
/// `sums`. `from` and `to` start at row `begin`, a multiple of 8. @param residual  null, or [end - begin], overwritten:
/// w_i (p_i - y_i).
void add_rows(const LabelledRows& rows, std::size_t begin, std::size_t end, const double* from, const double* to,
              double t, RowSums& sums, double* residual);

/// curvature[i] = w_i p_i (1 - p_i) at margin[i]; both start at row `begin`.
void curvatures(const LabelledRows& rows, std::size_t begin, std::size_t end, const double* margin, double* curvature);

}  // namespace cartwheel::linear
