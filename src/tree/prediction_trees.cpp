#include "tree/prediction_trees.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "tree/level_sets.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t rows_abreast = 8;
constexpr std::size_t trees_abreast = 16;  ///< More, as each has its own memory.
constexpr std::uint32_t steps_a_look = 8;  ///< After so many steps, see whether all have arrived.

/// A split: its threshold or set of levels, the slot of the row that it looks at (its highest bit set if by levels),
/// and its left child. A leaf: its number among the tree's leaves, and a split that leads back to itself, by the NaN of
/// slot 0, so that no step needs to ask whether it has arrived. The root has number 1: siblings then share a cache
/// line.
template <class Index>
struct PackedNode {
  std::uint32_t first;
  Index slot, left;
};

struct PackedTree {
  std::size_t first_node, first_leaf;
  std::uint32_t depth;
};

/// @tparam by_level  whether any node splits by level.
template <class Index, bool by_level>
class PackedTrees final : public PredictionTrees {
 public:
  PackedTrees(std::span<const TreeNodes> trees, std::size_t stride) : stride_(stride) {
    std::size_t nodes = 0;
    for (const TreeNodes& tree : trees) nodes += tree.size() + 1;
    nodes_.reserve(nodes);
    probabilities_.reserve(nodes / 2);
    for (const TreeNodes& tree : trees) add(tree);
  }

  std::size_t size() const override { return trees_.size(); }

  void add_probabilities(std::size_t tree, std::span<const float> rows, std::span<double> sums) const override {
    const double* const probabilities = probabilities_.data() + trees_[tree].first_leaf;
    for_each_leaf(tree, rows, [&](std::size_t row, const Node& leaf) { sums[row] += probabilities[leaf.first]; });
  }

  void find_leaves(std::size_t tree, std::span<const float> rows, std::span<std::uint32_t> leaves,
                   std::size_t trees) const override {
    const Node* const root = nodes_.data() + trees_[tree].first_node;
    for_each_leaf(tree, rows, [&](std::size_t row, const Node& leaf) {
      leaves[row * trees + tree] = static_cast<std::uint32_t>(&leaf - root) - 1;
    });
  }

  double sum_probabilities(std::span<const float> row, std::size_t trees) const override {
    double sum = 0.0;
    for (std::size_t begin = 0; begin < trees; begin += trees_abreast) {
      const std::size_t used = std::min(trees_abreast, trees - begin);
      std::array<const Node*, trees_abreast> nodes;
      std::uint32_t depth = 0;
      for (std::size_t i = 0; i < trees_abreast; ++i) {
        const PackedTree& tree = trees_[begin + std::min(i, used - 1)];
        nodes[i] = nodes_.data() + tree.first_node;
        depth = std::max(depth, tree.depth);
      }
      const auto at = descend<trees_abreast>(
          depth, [&](std::size_t i) { return nodes[i]; }, [&](std::size_t) { return row.data(); });
      for (std::size_t i = 0; i < used; ++i)
        sum += probabilities_[trees_[begin + i].first_leaf + nodes[i][at[i]].first];
    }
    return sum;
  }

  FlatForest flatten(std::size_t trees) const override {
    FlatForest flat;
    const std::size_t nodes = trees < size() ? trees_[trees].first_node : nodes_.size();
    const std::size_t leaves = trees < size() ? trees_[trees].first_leaf : probabilities_.size();
    for (const Node& node : std::span(nodes_).first(nodes)) {
      const bool has_levels = by_level && (node.slot & level_bit) != 0;
      const auto slot = static_cast<std::uint32_t>(has_levels ? node.slot ^ level_bit : node.slot);
      flat.nodes.push_back({node.first, slot | (has_levels ? FlatForest::level_bit : 0), node.left});
    }
    for (const PackedTree& tree : std::span(trees_).first(trees)) {
      flat.first_node.push_back(tree.first_node);
      flat.first_leaf.push_back(tree.first_leaf);
    }
    flat.probabilities.assign(probabilities_.begin(), probabilities_.begin() + static_cast<std::ptrdiff_t>(leaves));
    flat.level_sets.assign(sets_.words().begin(), sets_.words().end());
    return flat;
  }

 private:
  using Node = PackedNode<Index>;
  static constexpr Index level_bit = static_cast<Index>(Index{1} << (std::numeric_limits<Index>::digits - 1));

