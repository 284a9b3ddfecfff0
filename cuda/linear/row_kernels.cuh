#pragma once

#include "linear/design_on_device.cuh"

/// The passes over rows, a block of threads a tile; all of them only ask for the work.
namespace cartwheel::linear {

/// margin[i] = constant + what the columns add, in the order of the columns. @param b  [columns] on the device.
void compute_margins(const DesignView& design, const double* b, double constant, double* margin);

/// What terms of rows are added up to in a tile.
inline constexpr std::size_t row_sums = 4;      ///< loss, error, residual, slope: as RowSums.
inline constexpr std::size_t row_extremes = 3;  ///< smallest margin, least move, largest move.

/// Sums of every tile at margins from + t * (to - from). @param residual  null, or [rows], overwritten. @param sums
/// [row_sums x tiles] @param extremes  [row_extremes x tiles]
/// Some tiles of `tiles`.
struct TileRange {
  std::size_t first, count;
  std::size_t rows, tiles;  ///< Of all.
};

void sum_rows(const RowsView& rows, const TileRange& range, const double* from, const double* to, double t,
              double* residual, double* sums, double* extremes);

/// table[j * tiles + tile] = sum of residual * (x - centre), or (x - usual) of a column of mostly one value, over a
/// tile.
void sum_gradient(const DesignView& design, const double* residual, double* table);

/// curvature[i] = w_i p_i (1 - p_i)
void compute_curvatures(const RowsView& rows, std::size_t row_count, const double* margin, double* curvature);

}  // namespace cartwheel::linear
