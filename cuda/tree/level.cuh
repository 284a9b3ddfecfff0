#pragma once

#include <cstdint>

#include "tree/device_columns.hpp"
#include "tree/path.hpp"
#include "tree/split.hpp"
#include "tree/stop_rule.hpp"
#include "tree/tree_row.hpp"

/// What the kernels of one level see. All nodes of a level that may be split, of all trees of a batch, are numbered in
/// order of their trees and, within a tree, breadth-first; their rows lie in one array, node by node.
namespace cartwheel::tree {

/// How a node's histogram comes about.
enum class Build : std::uint32_t {
  own,      ///< From its rows.
  smaller,  ///< From its rows, for its sibling too.
  larger,   ///< The parent's less the sibling's.
};

/// @tparam C  Counts or WeightedCounts, here and in all kernels.
template <class C>
struct OpenNode {
  std::uint32_t tree;        ///< Its place in the batch.
  std::uint32_t begin, end;  ///< Its rows.
  Build build;
  std::uint32_t sibling;      ///< Its number, where the build says something of it;
  std::uint32_t parent_slot;  ///< and where the last level keeps the parent's histogram.
  std::uint64_t path;
  C sum;
  Counts rows;

  __device__ std::uint32_t distinct_rows() const { return end - begin; }
};

/// What a tree has of its own.
template <class C>
struct TreeHead {
  std::uint32_t number;
  ImpurityRule rule;
  C root;
};

/// What all levels share.
template <class C>
struct TrainingView {
  ColumnsView columns;
  const std::uint8_t* labels;  ///< [rows]
  const std::uint64_t* units;  ///< [rows], null without sample weights.
  EntropyTerms terms;
  StopRule stop;
  std::uint32_t max_features;
  std::uint64_t seed;
  bool count_distinct;       ///< Whether histograms count distinct rows apart.
  std::uint32_t large_rows;  ///< A node of more rows is summed by several blocks.
  std::uint32_t mask_words;  ///< Of 64 columns.
  const TreeHead<C>* trees;

  __device__ bool all_features() const { return max_features == columns.columns; }
  __device__ C counts_of(TreeRow row) const {
    const std::uint32_t weight = row.weight_and_label >> 1;
    const bool positive = (row.weight_and_label & 1) != 0;
    if constexpr (sizeof(C) == sizeof(Counts)) {
      return {weight, positive ? weight : 0};
    } else {
      const std::uint64_t weighed = weight * units[row.row];
      return {weighed, positive ? weighed : 0};
    }
  }
};

/// The open nodes of a level and what is found out about them.
template <class C>
struct LevelView {
  std::uint32_t size, rows, depth;
  const OpenNode<C>* nodes;
  const TreeRow* row;            ///< [rows]
  const std::uint32_t* node_of;  ///< [rows]
  std::uint64_t* constant;       ///< [size x mask_words] one bit a column: known to be constant in the node.
  BasicSplit<C>* best;           ///< [size]
  std::uint32_t* seen;           ///< [size] how many features of its random order a node has looked at;
  std::uint32_t* useful;         ///< [size] and how many of them varied.
  std::uint8_t* done;            ///< [size]

  __device__ bool is_constant(const TrainingView<C>& training, std::uint32_t node, std::uint32_t column) const {
    return (constant[std::size_t{node} * training.mask_words + column / 64] >> (column % 64) & 1) != 0;
  }
  __device__ void set_constant(const TrainingView<C>& training, std::uint32_t node, std::uint32_t column) const {
    atomicOr(reinterpret_cast<unsigned long long*>(constant + std::size_t{node} * training.mask_words + column / 64),
             1ull << (column % 64));
  }
};

/// The features that the nodes of a level look at in one round. Where a tree looks at all features, these are the
/// narrow columns and then the wide ones; else each node's next ones of its random order.
struct RoundView {
  std::uint32_t width;          ///< Features a node at most.
  const std::uint32_t* chosen;  ///< [size x width]
  const std::uint32_t* count;   ///< [size]
  std::uint32_t at_once;        ///< Narrow features that one block sums.
  std::uint32_t narrow_groups;
  std::uint32_t candidates;  ///< A node.

  template <class C>
  __device__ std::uint32_t positions(const TrainingView<C>& training, std::uint32_t node) const {
    return training.all_features() ? training.columns.columns : count[node];
  }
  template <class C>
  __device__ std::uint32_t feature(const TrainingView<C>& training, std::uint32_t node, std::uint32_t position) const {
    return training.all_features() ? training.columns.narrow[position] : chosen[std::size_t{node} * width + position];
  }
};

/// Histograms of large nodes in global memory: those of a node with rows from `begin` have slot begin / large_rows.
template <class C>
struct SlotsView {
  std::size_t cells;        ///< A slot.
  std::uint32_t size;       ///< Slots.
  C* counts;                ///< [slots x cells]: position by position, widest_narrow cells each.
  std::uint32_t* distinct;  ///< The same; null if not counted.
};

}  // namespace cartwheel::tree
