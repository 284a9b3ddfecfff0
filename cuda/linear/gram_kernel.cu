#include <algorithm>
#include <bit>

#include "core/launch.cuh"
#include "core/pairwise_sum.hpp"
#include "linear/gram_kernel.cuh"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;
constexpr unsigned threads = 256;

/// A block of threads works 32 x 32 pairs of columns: eight threads (lanes) a cell of 4 x 4 pairs, kept in registers.
constexpr unsigned cell_side = 4, cells_a_side = 8, block_side = cell_side * cells_a_side;
constexpr unsigned pair_threads = cells_a_side * cells_a_side * tile_lanes;
/// Rows that are in shared memory at a time; a padded pitch spreads the cells of a warp over the banks.
constexpr unsigned stretch = 32, pitch = stretch + 2;

/// A GramLayout as kernels see it.
struct LayoutView {
  const std::uint32_t* centred;  ///< [centred_count]
  const std::uint32_t* rare;     ///< [rare_count]
  std::uint32_t centred_count, rare_count;
  std::size_t first_of_mixed, first_of_rare, threes;

  __device__ std::size_t of_centred(std::size_t j, std::size_t k) const {  // j <= k
    constexpr std::size_t side = GramLayout::side;
    const std::size_t row = j / side, column = k / side;
    return side * side * (row * threes - row * (row + 1) / 2 + column) + side * (j % side) + k % side;
  }
};

/// Tiles [first, first + count) of rows, and where their sums go: table[sum * count + tile - first].
struct TileBatch {
  std::size_t first, count;
  double* table;

  __device__ double& sum(std::size_t number, std::size_t tile_of_batch) const {
    return table[number * count + tile_of_batch];
  }
};

/// The column of ones comes last among the centred.
__device__ double centred_value(const DesignView& design, std::uint32_t coordinate, std::size_t row) {
  return coordinate == design.columns() ? 1.0 : design.centred(coordinate, row);
}

/// Which blocks of columns meet in block `pair` of a triangle whose rows are row <= column.
__device__ void find_pair(unsigned pair, unsigned blocks, unsigned& row, unsigned& column) {
  for (row = 0; pair >= blocks - row; ++row) pair -= blocks - row;
  column = row + pair;
}

/// Sums of w z_j z_k over one tile. Grid: (tiles of the batch, pairs of blocks of columns).
__global__ void __launch_bounds__(pair_threads)
    centred_kernel(const DesignView design, const LayoutView layout, const double* curvature, const TileBatch batch) {
  __shared__ double weighted[block_side][pitch], plain[block_side][pitch];
  const unsigned lane = threadIdx.x % tile_lanes, cell = threadIdx.x / tile_lanes;
  const unsigned j_cell = cell / cells_a_side * cell_side, k_cell = cell % cells_a_side * cell_side;
  unsigned j_block, k_block;
  find_pair(blockIdx.y, (layout.centred_count + block_side - 1) / block_side, j_block, k_block);
  const std::size_t tile = batch.first + blockIdx.x, begin = tile * tile_rows,
                    end = min(design.rows, begin + tile_rows);
  double sum[cell_side][cell_side] = {};
  for (std::size_t first = begin; first < end; first += stretch) {
    for (unsigned i = threadIdx.x; i < block_side * stretch; i += pair_threads) {
      const std::size_t row = first + i % stretch;
      const unsigned place = i / stretch, j = j_block * block_side + place, k = k_block * block_side + place;
      // A ragged end is filled up with rows that add nothing.
      weighted[place][i % stretch] =
          row < end && j < layout.centred_count ? curvature[row] * centred_value(design, layout.centred[j], row) : 0.0;
      plain[place][i % stretch] =
          row < end && k < layout.centred_count ? centred_value(design, layout.centred[k], row) : 0.0;
    }
    __syncthreads();
    for (unsigned i = lane; i < stretch; i += tile_lanes) {
      double w[cell_side], z[cell_side];
      for (unsigned j = 0; j < cell_side; ++j) w[j] = weighted[j_cell + j][i];
      for (unsigned k = 0; k < cell_side; ++k) z[k] = plain[k_cell + k][i];
      for (unsigned j = 0; j < cell_side; ++j)
        for (unsigned k = 0; k < cell_side; ++k) sum[j][k] += w[j] * z[k];
    }
    __syncthreads();
  }
  for (unsigned j = 0; j < cell_side; ++j)
    for (unsigned k = 0; k < cell_side; ++k) {
      const double total = core::add_lanes_of_warp(sum[j][k]);
      const std::size_t row = j_block * block_side + j_cell + j, column = k_block * block_side + k_cell + k;
      if (lane == 0 && row <= column && column < layout.centred_count)
        batch.sum(layout.of_centred(row, column), blockIdx.x) = total;
    }
}

