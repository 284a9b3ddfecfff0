#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linear/design.hpp"

/// The inner loops over columns, for a block of rows [begin, end) inside one tile, `begin` a multiple of 8. Every sum
/// is kept in 8 lanes (row i in lane i % 8), which any vector width adds in the same order. Columns are centred here;
/// their scale is a factor that the caller applies once to the sums.
namespace cartwheel::linear {

/// Rows whose columns stay in the second-level cache between the two passes over them that an evaluation makes.
inline constexpr std::size_t block_rows = 256;

/// out[i] += (x - centre) . b for each row; `out` starts at row `begin`. Columns are added in order.
/// @param b  [columns], in centred, unscaled columns.
void add_margins(const Design& design, std::span<const double> b, std::size_t begin, std::size_t end, double* out);

/// Adds residual[i] * (x_ij - centre_j) to the lanes of each column; `residual` starts at row `begin`.
/// @param lanes  [columns x 8]
void add_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end, double* lanes);

/// The order in which Gram sums are kept: coordinates in threes (the last one padded), the upper triangle of threes in
/// rows, nine sums a block.
struct GramLayout {
  static constexpr std::size_t side = 3;
  explicit GramLayout(std::size_t coordinates)
      : groups((coordinates + side - 1) / side), blocks(groups * (groups + 1) / 2) {}
  std::size_t sums() const { return side * side * blocks; }
  /// Where the sum of places j <= k lies.
  std::size_t place(std::size_t j, std::size_t k) const {
    const std::size_t row = j / side, block = row * groups - row * (row + 1) / 2 + k / side;
    return side * side * block + side * (j % side) + k % side;
  }

  std::size_t groups, blocks;
};

/// Sums of curvature[i] * z_ij * z_ik for pairs of coordinates. A block's nine sums stay in registers, so a value that
/// is loaded serves three of them. One object serves many tiles of one thread.
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
