#pragma once

#include <cstdint>

#include "core/launch.cuh"
#include "tree/find_split.cuh"

/// Columns of more cells than shared memory is meant for (and, where a chosen split is by level, any column). Each
/// block has a histogram in global memory of its own, so memory does not depend on the number of nodes.
namespace cartwheel::tree {

template <class C>
struct ScratchView {
  std::uint32_t cells;      ///< A block.
  C* counts;                ///< [blocks x cells], all 0 between uses.
  std::uint32_t* distinct;  ///< The same.
  std::uint32_t* lists;     ///< [blocks x the next power of two]
  std::uint32_t list_size;

  __device__ C* counts_of_block() const { return counts + std::size_t{blockIdx.x} * cells; }
  __device__ std::uint32_t* distinct_of_block() const { return distinct + std::size_t{blockIdx.x} * cells; }
  __device__ std::uint32_t* list_of_block() const { return lists + std::size_t{blockIdx.x} * list_size; }
};

/// Sums a node's rows by one column; a block's work.
template <class C>
__device__ void sum_column(const TrainingView<C>& training, const LevelView<C>& level, const OpenNode<C>& node,
                           const DeviceColumn& column, const ScratchView<C>& scratch) {
  C* const counts = scratch.counts_of_block();
  for (std::uint32_t i = node.begin + threadIdx.x; i < node.end; i += blockDim.x) {
    const TreeRow row = level.row[i];
    const std::uint32_t bin = training.columns.bin(row.row, column);
    add_global(counts + bin, training.counts_of(row));
    if (training.count_distinct) atomicAdd(scratch.distinct_of_block() + bin, 1u);
  }
  __syncthreads();
}

/// Makes the scratch 0 again: by the node's rows, where they are fewer than the cells.
template <class C>
__device__ void clear_column(const TrainingView<C>& training, const LevelView<C>& level, const OpenNode<C>& node,
                             const DeviceColumn& column, const ScratchView<C>& scratch) {
  C* const counts = scratch.counts_of_block();
  std::uint32_t* const distinct = scratch.distinct_of_block();
  __syncthreads();
  const bool by_rows = node.distinct_rows() < column.cells;
  const std::uint32_t first = by_rows ? node.begin : 0, end = by_rows ? node.end : column.cells;
  for (std::uint32_t i = first + threadIdx.x; i < end; i += blockDim.x) {
    const std::uint32_t bin = by_rows ? training.columns.bin(level.row[i].row, column) : i;
    counts[bin] = C{};
    distinct[bin] = 0;
  }
  __syncthreads();
}

/// The bins of a category column that occur, by their share of positives; a block's work. @return how many.
template <class C>
__device__ std::uint32_t order_levels(const DeviceColumn& column, const ScratchView<C>& scratch) {
  __shared__ std::uint32_t size;
  const C* const counts = scratch.counts_of_block();
  if (threadIdx.x < warp_size) {
    const std::uint32_t occurring = list_occurring(counts, column.cells, column.missing, scratch.list_of_block());
    if (threadIdx.x == 0) size = occurring;
  }
  __syncthreads();
  sort_by_share<BlockTeam>(counts, scratch.list_of_block(), size);
  return size;
}

/// Finds the splits of nodes by wide columns, one block after the other taking a (node, position).
template <class C>
__global__ void search_wide(TrainingView<C> training, LevelView<C> level, RoundView round, ScratchView<C> scratch,
                            BasicSplit<C>* candidates) {
  const bool all = training.all_features();
  const std::uint32_t positions = all ? training.columns.wide_count : round.width;
  const std::size_t tasks = std::size_t{level.size} * positions;
  for (std::size_t task = blockIdx.x; task < tasks; task += gridDim.x) {
    const auto n = static_cast<std::uint32_t>(task / positions),
               position = static_cast<std::uint32_t>(task % positions);
    if (level.done[n] != 0 || (!all && position >= round.count[n])) continue;
    const std::uint32_t j = all ? training.columns.wide[position] : round.feature(training, n, position);
    const DeviceColumn& column = training.columns.of[j];
    if (!column.wide) continue;
    BasicSplit<C>& candidate =
        candidates[std::size_t{n} * round.candidates + (all ? round.candidates - positions : 0) + position];
    if (level.is_constant(training, n, j)) {
      if (threadIdx.x == 0) candidate = {};
      continue;
    }
    const OpenNode<C>& node = level.nodes[n];
    sum_column(training, level, node, column, scratch);
    Places places{column.missing == no_bin ? column.cells : column.missing, nullptr};
    if (column.by_level) places = {order_levels(column, scratch), scratch.list_of_block()};
    if (threadIdx.x < warp_size) {
      const GainOrder<C> order(training.trees[node.tree].rule, node.sum, training.terms);
      const ColumnHistogram<C> bins{scratch.counts_of_block(),
                                    training.count_distinct ? scratch.distinct_of_block() : nullptr};
      BasicSplit<C> best{};
      const bool varies = find_split_in_warp(order, j, bins, places, column.missing, node.distinct_rows(),
                                             training.stop.min_samples_leaf, best);
      best = best_of_warp(order, best);
      if (threadIdx.x == 0) {
        if (!varies) level.set_constant(training, n, j);
        candidate = best;
      }
    }
    clear_column(training, level, node, column, scratch);
  }
}

/// Words of 32 bits that the listed levels of each node's split take; 0 for a split of another kind.
template <class C>
__global__ void count_level_words(TrainingView<C> training, LevelView<C> level, std::uint32_t* words) {
  const std::size_t n = core::thread_number();
  if (n > level.size) return;
  words[n] = 0;
  if (n == level.size || !level.best[n].found()) return;
  const DeviceColumn& column = training.columns.of[level.best[n].feature];
  if (column.by_level) words[n] = (column.cells + 31) / 32;
}

/// Marks the levels of each split by level that go to the side where missing values do not.
/// @param first_word  [level.size + 1] of each node.
template <class C>
__global__ void list_levels(TrainingView<C> training, LevelView<C> level, ScratchView<C> scratch,
                            const std::uint32_t* first_word, std::uint32_t* words) {
  for (std::uint32_t n = blockIdx.x; n < level.size; n += gridDim.x) {
    if (first_word[n] == first_word[n + 1]) continue;
    const BasicSplit<C>& split = level.best[n];
    const DeviceColumn& column = training.columns.of[split.feature];
    const OpenNode<C>& node = level.nodes[n];
    sum_column(training, level, node, column, scratch);
    const std::uint32_t size = order_levels(column, scratch);
    const std::uint32_t begin = split.missing_left ? split.bin + 1 : 0, end = split.missing_left ? size : split.bin + 1;
    for (std::uint32_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
      const std::uint32_t bin = scratch.list_of_block()[i];
      atomicOr(words + first_word[n] + bin / 32, 1u << (bin % 32));
    }
    clear_column(training, level, node, column, scratch);
  }
}

}  // namespace cartwheel::tree
