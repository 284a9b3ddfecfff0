#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "core/tile_sum.hpp"

/// The sums of core/tile_sum.hpp on the device, with the same bits: a lane's rows are added one after the other by one
/// thread, lanes and tiles in the same tree.
namespace cartwheel::core {

inline std::size_t tiles_of(std::size_t rows) { return (rows + tile_rows - 1) / tile_rows; }

/// Adds the lanes of a tile, which eight neighbouring threads of a warp hold; the first of them gets the sum. All
/// threads of the warp must call it.
__device__ inline double add_lanes_of_warp(double lane) {
  for (int distance = tile_lanes / 2; distance > 0; distance /= 2)
    lane += __shfl_down_sync(0xffffffff, lane, static_cast<unsigned>(distance), tile_lanes);
  return lane;
}

}  // namespace cartwheel::core
