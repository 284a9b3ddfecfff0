#include "tree/prediction_trees.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "core/dispatched.hpp"
#include "tree/level_sets.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t rows_abreast = GroupedRows::lanes;
constexpr std::size_t trees_abreast = 16;  ///< More, as each has its own memory.
constexpr std::uint32_t steps_a_look = 8;  ///< After so many steps, see whether all have arrived.

/// A split: its threshold or set of levels, the slot of the row that it looks at times GroupedRows::lanes (its highest
/// bit set if by levels), and its left child. A leaf: its number among the tree's leaves, and a split that leads back
/// to itself, by the NaN of slot 0, so that no step needs to ask whether it has arrived. The root has number 1:
/// siblings then share a cache line.
template <class Index>
struct PackedNode {
  std::uint32_t first;
  Index slot, left;
};

struct PackedTree {
  std::size_t first_node, first_leaf;
  std::uint32_t depth;
};

/// The first levels of a tree, complete: below split i come 2 * i + 1 and 2 * i + 2. Where the tree is less deep, a
/// leaf's copies stand below it.
struct TopLevels {
  static constexpr std::uint32_t levels = 4, splits = (1 << levels) - 1, exits = splits + 1;

  std::array<std::uint32_t, splits> places{};  ///< Of a split's slot in a group of rows.
  std::array<float, splits> thresholds{};
  std::array<std::uint32_t, exits> nodes{};  ///< Where rows go on.
};

using FloatLanes [[gnu::vector_size(4 * rows_abreast)]] = float;
using IntLanes [[gnu::vector_size(4 * rows_abreast)]] = std::int32_t;

/// Which of the splits of level `level` below `split` decides, row by row: its answer, -1 where a row goes left.
template <std::uint32_t level>
[[gnu::always_inline]] inline void decide(const TopLevels& top, const float* group, std::uint32_t split,
                                          const IntLanes* above, IntLanes& goes_left) {
  if constexpr (level == 0) {
    FloatLanes values;
    std::memcpy(&values, group + top.places[split], sizeof values);
    goes_left = values <= top.thresholds[split];
  } else {
    IntLanes below_left, below_right;
    decide<level - 1>(top, group, 2 * split + 1, above + 1, below_left);
    decide<level - 1>(top, group, 2 * split + 2, above + 1, below_right);
    goes_left = above[0] ? below_left : below_right;
  }
}

/// Takes groups of rows through the first levels, all rows of a group at once: every split is asked, as that costs less
/// than to find out which matters. @param at  [groups * rows_abreast], overwritten with the nodes where rows go on.
CARTWHEEL_DISPATCHED void pass_top(const TopLevels& top, const float* group, std::size_t groups, std::size_t group_size,
                                   std::uint32_t* at) {
  static_assert(TopLevels::levels == 4);
  for (std::size_t g = 0; g < groups; ++g, group += group_size, at += rows_abreast) {
    IntLanes answers[TopLevels::levels];
    decide<0>(top, group, 0, answers, answers[0]);
    decide<1>(top, group, 0, answers, answers[1]);
    decide<2>(top, group, 0, answers, answers[2]);
    decide<3>(top, group, 0, answers, answers[3]);
    IntLanes exit{};
    for (const IntLanes& goes_left : answers) exit = exit + exit + 1 + goes_left;
    for (std::size_t i = 0; i < rows_abreast; ++i) at[i] = top.nodes[static_cast<std::size_t>(exit[i])];
  }
}

/// @tparam by_level  whether any node splits by level.
template <class Index, bool by_level>
class PackedTrees final : public PredictionTrees {
 public:
  explicit PackedTrees(std::span<const TreeNodes> trees) {
    std::size_t nodes = 0;
    for (const TreeNodes& tree : trees) nodes += tree.size() + 1;
    nodes_.reserve(nodes);
    probabilities_.reserve(nodes / 2);
    for (const TreeNodes& tree : trees) add(tree);
  }

  std::size_t size() const override { return trees_.size(); }

  void add_probabilities(std::size_t tree, const GroupedRows& rows, std::span<double> sums) const override {
    const double* const probabilities = probabilities_.data() + trees_[tree].first_leaf;
    for_each_leaf(tree, rows, [&](std::size_t row, const Node& leaf) { sums[row] += probabilities[leaf.first]; });
  }

