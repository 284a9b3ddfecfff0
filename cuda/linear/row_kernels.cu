#include <limits>

#include "core/launch.cuh"
#include "linear/logistic_terms.hpp"
#include "linear/row_kernels.cuh"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;
constexpr unsigned threads = 256, warp = 32;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr unsigned columns_a_block = threads / tile_lanes;

/// Rows of a tile; those before `end` exist.
struct TileRows {
  std::size_t first, count;
  __device__ TileRows(std::size_t rows, std::size_t tile)
      : first(tile * tile_rows), count(min(rows - first, std::size_t{tile_rows})) {}
};

__global__ void __launch_bounds__(threads)
    margins_kernel(const DesignView design, const double* b, double constant, double* margin) {
  const std::size_t tile = design.first_tile + blockIdx.x;
  const TileRows rows(design.rows, tile);
  for (std::size_t i = threadIdx.x; i < rows.count; i += threads) margin[rows.first + i] = constant;
  __syncthreads();
  for (std::uint32_t j = 0; j < design.mostly_one; ++j) {
    const double slope = b[design.first_mostly_one() + j];
    if (slope == 0.0) continue;
    const double usual = design.usual[j];
    const std::uint64_t end = design.first_entry(j, tile + 1);
    for (std::uint64_t e = design.first_entry(j, tile) + threadIdx.x; e < end; e += threads)
      margin[design.row[e]] += (static_cast<double>(design.value[e]) - usual) * slope;
    __syncthreads();
  }
  for (std::size_t i = threadIdx.x; i < rows.count; i += threads) {
    const std::size_t r = rows.first + i;
    double sum = margin[r];
    for (std::uint32_t j = 0; j < design.first_mostly_one(); ++j) sum += design.centred(j, r) * b[j];
    margin[r] = sum;
  }
}

/// The least of what the threads of a block hold; the first thread gets it.
__device__ double block_min(double value, double* shared) {
  for (unsigned distance = warp / 2; distance > 0; distance /= 2) {
    const double other = __shfl_down_sync(0xffffffff, value, distance);
    value = other < value ? other : value;
  }
  if (threadIdx.x % warp == 0) shared[threadIdx.x / warp] = value;
  __syncthreads();
  for (unsigned w = 1; w < threads / warp && threadIdx.x == 0; ++w) value = shared[w] < value ? shared[w] : value;
  __syncthreads();
  return value;
}

/// A stretch of rows at a time: a thread computes a row's terms, then one thread a sum and lane adds them in order.
__global__ void __launch_bounds__(threads)
    terms_kernel(const RowsView rows, const TileRange range, const double* from, const double* to, double t,
                 double* residual, double* sums, double* extremes) {
  __shared__ double terms[row_sums][threads];
  __shared__ double of_warps[threads / warp];
  static_assert(row_sums * tile_lanes == warp);
  const std::size_t tile = range.first + blockIdx.x, tiles = range.tiles;
  const TileRows own(range.rows, tile);
  const unsigned number = threadIdx.x / tile_lanes, lane = threadIdx.x % tile_lanes;
  double sum = 0.0, smallest_margin = infinity, least_move = infinity, least_back = infinity;
  for (std::size_t begin = 0; begin < own.count; begin += threads) {
    double loss = 0.0, error = 0.0, own_residual = 0.0, slope = 0.0;
    if (begin + threadIdx.x < own.count) {
      const std::size_t r = own.first + begin + threadIdx.x;
      const double sign = 2.0 * static_cast<double>(rows.y[r]) - 1.0, weight = rows.weight(r);
      const double move = to[r] - from[r], margin = t == 1.0 ? to[r] : from[r] + t * move;
      const double own_side = sign * margin, own_move = sign * move;
      const LogisticTerms<double> of_row = logistic_terms(-own_side);
      loss = weight * of_row.loss;
      error = weight * of_row.error;
      own_residual = -sign * error;
      slope = own_residual * move;
      if (residual != nullptr) residual[r] = own_residual;
      smallest_margin = own_side < smallest_margin ? own_side : smallest_margin;
      least_move = own_move < least_move ? own_move : least_move;
      least_back = -own_move < least_back ? -own_move : least_back;
    }
    terms[0][threadIdx.x] = loss;
    terms[1][threadIdx.x] = error;
    terms[2][threadIdx.x] = own_residual;
    terms[3][threadIdx.x] = slope;
    __syncthreads();
    if (threadIdx.x < warp)
      for (unsigned i = lane; i < threads; i += tile_lanes) sum += terms[number][i];
    __syncthreads();
  }
  if (threadIdx.x < warp) {
    sum = core::add_lanes_of_warp(sum);
    if (lane == 0) sums[number * tiles + tile] = sum;
  }
  smallest_margin = block_min(smallest_margin, of_warps);
  least_move = block_min(least_move, of_warps);
  least_back = block_min(least_back, of_warps);
  if (threadIdx.x != 0) return;
  extremes[tile] = smallest_margin;
  extremes[tiles + tile] = least_move;
  extremes[2 * tiles + tile] = -least_back;
}

