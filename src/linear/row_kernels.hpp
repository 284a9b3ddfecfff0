#pragma once

#include <array>
#include <span>

#include "core/tile_sum.hpp"
#include "linear/design.hpp"

/// The inner loops of an evaluation. Sums over dense and two-valued columns are kept in 8 lanes (row i in lane i % 8),
/// which any vector width adds in the same order; those over the few rows of a column of mostly one value are added row
/// by row in a tile. Columns are centred here; their scale is a factor that the caller applies once to the sums.
namespace cartwheel::linear {

/// Rows whose columns stay in the second-level cache between the two passes over them that an evaluation makes.
inline constexpr std::size_t block_rows = 256;

/// beta / scale of each column: coefficients of centred, unscaled columns. @param beta  [Design::size()]
std::vector<double> unscaled(const Design& design, std::span<const double> beta);

/// From sums over rows to the gradient. @param slopes  [columns]: of each column, the sum of residual[i] * (x_ij -
/// centre_j), or, of mostly one value, * (x_ij - usual_j). @param residuals  the sum of residual[i].
/// @param gradient  [Design::size()], overwritten.
void finish_gradient(const Design& design, std::span<const double> slopes, double residuals,
                     std::span<double> gradient);

/// What the columns of mostly one value add to the margin of every row: that of their usual values.
/// @param b  [columns], in centred, unscaled columns.
double usual_margin(const Design& design, std::span<const double> b);

/// What their other values add in a tile; `margin` starts at the tile's first row.
void add_unusual_margins(const Design& design, std::span<const double> b, std::size_t tile, double* margin);

/// margin[i] += (x - centre) . b of the other columns, for rows [begin, end) of one tile, `begin` a multiple of 64.
/// `margin` starts at row `begin`.
void add_margins(const Design& design, std::span<const double> b, std::size_t begin, std::size_t end, double* margin);

/// Adds residual[i] * (x_ij - centre_j) to the lanes of each dense and two-valued column; `residual` starts at `begin`.
/// @param lanes  [first_mostly_one() x 8]
void add_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end, double* lanes);

/// out[j] = sum over a tile of residual[i] * (x_ij - usual_j), of the columns of mostly one value; `residual` starts at
/// the tile's first row. @param out  [mostly_one.size()], overwritten.
void sum_unusual_gradient(const Design& design, const double* residual, std::size_t tile, double* out);

/// z[i] = x_ij - centre_j for rows [begin, end) as above, of a dense or two-valued column.
void centre_rows(const Design& design, std::size_t column, std::size_t begin, std::size_t end, double* z);

}  // namespace cartwheel::linear
