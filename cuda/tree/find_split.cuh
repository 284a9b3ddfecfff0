#pragma once

#include <cstdint>
#include <cstring>

#include "tree/histogram.cuh"

/// The search for a node's best split by one column: a warp a column, with the rules that the CPU has.
namespace cartwheel::tree {

inline constexpr unsigned whole_warp = 0xffffffff;
inline constexpr std::uint32_t warp_size = 32;

/// A value of the lane `down` lanes further (its own where there is none), whatever it is made of.
template <class T>
__device__ T from_lane_below(const T& value, unsigned down) {
  static_assert(sizeof(T) % 4 == 0);
  std::uint32_t words[sizeof(T) / 4];
  memcpy(words, &value, sizeof(T));
  for (std::uint32_t& word : words) word = __shfl_down_sync(whole_warp, word, down);
  T result;
  memcpy(&result, words, sizeof(T));
  return result;
}

/// Not part of its callers: comparing gains exactly is long.
template <class C>
__device__ __noinline__ void keep_better_split(const GainOrder<C>& order, const BasicSplit<C>& candidate,
                                               BasicSplit<C>& best) {
  if (best.found() && candidate.found() && order.clearly_less(candidate.score, best.score)) return;
  keep_better(order, candidate, best);
}

/// The best of all lanes' splits, in lane 0.
template <class C>
__device__ BasicSplit<C> best_of_warp(const GainOrder<C>& order, BasicSplit<C> best) {
  for (unsigned down = warp_size / 2; down > 0; down /= 2) {
    const BasicSplit<C> other = from_lane_below(best, down);
    keep_better_split(order, other, best);
  }
  return best;
}

/// The histogram of one column of one node, in any memory.
template <class C>
struct ColumnHistogram {
  const C* counts;                     ///< [cells]
  const std::uint32_t* distinct_rows;  ///< [cells]; null: each row counts once, or nobody asks.

  __device__ std::uint32_t distinct(std::uint32_t bin) const {
    return distinct_rows != nullptr ? distinct_rows[bin] : static_cast<std::uint32_t>(counts[bin].rows);
  }
};

/// Where the bins of a column stand among its cuts: in their own order, or in that of `order`.
struct Places {
  std::uint32_t size;
  const std::uint32_t* order;  ///< [size] bins, all of which occur in the node; null: place b is bin b.

