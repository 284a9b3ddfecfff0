#include "tree/growing_tree.hpp"

#include <algorithm>

#include "core/parallel.hpp"
#include "tree/grow_settings.hpp"
#include "tree/path.hpp"
#include "tree/sample_totals.hpp"
#include "tree/threshold.hpp"

namespace cartwheel::tree {

template <class Row>
GrowingTree<Row>::GrowingTree(const Training& training, const TreeSample& sample)
    : training_(training),
      tree_(sample.tree),
      with_repeats_(!sample.weights.empty()),
      rows_(sample_rows(sample)),
      rule_(training.settings.balanced_subsample ? balanced_rule(training.settings.impurity.criterion, root_.sum)
                                                 : training.settings.impurity),
      aside_(rows_.size()) {}

template <class Row>
std::vector<Row> GrowingTree<Row>::sample_rows(const TreeSample& sample) {
  const SampleTotals totals = sum_sample(sample, training_.labels, training_.settings.units);
  root_.rows = totals.rows;
  if constexpr (std::is_same_v<Row, TreeRow>)
    root_.sum = totals.rows;
  else
    root_.sum = totals.weighted;
  // One more, for what is written after the last row and not kept.
  std::vector<Row> result(totals.distinct_rows + 1);
  std::size_t next = 0;
  for (std::size_t row = 0; row < training_.x.rows; ++row) {
    const std::uint32_t weight = sample.weights.empty() ? 1 : sample.weights[row];
    Row& place = result[next];
    if constexpr (std::is_same_v<Row, TreeRow>)
      place = Row(static_cast<std::uint32_t>(row), weight, training_.labels[row]);
    else
      place = Row(static_cast<std::uint32_t>(row), weight, training_.labels[row], training_.settings.units[row]);
    next += weight != 0 ? 1 : 0;  // no branch: a bootstrap leaves out a third of the rows
  }
  result.pop_back();
  return result;
}

template <class Row>
bool GrowingTree<Row>::is_open(const NodeSums& sums, std::size_t distinct_rows, std::uint32_t depth) const {
  return training_.settings.stop_rule().is_open(sums.rows, distinct_rows, depth);
}

template <class Row>
template <class Open>
void GrowingTree<Row>::add_children(Part& part, const OpenNode& parent, const NodeParts<Row>& parts,
                                    const Open& open) const {
  const NodeSums both = part.nodes[parent.node].sums, left{parts.split.left, parts.left},
                 right{both.sum - left.sum, both.rows - left.rows};
  const auto child = static_cast<std::uint32_t>(part.nodes.size());
  Node& node = part.nodes[parent.node];
  node.left = child;
  node.feature = parts.split.feature;
  node.missing_left = parts.split.missing_left;
  if (parts.levels.empty()) {
    node.threshold =
        threshold(training_.x, static_cast<std::uint32_t>(parts.split.feature), parts.split.bin, parts.split.next_bin);
  } else {
    part.level_sets.push_back(parts.levels);
    node.levels = static_cast<std::uint32_t>(part.level_sets.size());
  }
  part.nodes.push_back({left});
  part.nodes.push_back({right});
  const std::uint32_t depth = parent.depth + 1, middle = parent.begin + static_cast<std::uint32_t>(parts.left_rows);
  if (is_open(right, parent.end - middle, depth))
    open(OpenNode{child + 1, middle, parent.end, depth, child_path(parent.path, true)});
  if (is_open(left, middle - parent.begin, depth))
    open(OpenNode{child, parent.begin, middle, depth, child_path(parent.path, false)});
}

/// A subtree that grows in the cache of one thread.
template <class Row>
class GrowingTree<Row>::Subtree {
 public:
  Subtree(GrowingTree& tree, std::size_t most_rows)
      : tree_(tree),
        search_(tree.training_, tree.tree_, tree.rule_, tree.root_.sum, tree.with_repeats_),
        block_(tree.training_.x, most_rows),
        small_block_(tree.training_.x, std::min(most_rows, tree.training_.settings.plan.small_block_rows)) {}

  Part grow(const OpenTop& root, const NodeSums& sums) {
    const Training& training = tree_.training_;
    const std::size_t words = training.mask_words(), small_rows = training.settings.plan.small_block_rows;
    const bool copies_again = tree_.rows_of(root.open) > small_rows;
    Part part;
    part.nodes.push_back({sums});
    block_.gather(training.rows, training.x, rows_of(root.open));
    stack_.assign(1, {root.open, false});
    stack_[0].open.node = 0;
    masks_ = root.constant;  // of the node at place i of the stack: words i * words to (i + 1) * words
    std::vector<std::uint64_t> constant(words);
    while (!stack_.empty()) {
      auto [open, is_small] = stack_.back();
      stack_.pop_back();
      std::copy_n(masks_.begin() + static_cast<std::ptrdiff_t>(stack_.size() * words), words, constant.begin());
      const std::span<Row> rows = rows_of(open);
      if (copies_again && !is_small && rows.size() <= small_rows) {
        small_block_.gather(block_, rows);  // the last node that was there has no open nodes left
        is_small = true;
      }
      const NodeParts<Row> parts =
          search_.part({rows, part.nodes[open.node].sums.sum, open.path, constant},
                       (is_small ? small_block_ : block_).table(), std::span(tree_.aside_).subspan(open.begin));
      if (!parts.split.found()) continue;
      tree_.add_children(part, open, parts, [&](const OpenNode& child) {
        const auto place = static_cast<std::ptrdiff_t>(stack_.size() * words);
        if (masks_.size() < (stack_.size() + 1) * words) masks_.resize((stack_.size() + 1) * words);
        std::ranges::copy(constant, masks_.begin() + place);
        stack_.push_back({child, is_small});
      });
    }
    return part;
  }

