#pragma once

#include <cstdint>

#include "core/launch.cuh"
#include "tree/histogram.cuh"

/// Parts the rows of all nodes of a level at once, each side in its old order: a mark a row, one sum of them over the
/// whole level, and a move.
namespace cartwheel::tree {

/// The levels of splits by level: see list_levels. Null where no column has levels.
struct LevelWords {
  const std::uint32_t* first;  ///< [nodes + 1]
  const std::uint32_t* words;
};

template <class C>
__device__ bool goes_left(const TrainingView<C>& training, const BasicSplit<C>& split, const LevelWords& levels,
                          std::uint32_t n, std::uint32_t row) {
  const DeviceColumn& column = training.columns.of[split.feature];
  const std::uint32_t bin = training.columns.bin(row, column);
  if (column.by_level) {
    const bool listed = (levels.words[levels.first[n] + bin / 32] >> (bin % 32) & 1) != 0;
    return listed != split.missing_left;
  }
  return bin <= split.bin || (split.missing_left && bin == column.missing);
}

/// @param left  [level.rows + 1] 1 for a row that goes left. @param left_rows  [level.size] counts of those rows, added
/// up where a split does not know them: with sample weights.
template <class C>
__global__ void mark_rows(TrainingView<C> training, LevelView<C> level, LevelWords levels, std::uint32_t* left,
                          Counts* left_rows) {
  const std::size_t i = core::thread_number();
  if (i > level.rows) return;
  left[i] = 0;
  if (i == level.rows) return;
  const std::uint32_t n = level.node_of[i];
  const BasicSplit<C>& split = level.best[n];
  const TreeRow row = level.row[i];
  if (!split.found() || !goes_left(training, split, levels, n, row.row)) return;
  left[i] = 1;
  if constexpr (sizeof(C) != sizeof(Counts)) {
    const std::uint32_t weight = row.weight_and_label >> 1;
    add_global(left_rows + n, Counts{weight, (row.weight_and_label & 1) != 0 ? weight : 0});
  }
}

/// What becomes of a node. It is all that the host hears of it.
template <class C>
struct NodeRecord {
  BasicSplit<C> split;
  Counts left_rows;
  std::uint32_t left_distinct;
  std::uint32_t first_level_word;
  bool left_open, right_open;
};

/// @param left_before  [level.rows + 1] how many rows before each go left. @param children  [level.size + 1] open
/// children of each node in the high half, their rows in the low one.
template <class C>
__global__ void record_nodes(TrainingView<C> training, LevelView<C> level, LevelWords levels,
                             const std::uint32_t* left_before, const Counts* left_rows, NodeRecord<C>* records,
                             std::uint64_t* children) {
  const auto n = static_cast<std::uint32_t>(core::thread_number());
  if (n > level.size) return;
  children[n] = 0;
  if (n == level.size) return;
  NodeRecord<C> record{};
  record.split = level.best[n];
  if (record.split.found()) {
    const OpenNode<C>& node = level.nodes[n];
    record.left_distinct = left_before[node.end] - left_before[node.begin];
    if constexpr (sizeof(C) == sizeof(Counts))
      record.left_rows = record.split.left;
    else
      record.left_rows = left_rows[n];
    if (levels.first != nullptr) record.first_level_word = levels.first[n];
    const std::uint32_t right_distinct = node.distinct_rows() - record.left_distinct;
    record.left_open = training.stop.is_open(record.left_rows, record.left_distinct, level.depth + 1);
    record.right_open = training.stop.is_open(node.rows - record.left_rows, right_distinct, level.depth + 1);
    children[n] = (std::uint64_t{record.left_open} + record.right_open) << 32 |
                  ((record.left_open ? record.left_distinct : 0) + (record.right_open ? right_distinct : 0));
  }
  records[n] = record;
}

/// The nodes of the next level. @param before  as `children`, added up over the nodes before.
/// @param has_slots  whether the level's large nodes have histograms that children can be subtracted from.
template <class C>
__global__ void open_children(TrainingView<C> training, LevelView<C> level, const NodeRecord<C>* records,
                              const std::uint64_t* before, bool has_slots, OpenNode<C>* next,
                              std::uint64_t* next_constant) {
  const auto n = static_cast<std::uint32_t>(core::thread_number());
  if (n >= level.size) return;
  const NodeRecord<C>& record = records[n];
  const OpenNode<C>& parent = level.nodes[n];
  auto number = static_cast<std::uint32_t>(before[n] >> 32), begin = static_cast<std::uint32_t>(before[n]);
  const std::uint32_t right_distinct = parent.distinct_rows() - record.left_distinct;
  const bool left_is_larger = record.left_distinct > right_distinct;
  const bool subtract = has_slots && record.left_open && record.right_open &&
                        max(record.left_distinct, right_distinct) > training.large_rows;
  for (const bool right : {false, true}) {
    if (!(right ? record.right_open : record.left_open)) continue;
    OpenNode<C> child;
    child.tree = parent.tree;
    child.begin = begin;
    child.end = begin += right ? right_distinct : record.left_distinct;
    child.build = !subtract ? Build::own : right != left_is_larger ? Build::larger : Build::smaller;
    child.sibling = right ? number - 1 : number + 1;
    child.parent_slot = parent.begin / training.large_rows;
    child.path = child_path(parent.path, right);
    child.sum = right ? parent.sum - record.split.left : record.split.left;
    child.rows = right ? parent.rows - record.left_rows : record.left_rows;
    for (std::uint32_t word = 0; word < training.mask_words; ++word)
      next_constant[std::size_t{number} * training.mask_words + word] =
          level.constant[std::size_t{n} * training.mask_words + word];
    next[number++] = child;
  }
}

/// Moves the rows of open children to their places in the next level.
template <class C>
__global__ void move_rows(LevelView<C> level, const std::uint32_t* left_before, const NodeRecord<C>* records,
                          const std::uint64_t* before, const OpenNode<C>* next, TreeRow* next_row,
                          std::uint32_t* next_node_of) {
  const std::size_t i = core::thread_number();
  if (i >= level.rows) return;
  const std::uint32_t n = level.node_of[i];
  const NodeRecord<C>& record = records[n];
  const bool right = left_before[i + 1] == left_before[i];
  if (!record.split.found() || !(right ? record.right_open : record.left_open)) return;
  const std::uint32_t begin = level.nodes[n].begin, left = left_before[i] - left_before[begin];
  const auto child = static_cast<std::uint32_t>(before[n] >> 32) + (right && record.left_open ? 1 : 0);
  const std::uint32_t place = next[child].begin + (right ? static_cast<std::uint32_t>(i) - begin - left : left);
  next_row[place] = level.row[i];
  next_node_of[place] = child;
}

}  // namespace cartwheel::tree