  void find_leaves(std::size_t tree, const GroupedRows& rows, std::span<std::uint32_t> leaves,
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
      std::array<std::uint32_t, trees_abreast> at;
      at.fill(1);
      std::uint32_t depth = 0;
      for (std::size_t i = 0; i < trees_abreast; ++i) {
        const PackedTree& tree = trees_[begin + std::min(i, used - 1)];
        nodes[i] = nodes_.data() + tree.first_node;
        depth = std::max(depth, tree.depth);
      }
      descend(
          depth, at, [&](std::size_t i) { return nodes[i]; },
          [&](std::size_t, std::size_t place) { return row[place / rows_abreast]; });
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
      const auto slot = static_cast<std::uint32_t>(has_levels ? node.slot ^ level_bit : node.slot) / rows_abreast;
      flat.nodes.push_back(
          {node.first, static_cast<std::uint32_t>(slot) | (has_levels ? FlatForest::level_bit : 0), node.left});
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
      const auto slot = static_cast<Index>(
          rows_abreast * PredictionRows::slot(static_cast<std::uint32_t>(split.feature), split.missing_left));
      nodes_.push_back({has_levels ? sets_.add(split.levels) : std::bit_cast<std::uint32_t>(split.threshold),
                        static_cast<Index>(slot | (has_levels ? level_bit : Index{0})),
                        static_cast<Index>(tree.left(i) + 1)});
    }
    trees_.push_back({first_node, first_leaf, static_cast<std::uint32_t>(tree.depth())});
    if constexpr (!by_level) set_top(nodes_.data() + first_node, 1, 0, tops_.emplace_back());
  }

  static void set_top(const Node* nodes, std::uint32_t node, std::uint32_t split, TopLevels& top) {
    if (split >= TopLevels::splits) {
      top.nodes[split - TopLevels::splits] = node;
      return;
    }
    const bool is_leaf = nodes[node].slot == 0;
    if (!is_leaf) {
      top.places[split] = nodes[node].slot;
      top.thresholds[split] = std::bit_cast<float>(nodes[node].first);
    }
    set_top(nodes, is_leaf ? node : nodes[node].left, 2 * split + 1, top);
    set_top(nodes, is_leaf ? node : nodes[node].left + 1u, 2 * split + 2, top);
  }

  /// Calls work(row, leaf node) for each row, in order.
  template <class Work>
  void for_each_leaf(std::size_t tree, const GroupedRows& rows, const Work& work) const {
    constexpr std::size_t groups_at_once = 32;
    const Node* const nodes = nodes_.data() + trees_[tree].first_node;
    const std::uint32_t passed = by_level ? 0 : std::min(TopLevels::levels, trees_[tree].depth);
    std::array<std::array<std::uint32_t, rows_abreast>, groups_at_once> starts;
    for (std::size_t first = 0; first < rows.groups(); first += groups_at_once) {
      const std::size_t groups = std::min(groups_at_once, rows.groups() - first);
      if constexpr (by_level)
        for (auto& start : starts) start.fill(1);
      else
        pass_top(tops_[tree], rows.group(first), groups, rows.group_size(), starts[0].data());
      for (std::size_t g = 0; g < groups; ++g) {
        auto& at = starts[g];
        const float* const group = rows.group(first + g);
        descend(
            trees_[tree].depth - passed, at, [&](std::size_t) { return nodes; },
            [&](std::size_t i, std::size_t place) { return group[place + i]; });
        const std::size_t begin = (first + g) * rows_abreast, used = std::min(rows_abreast, rows.rows() - begin);
        for (std::size_t i = 0; i < used; ++i) work(begin + i, nodes[at[i]]);
      }
    }
  }

  /// Takes `lanes` rows to their leaves, side by side. @param at  where they are. @param nodes_of  (lane) -> the tree.
  /// @param value_of  (lane, place) -> what a split looks at.
  template <std::size_t lanes, class NodesOf, class ValueOf>
  void descend(std::uint32_t depth, std::array<std::uint32_t, lanes>& at, const NodesOf& nodes_of,
               const ValueOf& value_of) const {
    std::array<std::uint32_t, lanes> now = at;
    for (std::uint32_t step = 0; step < depth;) {
      const std::uint32_t stop = std::min(depth, step + steps_a_look);
      for (; step < stop; ++step)
        for (std::size_t i = 0; i < lanes; ++i)
          now[i] = next(nodes_of(i)[now[i]], [&](std::size_t place) { return value_of(i, place); });
      bool arrived = true;
      for (std::size_t i = 0; i < lanes; ++i) arrived &= nodes_of(i)[now[i]].slot == 0;
      if (arrived) break;
    }
    at = now;
  }

  template <class ValueOf>
  std::uint32_t next(const Node& node, const ValueOf& value_of) const {
    if constexpr (by_level) {
      if ((node.slot & level_bit) != 0) {  // listed levels go to the side where missing ones do not
        const auto place = static_cast<Index>(node.slot ^ level_bit);
        const bool listed = sets_.contains(node.first, static_cast<std::uint32_t>(value_of(place)));
        return node.left + (listed == PredictionRows::missing_left(place / rows_abreast) ? 1u : 0u);
      }
    }
    return node.left + (value_of(node.slot) <= std::bit_cast<float>(node.first) ? 0u : 1u);
  }

  std::vector<PackedTree> trees_;
  std::vector<TopLevels> tops_;  ///< None where any node splits by level.
  std::vector<Node> nodes_;
  std::vector<double> probabilities_;  ///< Of the leaves.
  LevelSets sets_;
};

template <class Index>
std::unique_ptr<const PredictionTrees> pack(std::span<const TreeNodes> trees, const PredictionRows& rows) {
  if (rows.any_levels()) return std::make_unique<PackedTrees<Index, true>>(trees);
  return std::make_unique<PackedTrees<Index, false>>(trees);
}

}  // namespace

std::unique_ptr<const PredictionTrees> make_prediction_trees(std::span<const TreeNodes> trees,
                                                             const PredictionRows& rows) {
  std::size_t largest = 0;
  for (const TreeNodes& tree : trees) largest = std::max(largest, tree.size());
  if (largest < 0xffff && rows_abreast * rows.stride() <= 0x8000) return pack<std::uint16_t>(trees, rows);
  return pack<std::uint32_t>(trees, rows);
}

}  // namespace cartwheel::tree
