#pragma once

#include <cstdint>

#include "tree/level.cuh"

namespace cartwheel::tree {

/// Adds to a cell. Integers commute, so whatever order the threads come in, the sum has the same bits. In shared memory
/// a 64-bit addition would be a loop of compare-and-swap, two of 32 bits are not.
__device__ inline void add_shared(Counts* cell, Counts counts) {
  atomicAdd(&cell->rows, counts.rows);
  if (counts.positives != 0) atomicAdd(&cell->positives, counts.positives);
}
__device__ inline void add_shared(WeightedCounts* cell, WeightedCounts counts) {
  atomicAdd(reinterpret_cast<unsigned long long*>(&cell->rows), counts.rows);
  if (counts.positives != 0) atomicAdd(reinterpret_cast<unsigned long long*>(&cell->positives), counts.positives);
}
__device__ inline void add_global(Counts* cell, Counts counts) {
  atomicAdd(reinterpret_cast<unsigned long long*>(cell), std::uint64_t{counts.positives} << 32 | counts.rows);
}
__device__ inline void add_global(WeightedCounts* cell, WeightedCounts counts) { add_shared(cell, counts); }

/// The histograms of up to `columns` narrow columns in shared memory. All threads of a block work on them together.
template <class C>
struct SharedHistograms {
  C* counts;
  std::uint32_t* distinct;  ///< Null if not counted.
  std::uint32_t width;      ///< Cells a column.

  /// Dynamic shared memory that `columns` of them take.
  static std::size_t bytes(std::uint32_t columns, std::uint32_t width, bool count_distinct) {
    return std::size_t{columns} * width * (sizeof(C) + (count_distinct ? sizeof(std::uint32_t) : 0));
  }
  __device__ SharedHistograms(unsigned char* memory, std::uint32_t columns, std::uint32_t cells, bool count_distinct)
      : counts(reinterpret_cast<C*>(memory)),
        distinct(count_distinct ? reinterpret_cast<std::uint32_t*>(counts + std::size_t{columns} * cells) : nullptr),
        width(cells) {}

