#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "tree/binning.hpp"
#include "tree/level.cuh"
#include "tree/part_rows.cuh"
#include "tree/threshold.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// Trees that are put together level by level from what the device says of each level's open nodes.
template <class C>
class AssembledTrees {
 public:
  explicit AssembledTrees(const BinnedColumns& x) : x_(x) {}

  /// @param open  whether the root may be split; the first level's nodes are the open roots, in order.
  void add_tree(const ImpurityRule& rule, const NodeCounts& root, bool open) {
    if (open) level_.push_back({trees_.size(), 0, root});
    trees_.emplace_back(rule, root, sizeof(C) != sizeof(Counts));
  }

  /// @param records  of the level's nodes, in order. @param level_words  see list_levels.
  void add_level(std::span<const NodeRecord<C>> records, std::span<const std::uint32_t> level_words) {
    std::vector<Leaf> next;
    for (std::size_t n = 0; n < records.size(); ++n) {
      const NodeRecord<C>& record = records[n];
      if (!record.split.found()) continue;
      const Leaf& leaf = level_[n];
      TreeNodes& tree = trees_[leaf.tree];
      const NodeCounts left = left_counts(record),
                       right{leaf.counts.rows - left.rows, leaf.counts.weighted - left.weighted};
      const std::size_t child = tree.size();
      const auto feature = static_cast<std::uint32_t>(record.split.feature);
      NodeSplit split{record.split.feature, 0.0f, record.split.missing_left, {}};
      if (x_.by_level(feature))
        split.levels = listed_levels(level_words.subspan(record.first_level_word, (x_.cells(feature) + 31) / 32));
      else
        split.threshold = threshold(x_, feature, record.split.bin, record.split.next_bin);
      tree.split(leaf.node, split, left, right);
      if (record.left_open) next.push_back({leaf.tree, child, left});
      if (record.right_open) next.push_back({leaf.tree, child + 1, right});
    }
    level_ = std::move(next);
  }

  std::vector<TreeNodes> take() {
    for (TreeNodes& tree : trees_) tree.shrink_to_fit();
    return std::move(trees_);
  }

 private:
  struct Leaf {
    std::size_t tree, node;
    NodeCounts counts;
  };

  static NodeCounts left_counts(const NodeRecord<C>& record) {
    if constexpr (sizeof(C) == sizeof(Counts))
      return {record.left_rows, {}};
    else
      return {record.left_rows, record.split.left};
  }
  std::span<const std::uint16_t> listed_levels(std::span<const std::uint32_t> words) {
    levels_.clear();
    for (std::size_t i = 0; i < words.size(); ++i)
      for (std::uint32_t bits = words[i]; bits != 0; bits &= bits - 1)
        levels_.push_back(static_cast<std::uint16_t>(32 * i + static_cast<std::size_t>(std::countr_zero(bits))));
    return levels_;
  }

  const BinnedColumns& x_;
  std::vector<TreeNodes> trees_;
  std::vector<Leaf> level_;
  std::vector<std::uint16_t> levels_;
};

}  // namespace cartwheel::tree