/// Eight threads a column, one a lane. Grid: (tiles, dense and two-valued columns / columns_a_block).
__global__ void __launch_bounds__(threads)
    gradient_kernel(const DesignView design, const double* residual, double* table) {
  __shared__ double own[tile_rows];
  const std::size_t tile = design.first_tile + blockIdx.x;
  const TileRows rows(design.rows, tile);
  for (std::size_t i = threadIdx.x; i < rows.count; i += threads) own[i] = residual[rows.first + i];
  __syncthreads();
  const std::uint32_t column = blockIdx.y * columns_a_block + threadIdx.x / tile_lanes;
  const bool is_column = column < design.first_mostly_one();
  double sum = 0.0;
  if (is_column)
    for (std::size_t i = threadIdx.x % tile_lanes; i < rows.count; i += tile_lanes)
      sum += own[i] * design.centred(column, rows.first + i);
  sum = core::add_lanes_of_warp(sum);
  if (is_column && threadIdx.x % tile_lanes == 0) table[column * design.tiles + tile] = sum;
}

/// A thread a tile and column of mostly one value.
__global__ void __launch_bounds__(threads)
    unusual_gradient_kernel(const DesignView design, const double* residual, double* table) {
  const std::size_t number = core::thread_number();
  if (number >= design.tile_count * design.mostly_one) return;
  const auto j = static_cast<std::uint32_t>(number / design.tile_count);
  const std::size_t tile = design.first_tile + number % design.tile_count;
  const std::uint64_t end = design.first_entry(j, tile + 1);
  double sum = 0.0;
  for (std::uint64_t e = design.first_entry(j, tile); e < end; ++e)
    sum += residual[design.row[e]] * (static_cast<double>(design.value[e]) - design.usual[j]);
  table[(design.first_mostly_one() + j) * design.tiles + tile] = sum;
}

__global__ void __launch_bounds__(threads)
    curvatures_kernel(const RowsView rows, std::size_t row_count, const double* margin, double* curvature) {
  const std::size_t r = core::thread_number();
  if (r < row_count) curvature[r] = rows.weight(r) * logistic_terms(margin[r]).curvature;
}

}  // namespace

void compute_margins(const DesignView& design, const double* b, double constant, double* margin) {
  core::launch("computing margins", margins_kernel, core::blocks_for(design.tile_count, 1), threads, 0, design, b,
               constant, margin);
}

void sum_rows(const RowsView& rows, const TileRange& range, const double* from, const double* to, double t,
              double* residual, double* sums, double* extremes) {
  core::launch("computing the loss", terms_kernel, core::blocks_for(range.count, 1), threads, 0, rows, range, from, to,
               t, residual, sums, extremes);
}

void sum_gradient(const DesignView& design, const double* residual, double* table) {
  const dim3 grid(core::blocks_for(design.tile_count, 1), core::blocks_for(design.first_mostly_one(), columns_a_block));
  core::launch("computing the gradient", gradient_kernel, grid, threads, 0, design, residual, table);
  core::launch("computing the gradient", unusual_gradient_kernel,
               core::blocks_for(design.tile_count * design.mostly_one, threads), threads, 0, design, residual, table);
}

void compute_curvatures(const RowsView& rows, std::size_t row_count, const double* margin, double* curvature) {
  core::launch("computing curvatures", curvatures_kernel, core::blocks_for(row_count, threads), threads, 0, rows,
               row_count, margin, curvature);
}

}  // namespace cartwheel::linear
