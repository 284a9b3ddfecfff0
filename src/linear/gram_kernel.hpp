#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "linear/design.hpp"

namespace cartwheel::linear {

/// Which sums make a Gram matrix of some coordinates, and where they lie. Dense and two-valued columns are centred, and
/// with them goes a column of ones; pairs of them are sums of w z_j z_k. Of a column of mostly one value, u = x - usual
/// is summed in the rows where it is not 0: w z_j u_k and w u_j u_k; what the usual values add follows from sums with
/// the ones.
class GramLayout {
 public:
  static constexpr std::size_t side = 3;  ///< Centred columns go in threes: nine sums at once fill the registers.

  /// @param coordinates  increasing, each < Design::size().
  GramLayout(const Design& design, std::span<const std::uint32_t> coordinates);

  std::size_t sums() const { return first_of_rare_ + rare.size() * rare.size(); }
  /// The entry of the i-th and k-th coordinate. @param sums  [sums()]
  double entry(std::size_t i, std::size_t k, std::span<const double> sums) const;

  std::size_t threes() const { return (centred.size() + side - 1) / side; }
  /// Where the nine sums of two threes lie, row <= column.
  std::size_t block(std::size_t row, std::size_t column) const {
    return side * side * (row * threes() - row * (row + 1) / 2 + column);
  }
  std::size_t mixed(std::size_t rare_place, std::size_t centred_place) const {
    return first_of_mixed_ + rare_place * centred.size() + centred_place;
  }
  std::size_t both_rare(std::size_t j, std::size_t k) const { return first_of_rare_ + j * rare.size() + k; }

  std::vector<std::uint32_t> centred;  ///< Coordinates of dense and two-valued columns; then the ones: columns().
  std::vector<std::uint32_t> rare;     ///< Places in Design::mostly_one.

 private:
  double of_centred(std::size_t j, std::size_t k, std::span<const double> sums) const;

  std::vector<std::size_t> place_;  ///< [coordinates]: in `centred`, or behind it in `rare`.
  std::vector<double> offset_;      ///< [rare]: usual - centre.
  std::size_t first_of_mixed_ = 0, first_of_rare_ = 0;
};

/// The Gram matrix of standardised columns. @param sums  [layout.sums()]: over all rows. @param out  [n x n] for n
/// coordinates, overwritten; symmetric.
void fill_gram(const Design& design, const GramLayout& layout, std::span<const std::uint32_t> coordinates,
               std::span<const double> sums, std::span<double> out);

/// A row of a block, and what its values are multiplied by.
struct RowFactor {
  std::size_t place;
  double factor;
};

/// Sums of one thread, tile after tile.
class GramKernel {
 public:
  GramKernel(const Design& design, const GramLayout& layout);

  /// @param curvature  of the tile's rows. @param out  [GramLayout::sums()], overwritten with the tile's sums.
  void sum_tile(const double* curvature, std::size_t tile, std::span<double> out);

 private:
  void load_block(const double* curvature, std::size_t begin, std::size_t end);
  void add_centred(std::size_t rows);
  void collect_unusual(const double* curvature, std::size_t begin, std::size_t end);
  void add_rare(const double* curvature, std::size_t begin, std::size_t end, std::span<double> out);

  /// A value of a column of mostly one value, in one row of a block.
  struct Unusual {
    std::uint32_t row, column;
    double value;
  };

  const Design& design_;
  const GramLayout& layout_;
  std::vector<double> z_, weighted_;  ///< [centred, padded][block_rows, padded]
  std::vector<double> lanes_;
  std::vector<std::size_t> next_;  ///< [rare]: the entry that the next block begins with.
  std::vector<Unusual> unusual_;
  std::vector<RowFactor> few_;             ///< The same values, weighted,
  std::vector<std::size_t> first_of_few_;  ///< [rare + 1]: and where those of each column begin.
};

}  // namespace cartwheel::linear
