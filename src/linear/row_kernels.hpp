#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linear/design.hpp"

/// The inner loops of a fit, over one tile of rows [begin, end) with end - begin <= core::tile_rows. Every sum is kept
/// in 8 lanes (row i of the tile in lane i % 8), which any vector width adds in the same order. Columns are centred
/// here; their scale is a factor that the caller applies once to the sums.
namespace cartwheel::linear {

/// out[i] += (x - centre) . b for each row; `out` starts at row `begin`. Columns are added in order.
/// @param b  [columns], in centred, unscaled columns.
void add_margins(const Design& design, std::span<const double> b, std::size_t begin, std::size_t end, double* out);

/// out[j] = sum of residual[i] * (x_ij - centre_j); `residual` starts at row `begin`. @param out  [columns]
void sum_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end, double* out);

/// The order in which Gram sums are kept: coordinates in twos (the last one padded), the upper triangle of twos in
/// rows, four sums a block.
struct GramLayout {
  explicit GramLayout(std::size_t coordinates) : twos((coordinates + 1) / 2), blocks(twos * (twos + 1) / 2) {}
  std::size_t sums() const { return 4 * blocks; }
  /// Where the sum of places j <= k lies.
  std::size_t place(std::size_t j, std::size_t k) const {
    const std::size_t row = j / 2, block = row * twos - row * (row + 1) / 2 + k / 2;
    return 4 * block + 2 * (j % 2) + k % 2;
  }

  std::size_t twos, blocks;
};

/// Sums of curvature[i] * z_ij * z_ik for pairs of coordinates. A block's four sums stay in registers, so a value that
/// is loaded serves two of them. One object serves many tiles of one thread.
class GramKernel {
 public:
  /// @param coordinates  as RowPasses::gram; the intercept's number is design.columns.size().
  GramKernel(const Design& design, std::span<const std::uint32_t> coordinates);

  /// @param curvature  starts at row `begin`. @param out  [GramLayout::sums()], overwritten with the tile's sums.
  void sum_tile(const double* curvature, std::size_t begin, std::size_t end, std::span<double> out);

 private:
  void load_rows(const double* curvature, std::size_t begin, std::size_t count);

  const Design& design_;
  std::vector<std::uint32_t> coordinates_;
  GramLayout layout_;
  std::vector<double> z_, weighted_, lanes_;
};

}  // namespace cartwheel::linear