/// Sums of w z_j u_k over the unusual values of column k in one tile: a thread a (tile, k, j).
__global__ void __launch_bounds__(threads)
    mixed_kernel(const DesignView design, const LayoutView layout, const double* curvature, const TileBatch batch) {
  const std::size_t number = core::thread_number(), pairs = std::size_t{layout.rare_count} * layout.centred_count;
  if (number >= batch.count * pairs) return;
  const std::size_t place = number / pairs, tile = batch.first + place, pair = number % pairs;
  const std::uint32_t k = layout.rare[pair / layout.centred_count], j = layout.centred[pair % layout.centred_count];
  const std::uint64_t end = design.first_entry(k, tile + 1);
  double sum = 0.0;
  for (std::uint64_t e = design.first_entry(k, tile); e < end; ++e) {
    const std::size_t row = design.row[e];
    const double weighted = curvature[row] * (static_cast<double>(design.value[e]) - design.usual[k]);
    sum += weighted * centred_value(design, j, row);
  }
  batch.sum(layout.first_of_mixed + pair, place) = sum;
}

/// Sums of w u_j u_k over the rows of one tile in which both are unusual: a thread a (tile, j, k), j <= k.
__global__ void __launch_bounds__(threads)
    rare_kernel(const DesignView design, const LayoutView layout, const double* curvature, const TileBatch batch) {
  const std::size_t number = core::thread_number(), pairs = std::size_t{layout.rare_count} * layout.rare_count;
  if (number >= batch.count * pairs) return;
  const std::size_t place = number / pairs, tile = batch.first + place, pair = number % pairs;
  const std::uint32_t j_place = static_cast<std::uint32_t>(pair / layout.rare_count),
                      k_place = static_cast<std::uint32_t>(pair % layout.rare_count);
  if (j_place > k_place) return;
  const std::uint32_t j = layout.rare[j_place], k = layout.rare[k_place];
  std::uint64_t a = design.first_entry(j, tile), b = design.first_entry(k, tile);
  const std::uint64_t a_end = design.first_entry(j, tile + 1), b_end = design.first_entry(k, tile + 1);
  double sum = 0.0;
  while (a < a_end && b < b_end) {
    const std::uint32_t row = design.row[a], other = design.row[b];
    if (row == other) {
      const double weighted = curvature[row] * (static_cast<double>(design.value[a]) - design.usual[j]);
      sum += weighted * (static_cast<double>(design.value[b]) - design.usual[k]);
    }
    a += row <= other ? 1 : 0;
    b += other <= row ? 1 : 0;
  }
  batch.sum(layout.first_of_rare + pair, place) = sum;
}

/// Tiles worked at once: a power of two, so that adding batches pairwise is adding tiles pairwise.
std::size_t tiles_at_once(const DesignOnDevice& design, std::size_t sums) {
  constexpr std::size_t most = 256, most_numbers = std::size_t{1} << 25;
  const std::size_t room = core::DeviceContext::get().free_memory() / 2 / sizeof(double);
  const std::size_t by_memory = std::bit_floor(std::max<std::size_t>(1, std::min(most_numbers, room) / sums));
  return std::min({most, design.tiles_a_block(), by_memory});
}

}  // namespace

std::vector<double> gram_sums_on_device(DesignOnDevice& design, const GramLayout& layout, const double* curvature) {
  const std::size_t sums = layout.sums(), at_once = tiles_at_once(design, sums);
  const std::size_t batches = (design.tiles() + at_once - 1) / at_once;
  const core::DeviceBuffer<std::uint32_t> centred(std::span<const std::uint32_t>(layout.centred), "coordinates"),
      rare(std::span<const std::uint32_t>(layout.rare), "coordinates");
  const LayoutView view{centred.data(),
                        rare.data(),
                        static_cast<std::uint32_t>(layout.centred.size()),
                        static_cast<std::uint32_t>(layout.rare.size()),
                        layout.mixed(0, 0),
                        layout.both_rare(0, 0),
                        layout.threes()};
  const unsigned blocks = (view.centred_count + block_side - 1) / block_side, pairs = blocks * (blocks + 1) / 2;
  core::DeviceBuffer<double> table(sums * at_once, "Gram sums of tiles"), parts(sums * batches, "Gram sums");
  std::vector<double> all(sums * batches);
  for (std::size_t number = 0; number < batches; ++number) {
    const TileBatch batch{number * at_once, std::min(at_once, design.tiles() - number * at_once), table.data()};
    const DesignView& block = design.block(batch.first / design.tiles_a_block());
    table.fill_with_zeros();  // places that belong to no pair
    core::launch("computing a Gram matrix", centred_kernel, dim3(static_cast<unsigned>(batch.count), pairs),
                 pair_threads, 0, block, view, curvature, batch);
    core::launch("computing a Gram matrix", mixed_kernel,
                 core::blocks_for(batch.count * view.rare_count * view.centred_count, threads), threads, 0, block, view,
                 curvature, batch);
    core::launch("computing a Gram matrix", rare_kernel,
                 core::blocks_for(batch.count * view.rare_count * view.rare_count, threads), threads, 0, block, view,
                 curvature, batch);
    core::add_pairwise_on_device(table.data(), sums, batch.count, parts.data() + number * sums);
  }
  // [batches x sums] on the host: few batches, each added in turn.
  parts.get(all);
  std::vector<double> result(sums), column(batches);
  for (std::size_t i = 0; i < sums; ++i) {
    for (std::size_t number = 0; number < batches; ++number) column[number] = all[number * sums + i];
    result[i] = core::add_pairwise(column);
  }
  return result;
}

}  // namespace cartwheel::linear
