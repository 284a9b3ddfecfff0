#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/parallel.hpp"

/// Sums of doubles whose bits depend on the row numbers alone: rows are cut into fixed tiles, a tile is summed in 8
/// lanes (row i goes to lane i % 8, whatever the vector width), lanes and tiles are added in a fixed tree.
namespace cartwheel::core {

inline constexpr std::size_t tile_rows = 4096;
inline constexpr std::size_t tile_lanes = 8;

/// Adds the 8 lanes of a tile.
inline double add_lanes(const std::array<double, tile_lanes>& lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// Adds neighbours, then neighbours of the results, until one is left; overwrites `sums`. 0 for none.
inline double add_pairwise(std::span<double> sums) {
  if (sums.empty()) return 0.0;
  for (std::size_t n = sums.size(); n > 1; n = (n + 1) / 2) {
    for (std::size_t i = 0; i < n / 2; ++i) sums[i] = sums[2 * i] + sums[2 * i + 1];
    if (n % 2 == 1) sums[n / 2] = sums[n - 1];
  }
  return sums[0];
}

/// Sum of term(i) over rows i in [0, rows), in parallel over tiles. @param term  a pure function: row -> double.
template <class Term>
double tile_sum(std::size_t rows, const Term& term) {
  std::vector<double> tiles((rows + tile_rows - 1) / tile_rows);
  parallel_for_blocks(rows, tile_rows, [&](std::size_t begin, std::size_t end) {
    std::array<double, tile_lanes> lane{};
    for (std::size_t i = begin; i < end; ++i) lane[i % tile_lanes] += term(i);
    tiles[begin / tile_rows] = add_lanes(lane);
  });
  return add_pairwise(tiles);
}

}  // namespace cartwheel::core
