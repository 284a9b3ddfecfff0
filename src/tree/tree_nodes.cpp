#include "tree/tree_nodes.hpp"

#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <cmath>
#include <functional>
#include <limits>

namespace cartwheel::tree {
namespace {

void write_rule(core::ByteWriter& out, const ImpurityRule& rule) {
  out.put(rule.criterion);
  out.put(rule.negative_factor);
  out.put(rule.positive_factor);
}

ImpurityRule read_rule(core::ByteReader& in) {
  ImpurityRule rule;
  const auto criterion = in.get<std::uint8_t>();
  if (criterion > static_cast<std::uint8_t>(Criterion::entropy)) in.fail("the criterion is unknown");
  rule.criterion = static_cast<Criterion>(criterion);
  rule.negative_factor = in.get<double>();
  rule.positive_factor = in.get<double>();
  for (const double factor : {rule.negative_factor, rule.positive_factor})
    if (!(factor >= 0x1p-300 && factor <= 2.0)) in.fail("a class weight is out of its range");
  return rule;
}

/// How many nodes of a breadth-first tree are at most `depth` deep. @param is_leaf  (node number) -> bool
template <class IsLeaf>
std::size_t nodes_down_to(int depth, const IsLeaf& is_leaf) {
  std::size_t begin = 0, end = 1;  // of the level
  for (; depth > 0 && begin < end; --depth) {
    std::size_t splits = 0;
    for (std::size_t i = begin; i < end; ++i) splits += is_leaf(i) ? 0 : 1;
    begin = end;
    end += 2 * splits;
  }
  return end;
}

}  // namespace

TreeNodes::TreeNodes(const ImpurityRule& rule, const NodeCounts& root, bool with_weights)
    : rule_(rule), nodes_{{0, root.rows.rows, root.rows.positives}} {
  if (with_weights) weights_.push_back(root.weighted);
}

float TreeNodes::Node::threshold() const { return std::bit_cast<float>(first); }

std::span<const std::uint16_t> TreeNodes::levels(const Node& node) const {
  return std::span(level_sets_).subspan(node.first + 1, level_sets_[node.first]);
}

NodeSplit TreeNodes::split_of(std::size_t node) const {
  const Node& split = nodes_[node];
  const auto feature = static_cast<std::int32_t>(split.feature());
  if (split.by_level()) return {feature, 0.0f, split.missing_left(), levels(split)};
  return {feature, split.threshold(), split.missing_left(), {}};
}

double TreeNodes::probability(std::size_t leaf) const {
  return weights_.empty() ? rule_.probability(nodes_[leaf].counts()) : rule_.probability(weights_[leaf]);
}

void TreeNodes::split(std::size_t node, const NodeSplit& split, const NodeCounts& left, const NodeCounts& right) {
  if (nodes_.size() > std::size_t{std::numeric_limits<std::int32_t>::max()} - 2)
    throw DataError("a tree has more than 2^31 - 1 nodes; limit max_depth or raise min_samples_leaf");
  const bool by_level = !split.levels.empty();
  if (level_sets_.size() > std::numeric_limits<std::uint32_t>::max() - 2 * std::size_t{0x10000})
    throw DataError("a tree's sets of category levels take more than 8 GiB; limit max_depth");
  nodes_[node] = {
      static_cast<std::uint32_t>(nodes_.size()),
      by_level ? static_cast<std::uint32_t>(level_sets_.size()) : std::bit_cast<std::uint32_t>(split.threshold),
      static_cast<std::uint32_t>(split.feature) << 2 | (by_level ? 2u : 0u) | (split.missing_left ? 1u : 0u)};
  if (by_level) {
    level_sets_.push_back(static_cast<std::uint16_t>(split.levels.size()));
    level_sets_.insert(level_sets_.end(), split.levels.begin(), split.levels.end());
  }
  for (const NodeCounts& child : {left, right}) {
    nodes_.push_back({0, child.rows.rows, child.rows.positives});
    if (!weights_.empty()) weights_.push_back(child.weighted);
  }
}

void TreeNodes::shrink_to_fit() {
  nodes_.shrink_to_fit();
  weights_.shrink_to_fit();
  level_sets_.shrink_to_fit();
}

TreeNodes TreeNodes::top(int depth) const {
  const std::size_t kept = nodes_down_to(depth, [&](std::size_t i) { return nodes_[i].is_leaf(); });
  TreeNodes tree = *this;
  for (std::size_t i = nodes_.size(); i-- > 0;) {  // children before parents: what is cut off is added up
    const std::size_t left = nodes_[i].left;
    if (left < kept) continue;
    const Counts counts = tree.nodes_[left].counts() + tree.nodes_[left + 1].counts();
    tree.nodes_[i] = {0, counts.rows, counts.positives};
    if (!weights_.empty()) tree.weights_[i] = tree.weights_[left] + tree.weights_[left + 1];
  }
  tree.nodes_.resize(kept);
  if (!weights_.empty()) tree.weights_.resize(kept);
  std::size_t sets_end = 0;
  for (const Node& node : tree.nodes_)
    if (!node.is_leaf() && node.by_level()) sets_end = node.first + 1 + level_sets_[node.first];
  tree.level_sets_.resize(sets_end);
  tree.shrink_to_fit();
  return tree;
}

int TreeNodes::depth() const {
  std::vector<int> depths(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!nodes_[i].is_leaf()) depths[nodes_[i].left] = depths[nodes_[i].left + 1] = depths[i] + 1;
  return depths.back();  // breadth-first: the last node is among the deepest
}

std::vector<TreeNode> TreeNodes::describe(double weight_unit) const {
  std::vector<TreeNode> result(nodes_.size());
  std::vector<WeightedCounts> weights = weights_;
  for (std::size_t i = nodes_.size(); i-- > 0;) {  // children before parents
    const Node& node = nodes_[i];
    TreeNode& out = result[i];
    Counts counts = node.counts();
    if (!node.is_leaf()) {
      const TreeNode &left = result[node.left], &right = result[node.left + 1];
      out.feature = static_cast<std::int32_t>(node.feature());
      if (node.by_level())
        out.levels.assign(levels(node).begin(), levels(node).end());
      else
        out.threshold = node.threshold();
      out.missing_left = node.missing_left();
      out.left = static_cast<std::int32_t>(node.left);
      out.right = out.left + 1;
      counts = Counts{left.rows, left.positives} + Counts{right.rows, right.positives};
      if (!weights.empty()) weights[i] = weights[node.left] + weights[node.left + 1];
    }
    out.rows = counts.rows;
    out.positives = counts.positives;
    const auto describe_weight = [&](const auto& weighed, double unit) {
      out.weight = rule_.weight(weighed) * unit;
      out.impurity = rule_.impurity(weighed);
      out.probability = rule_.probability(weighed);
    };
    if (weights.empty())
      describe_weight(counts, 1.0);
    else
      describe_weight(weights[i], weight_unit);
  }
  return result;
}

// Breadth-first order gives the links away: the children of the k-th split (from 0) are nodes 2k + 1 and 2k + 2. So
// none are written, and none can be wrong; the same goes for the places of the level sets.
void TreeNodes::write(core::ByteWriter& out) const {
  std::vector<std::uint64_t> split_bits((nodes_.size() + 63) / 64);
  std::vector<std::uint32_t> words;
  std::vector<WeightedCounts> leaf_weights;
  words.reserve(2 * nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (!node.is_leaf()) split_bits[i / 64] |= std::uint64_t{1} << (i % 64);
    words.push_back(!node.is_leaf() && node.by_level() ? 0 : node.first);
    words.push_back(node.second);
    if (node.is_leaf() && !weights_.empty()) leaf_weights.push_back(weights_[i]);
  }
  write_rule(out, rule_);
  out.put_array(std::span<const std::uint32_t>(words));
  out.put_array(std::span<const std::uint64_t>(split_bits));
  out.put_array(std::span<const std::uint16_t>(level_sets_));
  out.put_array(std::span<const WeightedCounts>(leaf_weights));
}

/// Gives a split by level its place in the sets, and checks what is there.
void TreeNodes::check_levels(core::ByteReader& in, const ColumnLevels& columns, Node& node,
                             std::size_t& next_set) const {
  const std::size_t known = columns[node.feature()].size();
  if (node.by_level() != (known > 0)) in.fail("a tree splits a column of another kind");
  if (!node.by_level()) {
    if (std::isnan(node.threshold())) in.fail("a tree's threshold is not a number");
    return;
  }
  if (node.first != 0) in.fail("a tree's split by level names a place");
  if (next_set >= level_sets_.size()) in.fail("a tree's split has no levels");
  node.first = static_cast<std::uint32_t>(next_set);
  const std::size_t size = level_sets_[next_set];
  next_set += 1 + size;
  if (size == 0 || next_set > level_sets_.size()) in.fail("a tree's split has an impossible number of levels");
  const auto set = levels(node);
  if (set.back() >= known || !std::ranges::is_sorted(set, std::less_equal{}))
    in.fail("a tree's split has impossible levels");
}

TreeNodes TreeNodes::read(core::ByteReader& in, const ColumnLevels& columns) {
  TreeNodes tree;
  tree.rule_ = read_rule(in);
  const auto words = in.get_array<std::uint32_t>();
  const auto split_bits = in.get_array<std::uint64_t>();
  tree.level_sets_ = in.get_array<std::uint16_t>();
  const auto leaf_weights = in.get_array<WeightedCounts>();
  const std::size_t size = words.size() / 2;
  if (size == 0 || words.size() % 2 != 0 || size > std::size_t{std::numeric_limits<std::int32_t>::max()})
    in.fail("a tree has an impossible number of nodes");
  if (split_bits.size() != (size + 63) / 64) in.fail("a tree's nodes and its split bits differ in number");
  if (tree.level_sets_.size() > std::numeric_limits<std::uint32_t>::max()) in.fail("a tree has too many level sets");
  if (!leaf_weights.empty() && leaf_weights.size() != size / 2 + 1)
    in.fail("a tree's leaves and their weights differ in number");
  tree.nodes_.resize(size);
  if (!leaf_weights.empty()) tree.weights_.resize(size);
  std::size_t next_child = 1, next_set = 0, next_weight = 0;
  std::uint64_t rows = 0, weight = 0;
  for (std::size_t i = 0; i < size; ++i) {
    Node& node = tree.nodes_[i];
    node = {0, words[2 * i], words[2 * i + 1]};
    if ((split_bits[i / 64] >> (i % 64) & 1) != 0) {
      if (next_child <= i || next_child + 1 >= size) in.fail("a tree's split has no children");
      node.left = static_cast<std::uint32_t>(next_child);
      next_child += 2;
      if (node.feature() >= columns.size()) in.fail("a tree splits a column that the model does not have");
      tree.check_levels(in, columns, node, next_set);
      continue;
    }
    const Counts counts = node.counts();
    rows += counts.rows;
    if (counts.rows == 0 || counts.positives > counts.rows || rows > std::numeric_limits<std::uint32_t>::max())
      in.fail("a tree's leaf has impossible counts");
    if (leaf_weights.empty()) continue;
    if (next_weight >= leaf_weights.size()) in.fail("a tree's leaves and their weights differ in number");
    const WeightedCounts leaf = leaf_weights[next_weight++];
    weight += leaf.rows;
    if (leaf.rows == 0 || leaf.rows > most_units || leaf.positives > leaf.rows || weight > most_units)
      in.fail("a tree's leaf has an impossible weight");
    tree.weights_[i] = leaf;
  }
  if (next_child != size) in.fail("a tree has nodes without a parent");
  if (next_set != tree.level_sets_.size()) in.fail("a tree has level sets without a split");
  if (size % 64 != 0 && split_bits.back() >> (size % 64) != 0) in.fail("a tree has split bits without nodes");
  return tree;
}

}  // namespace cartwheel::tree
