#include "tree/tree_nodes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>

namespace cartwheel::tree {

TreeNodes::TreeNodes(Counts root) : nodes_{{0, root.rows, root.positives}} {}

float TreeNodes::Node::threshold() const { return std::bit_cast<float>(first); }

std::uint32_t TreeNodes::Node::next(const float* row) const {
  const float value = row[feature()];
  const bool missing = value != value;  // a missing value is not <= threshold
  const bool goes_left = (value <= threshold()) | (missing & missing_left());
  return left + (goes_left ? 0 : 1);
}

void TreeNodes::split(std::size_t node, std::int32_t feature, float threshold, bool missing_left, Counts left,
                      Counts right) {
  if (nodes_.size() > std::size_t{std::numeric_limits<std::int32_t>::max()} - 2)
    throw DataError("a tree has more than 2^31 - 1 nodes; limit max_depth or raise min_samples_leaf");
  nodes_[node] = {static_cast<std::uint32_t>(nodes_.size()), std::bit_cast<std::uint32_t>(threshold),
                  static_cast<std::uint32_t>(feature) << 1 | (missing_left ? 1u : 0u)};
  nodes_.push_back({0, left.rows, left.positives});
  nodes_.push_back({0, right.rows, right.positives});
}

int TreeNodes::depth() const {
  std::vector<int> depths(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!nodes_[i].is_leaf()) depths[nodes_[i].left] = depths[nodes_[i].left + 1] = depths[i] + 1;
  return depths.back();  // breadth-first: the last node is among the deepest
}

std::vector<TreeNode> TreeNodes::describe(const ImpurityRule& rule) const {
  std::vector<TreeNode> result(nodes_.size());
  for (std::size_t i = nodes_.size(); i-- > 0;) {  // children before parents
    const Node& node = nodes_[i];
    TreeNode& out = result[i];
    Counts counts = node.counts();
    if (!node.is_leaf()) {
      const TreeNode &left = result[node.left], &right = result[node.left + 1];
      out.feature = static_cast<std::int32_t>(node.feature());
      out.threshold = node.threshold();
      out.missing_left = node.missing_left();
      out.left = static_cast<std::int32_t>(node.left);
      out.right = out.left + 1;
      counts = Counts{left.rows, left.positives} + Counts{right.rows, right.positives};
    }
    out.rows = counts.rows;
    out.positives = counts.positives;
    out.impurity = rule.impurity(counts);
    out.probability = rule.probability(counts);
  }
  return result;
}

void TreeNodes::add_probabilities(const ImpurityRule& rule, std::span<const float> values, std::size_t columns,
                                  std::span<double> sums) const {
  // Several rows go down side by side, so that the memory accesses of one hide those of the others.
  constexpr std::size_t lanes = 8;
  for (std::size_t begin = 0; begin < sums.size(); begin += lanes) {
    const std::size_t used = std::min(lanes, sums.size() - begin);
    std::array<std::uint32_t, lanes> at{};
    for (bool moving = true; moving;) {
      moving = false;
      for (std::size_t lane = 0; lane < used; ++lane) {
        const Node& node = nodes_[at[lane]];
        if (node.is_leaf()) continue;
        at[lane] = node.next(values.data() + (begin + lane) * columns);
        moving = true;
      }
    }
    for (std::size_t lane = 0; lane < used; ++lane) sums[begin + lane] += rule.probability(nodes_[at[lane]].counts());
  }
}

// Breadth-first order gives the links away: the children of the k-th split (from 0) are nodes 2k + 1 and 2k + 2. So
// none are written, and none can be wrong.
void TreeNodes::write(core::ByteWriter& out) const {
  std::vector<std::uint64_t> split_bits((nodes_.size() + 63) / 64);
  std::vector<std::uint32_t> words;
  words.reserve(2 * nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].is_leaf()) split_bits[i / 64] |= std::uint64_t{1} << (i % 64);
    words.push_back(nodes_[i].first);
    words.push_back(nodes_[i].second);
  }
  out.put_array(std::span<const std::uint32_t>(words));
  out.put_array(std::span<const std::uint64_t>(split_bits));
}

TreeNodes TreeNodes::read(core::ByteReader& in, std::size_t columns) {
  const auto words = in.get_array<std::uint32_t>();
  const auto split_bits = in.get_array<std::uint64_t>();
  const std::size_t size = words.size() / 2;
  if (size == 0 || words.size() % 2 != 0 || size > std::size_t{std::numeric_limits<std::int32_t>::max()})
    in.fail("a tree has an impossible number of nodes");
  if (split_bits.size() != (size + 63) / 64) in.fail("a tree's nodes and its split bits differ in number");
  TreeNodes tree;
  tree.nodes_.resize(size);
  std::size_t next_child = 1;
  std::uint64_t rows = 0;
  for (std::size_t i = 0; i < size; ++i) {
    Node& node = tree.nodes_[i];
    node = {0, words[2 * i], words[2 * i + 1]};
    if ((split_bits[i / 64] >> (i % 64) & 1) != 0) {
      if (next_child <= i || next_child + 1 >= size) in.fail("a tree's split has no children");
      node.left = static_cast<std::uint32_t>(next_child);
      next_child += 2;
      if (node.feature() >= columns) in.fail("a tree splits a column that the model does not have");
      if (std::isnan(node.threshold())) in.fail("a tree's threshold is not a number");
    } else {
      const Counts counts = node.counts();
      rows += counts.rows;
      if (counts.rows == 0 || counts.positives > counts.rows || rows > std::numeric_limits<std::uint32_t>::max())
        in.fail("a tree's leaf has impossible counts");
    }
  }
  if (next_child != size) in.fail("a tree has nodes without a parent");
  if (size % 64 != 0 && split_bits.back() >> (size % 64) != 0) in.fail("a tree has split bits without nodes");
  return tree;
}

}  // namespace cartwheel::tree