  __device__ void clear(std::uint32_t columns) const {
    for (std::uint32_t i = threadIdx.x; i < columns * width; i += blockDim.x) {
      counts[i] = C{};
      if (distinct != nullptr) distinct[i] = 0;
    }
  }
  /// @param places  [columns] of the bins in a row; no_bin: leave out.
  __device__ void add_rows(const TrainingView<C>& training, const TreeRow* rows, std::uint32_t begin, std::uint32_t end,
                           const std::uint32_t* places, std::uint32_t columns) const {
    for (std::uint32_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
      const TreeRow row = rows[i];
      const C of_row = training.counts_of(row);
      const std::uint8_t* const bins = training.columns.bytes + std::size_t{row.row} * training.columns.narrow_count;
      for (std::uint32_t k = 0; k < columns; ++k) {
        if (places[k] == no_bin) continue;
        const std::uint32_t cell = k * width + bins[places[k]];
        add_shared(counts + cell, of_row);
        if (distinct != nullptr) atomicAdd(distinct + cell, 1u);
      }
    }
  }
};

inline constexpr std::uint32_t most_at_once = 32;
inline constexpr std::uint32_t search_threads = 128;

/// Which features a block looks at: those of a group that are narrow and not known to be constant in the node.
struct BlockFeatures {
  std::uint32_t number[most_at_once];  ///< no_bin: none.
  std::uint32_t place[most_at_once];
};

/// @return positions of the group, which may be none. To be called by all threads of a block.
template <class C>
__device__ std::uint32_t take_features(const TrainingView<C>& training, const LevelView<C>& level,
                                       const RoundView& round, std::uint32_t node, std::uint32_t group,
                                       BlockFeatures& features) {
  const std::uint32_t positions =
      training.all_features() ? training.columns.narrow_count : round.positions(training, node);
  const std::uint32_t first = group * round.at_once;
  const std::uint32_t size = first < positions ? min(round.at_once, positions - first) : 0;
  if (threadIdx.x < size) {
    const std::uint32_t j = round.feature(training, node, first + threadIdx.x);
    const bool wanted = !training.columns.of[j].wide && !level.is_constant(training, node, j);
    features.number[threadIdx.x] = wanted ? j : no_bin;
    features.place[threadIdx.x] = wanted ? training.columns.of[j].place : no_bin;
  }
  __syncthreads();
  return size;
}

/// The slot of a node that is summed, and not subtracted: its own, or, if it is small, its larger sibling's.
template <class C>
__device__ std::uint32_t summed_slot(const LevelView<C>& level, std::uint32_t n, std::uint32_t large_rows) {
  const OpenNode<C>& node = level.nodes[n];
  return (node.distinct_rows() > large_rows ? node.begin : level.nodes[node.sibling].begin) / large_rows;
}

/// Sums the rows of large nodes: a block takes `large_rows` rows of the level's array, and adds what it found to the
/// histograms in global memory. As a large node has more rows than a block takes, the block's first or last row belongs
/// to each large node, or pair of siblings with one, that the block meets.
template <class C>
__global__ void sum_large_nodes(TrainingView<C> training, LevelView<C> level, RoundView round, SlotsView<C> slots) {
  extern __shared__ __align__(16) unsigned char memory[];
  __shared__ BlockFeatures features;
  const std::uint32_t chunk = training.large_rows, width = training.columns.widest_narrow;
  const std::uint32_t first_row = blockIdx.x * chunk, end_row = min(level.rows, first_row + chunk);
  const SharedHistograms<C> histograms(memory, round.at_once, width, training.count_distinct);
  std::uint32_t last = level.size;
  for (const std::uint32_t row : {first_row, end_row - 1}) {
    std::uint32_t n = level.node_of[row];
    if (level.nodes[n].build == Build::larger) n = level.nodes[n].sibling;  // its rows are summed, not this one's
    const OpenNode<C>& node = level.nodes[n];
    const bool summed = node.distinct_rows() > chunk || node.build == Build::smaller;
    if (n == last || !summed || level.done[n] != 0) continue;
    last = n;
    const std::uint32_t begin = max(node.begin, first_row), end = min(node.end, end_row);
    if (begin >= end) continue;
    __syncthreads();
    const std::uint32_t columns = take_features(training, level, round, n, blockIdx.y, features);
    histograms.clear(columns);
    __syncthreads();
    histograms.add_rows(training, level.row, begin, end, features.place, columns);
    __syncthreads();
    const std::size_t to = summed_slot(level, n, chunk) * slots.cells + std::size_t{blockIdx.y} * round.at_once * width;
    for (std::uint32_t i = threadIdx.x; i < columns * width; i += blockDim.x) {
      if (histograms.counts[i] == C{}) continue;
      add_global(slots.counts + to + i, histograms.counts[i]);
      if (training.count_distinct) atomicAdd(slots.distinct + to + i, histograms.distinct[i]);
    }
  }
}

/// Histograms of larger siblings: their parents' less those of the smaller. Block (slot, part of its cells).
template <class C>
__global__ void subtract_siblings(LevelView<C> level, std::uint32_t large_rows, SlotsView<C> slots,
                                  SlotsView<C> parents) {
  const std::uint32_t slot = blockIdx.x;
  const std::uint32_t n = level.node_of[min(level.rows, (slot + 1) * large_rows) - 1];
  const OpenNode<C>& node = level.nodes[n];
  if (node.build != Build::larger || node.begin / large_rows != slot) return;
  const std::size_t from = summed_slot(level, node.sibling, large_rows) * slots.cells;
  const std::size_t parent = node.parent_slot * parents.cells, to = slot * slots.cells;
  for (std::size_t i = std::size_t{blockIdx.y} * blockDim.x + threadIdx.x; i < slots.cells;
       i += std::size_t{gridDim.y} * blockDim.x) {
    slots.counts[to + i] = parents.counts[parent + i] - slots.counts[from + i];
    if (slots.distinct != nullptr) slots.distinct[to + i] = parents.distinct[parent + i] - slots.distinct[from + i];
  }
}

}  // namespace cartwheel::tree