  __device__ std::uint32_t bin(std::uint32_t place) const { return order != nullptr ? order[place] : place; }
};

/// Each lane keeps the best split of those it looked at in `best`. @return whether the column varies in the node.
template <class C>
__device__ bool find_split_in_warp(const GainOrder<C>& order, std::uint32_t feature, const ColumnHistogram<C>& bins,
                                   const Places& places, std::uint32_t missing, std::uint32_t distinct_rows,
                                   std::uint32_t min_samples_leaf, BasicSplit<C>& best) {
  const std::uint32_t lane = threadIdx.x % warp_size;
  const C absent = missing == no_bin ? C{} : bins.counts[missing];
  const bool has_absent = absent.rows != 0, count_distinct = min_samples_leaf > 1;
  const std::uint32_t distinct_absent = count_distinct && has_absent ? bins.distinct(missing) : 0;
  const C present = order.node() - absent;
  const std::uint32_t distinct_present = distinct_rows - distinct_absent;

  const auto consider = [&](std::uint32_t place, std::uint32_t next, bool missing_left, C left,
                            std::uint32_t distinct_left) {
    if (count_distinct && (distinct_left < min_samples_leaf || distinct_rows - distinct_left < min_samples_leaf))
      return;
    BasicSplit<C> split;
    split.feature = static_cast<std::int32_t>(feature);
    split.bin = place;
    split.next_bin = next;
    split.missing_left = missing_left;
    split.left = left;
    split.score = order.score(left);
    keep_better_split(order, split, best);
  };

  // From the last place to the first, 32 at a time: so the next bin that occurs is known where a bin is looked at.
  C above{};  // the rows of all places behind these 32
  std::uint32_t distinct_above = 0, next = no_bin, kinds = has_absent ? 1 : 0;
  for (std::uint32_t first = (places.size + warp_size - 1) / warp_size * warp_size; first > 0;) {
    first -= warp_size;
    const std::uint32_t place = first + lane;
    C here{};
    std::uint32_t distinct_here = 0;
    if (place < places.size) {
      const std::uint32_t bin = places.bin(place);
      here = bins.counts[bin];
      if (count_distinct && here.rows != 0) distinct_here = bins.distinct(bin);
    }
    const unsigned occurring = __ballot_sync(whole_warp, here.rows != 0);
    if (occurring == 0) continue;
    kinds += __popc(occurring);
    C from_here = here;  // to the end of the 32
    std::uint32_t distinct_from_here = distinct_here;
    for (unsigned down = 1; down < warp_size; down *= 2) {
      const C more = from_lane_below(from_here, down);
      const std::uint32_t distinct_more = __shfl_down_sync(whole_warp, distinct_from_here, down);
      if (lane + down < warp_size) {
        from_here = from_here + more;
        distinct_from_here += distinct_more;
      }
    }
    if (here.rows != 0) {
      const C left = present - (above + from_here) + here;
      const std::uint32_t distinct_left = distinct_present - (distinct_above + distinct_from_here) + distinct_here;
      const unsigned behind = lane + 1 < warp_size ? occurring >> (lane + 1) : 0;
      const std::uint32_t its_next = behind != 0 ? place + static_cast<std::uint32_t>(__ffs(behind)) : next;
      if (!has_absent) {
        if (its_next != no_bin) consider(place, its_next, left.rows >= (order.node() - left).rows, left, distinct_left);
      } else {
        if (its_next != no_bin) consider(place, its_next, true, left + absent, distinct_left + distinct_absent);
        consider(place, its_next, false, left, distinct_left);
      }
    }
    above = above + C{__shfl_sync(whole_warp, from_here.rows, 0), __shfl_sync(whole_warp, from_here.positives, 0)};
    distinct_above += __shfl_sync(whole_warp, distinct_from_here, 0);
    next = first + static_cast<std::uint32_t>(__ffs(occurring)) - 1;
  }
  return kinds > 1;
}

/// Some threads that sort a list together.
struct WarpTeam {
  __device__ static std::uint32_t number() { return threadIdx.x % warp_size; }
  __device__ static std::uint32_t size() { return warp_size; }
  __device__ static void wait() { __syncwarp(); }
};
struct BlockTeam {
  __device__ static std::uint32_t number() { return threadIdx.x; }
  __device__ static std::uint32_t size() { return blockDim.x; }
  __device__ static void wait() { __syncthreads(); }
};

/// Sorts bins by their share of positives, ties by their number. @param list  with room for the next power of two.
template <class Team, class C>
__device__ void sort_by_share(const C* counts, std::uint32_t* list, std::uint32_t size) {
  std::uint32_t padded = 1;
  while (padded < size) padded *= 2;
  for (std::uint32_t i = size + Team::number(); i < padded; i += Team::size()) list[i] = no_bin;
  const auto precedes_other = [&](std::uint32_t a, std::uint32_t b) {
    if (a == no_bin || b == no_bin) return b == no_bin && a != no_bin;
    bool equal;
    const bool smaller = smaller_share(counts[a], counts[b], equal);
    return equal ? a < b : smaller;
  };
  // Batcher's bitonic network.
  for (std::uint32_t run = 2; run <= padded; run *= 2)
    for (std::uint32_t step = run / 2; step > 0; step /= 2) {
      Team::wait();
      for (std::uint32_t i = Team::number(); i < padded / 2; i += Team::size()) {
        const std::uint32_t low = i / step * (2 * step) + i % step, high = low + step;
        const bool increasing = (low & run) == 0;
        const std::uint32_t a = list[low], b = list[high];
        if (increasing ? precedes_other(b, a) : precedes_other(a, b)) {
          list[low] = b;
          list[high] = a;
        }
      }
    }
  Team::wait();
}

/// Lists the bins below `cells` that occur, without the missing one; a warp's work. @return how many.
template <class C>
__device__ std::uint32_t list_occurring(const C* counts, std::uint32_t cells, std::uint32_t missing,
                                        std::uint32_t* list) {
  const std::uint32_t lane = threadIdx.x % warp_size;
  std::uint32_t size = 0;
  for (std::uint32_t first = 0; first < cells; first += warp_size) {
    const std::uint32_t bin = first + lane;
    const bool occurs = bin < cells && bin != missing && counts[bin].rows != 0;
    const unsigned occurring = __ballot_sync(whole_warp, occurs);
    if (occurs) list[size + static_cast<std::uint32_t>(__popc(occurring & ((1u << lane) - 1)))] = bin;
    size += static_cast<std::uint32_t>(__popc(occurring));
  }
  __syncwarp();
  return size;
}

/// Finds the splits of nodes by narrow columns: block (node, group of features). The rows of a small node are summed
/// here, the histograms of a large one are there already.
/// @param candidates  [level.size x round.candidates]: of each position, or, where all features are looked at, of each
/// warp of each group.
template <class C>
__global__ void search_narrow(TrainingView<C> training, LevelView<C> level, RoundView round, SlotsView<C> slots,
                              BasicSplit<C>* candidates) {
  extern __shared__ __align__(16) unsigned char memory[];
  __shared__ BlockFeatures features;
  __shared__ std::uint32_t lists[search_threads / warp_size][narrow_cells];
  const std::uint32_t n = blockIdx.x, group = blockIdx.y, width = training.columns.widest_narrow;
  if (level.done[n] != 0) return;
  const OpenNode<C> node = level.nodes[n];
  const std::uint32_t columns = take_features(training, level, round, n, group, features);
  const SharedHistograms<C> histograms(memory, round.at_once, width, training.count_distinct);
  if (node.distinct_rows() > training.large_rows) {
    const std::size_t from =
        node.begin / training.large_rows * slots.cells + std::size_t{group} * round.at_once * width;
    for (std::uint32_t i = threadIdx.x; i < columns * width; i += blockDim.x) {
      histograms.counts[i] = slots.counts[from + i];
      if (training.count_distinct) histograms.distinct[i] = slots.distinct[from + i];
    }
  } else {
    histograms.clear(columns);
    __syncthreads();
    histograms.add_rows(training, level.row, node.begin, node.end, features.place, columns);
  }
  __syncthreads();

  const std::uint32_t warp = threadIdx.x / warp_size, warps = blockDim.x / warp_size, lane = threadIdx.x % warp_size;
  const GainOrder<C> order(training.trees[node.tree].rule, node.sum, training.terms);
  BasicSplit<C>* const found = candidates + std::size_t{n} * round.candidates;
  BasicSplit<C> best{};
  for (std::uint32_t k = warp; k < columns; k += warps) {
    const std::uint32_t j = features.number[k];
    if (j == no_bin) continue;
    const DeviceColumn& column = training.columns.of[j];
    const ColumnHistogram<C> bins{histograms.counts + k * width,
                                  training.count_distinct ? histograms.distinct + k * width : nullptr};
    Places places{column.missing == no_bin ? column.cells : column.missing, nullptr};
    if (column.by_level) {
      places = {list_occurring(bins.counts, column.cells, column.missing, lists[warp]), lists[warp]};
      sort_by_share<WarpTeam>(bins.counts, lists[warp], places.size);
    }
    const bool varies = find_split_in_warp(order, j, bins, places, column.missing, node.distinct_rows(),
                                           training.stop.min_samples_leaf, best);
    __syncwarp();  // the list is written again
    if (!varies && lane == 0) level.set_constant(training, n, j);
    if (!training.all_features()) {
      best = best_of_warp(order, best);
      if (lane == 0) found[group * round.at_once + k] = best;
      best = {};
    }
  }
  if (!training.all_features()) return;
  best = best_of_warp(order, best);
  if (lane == 0) found[group * warps + warp] = best;
}

}  // namespace cartwheel::tree