 private:
  struct Waiting {
    OpenNode open;
    bool is_small;  ///< Its rows are in the small block.
  };

  std::span<Row> rows_of(const OpenNode& open) {
    return std::span(tree_.rows_).subspan(open.begin, open.end - open.begin);
  }

  GrowingTree& tree_;
  NodeSearch<Row> search_;
  LocalBins block_, small_block_;
  std::vector<Waiting> stack_;
  std::vector<std::uint64_t> masks_;
};

/// Splits the nodes of many rows, and collects the others in small_.
template <class Row>
void GrowingTree<Row>::grow_top() {
  const GrowPlan& plan = training_.settings.plan;
  Part& top = parts_[0];
  std::vector<OpenTop> level;
  const auto add = [&](const OpenNode& open, const std::vector<std::uint64_t>& constant) {
    if (rows_of(open) > plan.block_rows) return level.push_back({open, constant});
    small_.push_back({open, constant});
    top.nodes[open.node].subtree = static_cast<std::uint32_t>(small_.size());
  };
  if (is_open(root_, rows_.size(), 0))
    add({0, 0, static_cast<std::uint32_t>(rows_.size()), 0, root_path},
        std::vector<std::uint64_t>(training_.mask_words()));
  while (!level.empty()) {
    std::vector<NodeParts<Row>> outcomes(level.size());
    core::parallel_for(level.size(), [&](std::size_t i) {
      const OpenNode& open = level[i].open;
      const bool sparse = rows_of(open) * plan.sparse < training_.x.rows;
      NodeSearch<Row> search(training_, tree_, rule_, root_.sum, with_repeats_);
      outcomes[i] =
          search.part({std::span(rows_).subspan(open.begin, rows_of(open)), top.nodes[open.node].sums.sum, open.path,
                       level[i].constant},
                      sparse ? training_.rows.table() : training_.columns, std::span(aside_).subspan(open.begin));
    });
    std::vector<OpenTop> done;
    done.swap(level);
    for (std::size_t i = 0; i < done.size(); ++i)
      if (outcomes[i].split.found())
        add_children(top, done[i].open, outcomes[i], [&](const OpenNode& child) { add(child, done[i].constant); });
  }
}

template <class Row>
TreeNodes GrowingTree<Row>::grow() {
  parts_.resize(1);
  parts_[0].nodes.push_back({root_});
  grow_top();
  parts_.resize(1 + small_.size());
  core::parallel_for(small_.size(), [&](std::size_t i) {
    Subtree subtree(*this, rows_of(small_[i].open));
    parts_[i + 1] = subtree.grow(small_[i], parts_[0].nodes[small_[i].open.node].sums);
  });
  return put_together();
}

/// The nodes of all parts in breadth-first order.
template <class Row>
TreeNodes GrowingTree<Row>::put_together() const {
  const auto counts = [](const Node& node) {
    if constexpr (std::is_same_v<Sum, Counts>)
      return NodeCounts{node.sums.rows, {}};
    else
      return NodeCounts{node.sums.rows, node.sums.sum};
  };
  struct Place {
    std::uint32_t part, node;
  };
  std::vector<Place> order{{0, 0}};
  std::size_t size = 0;
  for (const Part& part : parts_) size += part.nodes.size();
  order.reserve(size);
  TreeNodes nodes(rule_, counts(parts_[0].nodes[0]), !std::is_same_v<Sum, Counts>);
  for (std::size_t i = 0; i < order.size(); ++i) {
    Place place = order[i];
    if (const std::uint32_t subtree = parts_[place.part].nodes[place.node].subtree; subtree != 0) place = {subtree, 0};
    const Part& part = parts_[place.part];
    const Node& node = part.nodes[place.node];
    if (node.left == 0) continue;
    NodeSplit split{node.feature, node.threshold, node.missing_left, {}};
    if (node.levels != 0) split.levels = part.level_sets[node.levels - 1];
    nodes.split(i, split, counts(part.nodes[node.left]), counts(part.nodes[node.left + 1]));
    order.push_back({place.part, node.left});
    order.push_back({place.part, node.left + 1});
  }
  nodes.shrink_to_fit();
  return nodes;
}

template class GrowingTree<TreeRow>;
template class GrowingTree<WeightedTreeRow>;

}  // namespace cartwheel::tree