  void add(const TreeNodes& tree) {
    const std::size_t first_node = nodes_.size(), first_leaf = probabilities_.size();
    nodes_.push_back({0, 0, 0});
    for (std::size_t i = 0; i < tree.size(); ++i) {
      if (tree.is_leaf(i)) {
        nodes_.push_back(
            {static_cast<std::uint32_t>(probabilities_.size() - first_leaf), Index{0}, static_cast<Index>(i)});
        probabilities_.push_back(tree.probability(i));
        continue;
      }
      const NodeSplit split = tree.split_of(i);
      const bool has_levels = !split.levels.empty();
      const auto slot =
          static_cast<Index>(PredictionRows::slot(static_cast<std::uint32_t>(split.feature), split.missing_left));
      nodes_.push_back({has_levels ? sets_.add(split.levels) : std::bit_cast<std::uint32_t>(split.threshold),
                        static_cast<Index>(slot | (has_levels ? level_bit : Index{0})),
                        static_cast<Index>(tree.left(i) + 1)});
    }
    trees_.push_back({first_node, first_leaf, static_cast<std::uint32_t>(tree.depth())});
  }

  /// Calls work(row, leaf node) for each row, in order.
  template <class Work>
  void for_each_leaf(std::size_t tree, std::span<const float> rows, const Work& work) const {
    const Node* const nodes = nodes_.data() + trees_[tree].first_node;
    const std::size_t count = rows.size() / stride_;
    for (std::size_t begin = 0; begin < count; begin += rows_abreast) {
      const std::size_t used = std::min(rows_abreast, count - begin);
      const float* const first = rows.data() + begin * stride_;
      const auto go = [&](const auto& row_of) {
        return descend<rows_abreast>(
            trees_[tree].depth, [&](std::size_t) { return nodes; }, row_of);
      };
      const auto at = used == rows_abreast ? go([&](std::size_t i) { return first + i * stride_; })
                                           : go([&](std::size_t i) { return first + std::min(i, used - 1) * stride_; });
      for (std::size_t i = 0; i < used; ++i) work(begin + i, nodes[at[i]]);
    }
  }

  /// Takes `lanes` rows to their leaves, side by side. @param nodes_of, row_of  (lane) -> the tree, the row.
  template <std::size_t lanes, class NodesOf, class RowOf>
  std::array<std::uint32_t, lanes> descend(std::uint32_t depth, const NodesOf& nodes_of, const RowOf& row_of) const {
    std::array<std::uint32_t, lanes> at;
    at.fill(1);
    for (std::uint32_t step = 0; step < depth;) {
      const std::uint32_t stop = std::min(depth, step + steps_a_look);
      for (; step < stop; ++step)
        for (std::size_t i = 0; i < lanes; ++i) at[i] = next(nodes_of(i)[at[i]], row_of(i));
      bool arrived = true;
      for (std::size_t i = 0; i < lanes; ++i) arrived &= nodes_of(i)[at[i]].slot == 0;
      if (arrived) break;
    }
    return at;
  }

  std::uint32_t next(const Node& node, const float* row) const {
    if constexpr (by_level) {
      if ((node.slot & level_bit) != 0) {  // listed levels go to the side where missing ones do not
        const auto slot = static_cast<Index>(node.slot ^ level_bit);
        const bool listed = sets_.contains(node.first, static_cast<std::uint32_t>(row[slot]));
        return node.left + (listed == PredictionRows::missing_left(slot) ? 1u : 0u);
      }
    }
    return node.left + (row[node.slot] <= std::bit_cast<float>(node.first) ? 0u : 1u);
  }

  std::size_t stride_;
  std::vector<PackedTree> trees_;
  std::vector<Node> nodes_;
  std::vector<double> probabilities_;  ///< Of the leaves.
  LevelSets sets_;
};

template <class Index>
std::unique_ptr<const PredictionTrees> pack(std::span<const TreeNodes> trees, const PredictionRows& rows) {
  if (rows.any_levels()) return std::make_unique<PackedTrees<Index, true>>(trees, rows.stride());
  return std::make_unique<PackedTrees<Index, false>>(trees, rows.stride());
}

}  // namespace

std::unique_ptr<const PredictionTrees> make_prediction_trees(std::span<const TreeNodes> trees,
                                                             const PredictionRows& rows) {
  std::size_t largest = 0;
  for (const TreeNodes& tree : trees) largest = std::max(largest, tree.size());
  if (largest < 0xffff && rows.stride() <= 0x8000) return pack<std::uint16_t>(trees, rows);
  return pack<std::uint32_t>(trees, rows);
}

}  // namespace cartwheel::tree
