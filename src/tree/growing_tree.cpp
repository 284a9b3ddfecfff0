#include "tree/growing_tree.hpp"

#include <algorithm>

#include "core/parallel.hpp"
#include "tree/bootstrap.hpp"
#include "tree/grow_settings.hpp"
#include "tree/path.hpp"
#include "tree/sample_totals.hpp"
#include "tree/threshold.hpp"

namespace cartwheel::tree {

template <class Row>
GrowingTree<Row>::GrowingTree(const Training& training, Pool& pool, const TreeSample& sample)
    : training_(training),
      pool_(pool),
      tree_(sample.tree),
      with_repeats_(sample.draws > 0 || !sample.weights.empty()),
      hands_on_(training.settings.plan.hands_on && training.settings.max_features == training.x.columns &&
                std::is_same_v<Row, TreeRow> && (!with_repeats_ || training.settings.min_samples_leaf == 1)),
      rows_(sample_rows(sample)),
      rule_(training.settings.balanced_subsample ? balanced_rule(training.settings.impurity.criterion, root_.sum)
                                                 : training.settings.impurity),
      aside_(rows_.size()) {}

template <class Row>
std::vector<Row> GrowingTree<Row>::sample_rows(const TreeSample& sample) {
  if (sample.draws == 0) return sample_rows(sample.weights);
  return sample_rows(bootstrap_weights(training_.settings.seed, tree_, training_.x.rows, sample.draws));
}

template <class Row>
std::vector<Row> GrowingTree<Row>::sample_rows(std::span<const std::uint32_t> weights) {
  const SampleTotals totals = sum_sample(tree_, weights, training_.labels, training_.settings.units);
  root_.rows = totals.rows;
  if constexpr (std::is_same_v<Row, TreeRow>)
    root_.sum = totals.rows;
  else
    root_.sum = totals.weighted;
  // One more, for what is written after the last row and not kept.
  std::vector<Row> result(totals.distinct_rows + 1);
  std::size_t next = 0;
  for (std::size_t row = 0; row < training_.x.rows; ++row) {
    const std::uint32_t weight = weights.empty() ? 1 : weights[row];
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

template <class Row>
auto GrowingTree<Row>::workspace() -> typename Pool::Lease {
  auto lease = pool_.take([&] { return std::make_unique<Workspace>(training_); });
  lease->search.start(tree_, rule_, root_.sum, with_repeats_);
  return lease;
}

template <class Row>
auto GrowingTree<Row>::part(Workspace& workspace, const OpenNode& open, const NodeSums& sums,
                            std::span<std::uint64_t> constant, const BinTable& bins, std::vector<Cell> cells)
    -> Outcome {
  SearchedNode<Row> node{rows_in(open), sums.sum, open.path, constant, {}};
  if constexpr (std::is_same_v<Row, TreeRow>) {
    if (hands_on_ && cells.empty() && workspace.kept.wanted(node.rows.size()))
      cells = workspace.kept.sum(node.rows, bins, constant);
    node.cells = cells;
  }
  Outcome outcome{workspace.search.part(node, bins, std::span(aside_).subspan(open.begin)), {}};
  if constexpr (std::is_same_v<Row, TreeRow>)
    if (outcome.parts.split.found() && !cells.empty())
      outcome.cells = workspace.kept.hand_on(node.rows, outcome.parts.left_rows, bins, constant, std::move(cells));
  return outcome;
}

template <class Row>
auto GrowingTree<Row>::grow_subtree(Workspace& workspace, const OpenTop& root, const NodeSums& sums) -> Part {
  const std::size_t words = training_.mask_words(), small_rows = training_.settings.plan.small_block_rows;
  const bool copies_again = rows_of(root.open) > small_rows;
  auto& [search, kept, block, small_block, stack, masks, constant] = workspace;
  Part part;
  part.nodes.push_back({sums});
  block.gather(training_.rows, rows_in(root.open));
  stack.clear();
  stack.push_back({root.open, false, {}});
  stack[0].open.node = 0;
  masks = root.constant;
  constant.resize(words);
  while (!stack.empty()) {
    auto [open, is_small, cells] = std::move(stack.back());
    stack.pop_back();
    std::copy_n(masks.begin() + static_cast<std::ptrdiff_t>(stack.size() * words), words, constant.begin());
    if (copies_again && !is_small && rows_of(open) <= small_rows) {
      small_block.gather(block, rows_in(open));  // the last node that was there has no open nodes left
      is_small = true;
    }
    Outcome outcome = this->part(workspace, open, part.nodes[open.node].sums, constant,
                                 (is_small ? small_block : block).table(), std::move(cells));
    if (!outcome.parts.split.found()) continue;
    add_children(part, open, outcome.parts, [&, begin = open.begin, in_small = is_small](const OpenNode& child) {
      const auto place = static_cast<std::ptrdiff_t>(stack.size() * words);
      if (masks.size() < (stack.size() + 1) * words) masks.resize((stack.size() + 1) * words);
      std::ranges::copy(constant, masks.begin() + place);
      stack.push_back({child, in_small, std::move(child.begin == begin ? outcome.cells.left : outcome.cells.right)});
    });
  }
  return part;
}

/// Splits the nodes of many rows, and collects the others in small_.
template <class Row>
void GrowingTree<Row>::grow_top() {
  const GrowPlan& plan = training_.settings.plan;
  Part& top = parts_[0];
  std::vector<OpenTop> level;
  const auto add = [&](const OpenNode& open, const std::vector<std::uint64_t>& constant, std::vector<Cell> cells) {
    if (rows_of(open) > plan.block_rows) return level.push_back({open, constant, std::move(cells)});
    small_.push_back({open, constant, {}});  // many of them wait, so each sums its rows anew
    top.nodes[open.node].subtree = static_cast<std::uint32_t>(small_.size());
  };
  if (is_open(root_, rows_.size(), 0))
    add({0, 0, static_cast<std::uint32_t>(rows_.size()), 0, root_path},
        std::vector<std::uint64_t>(training_.mask_words()), {});
  while (!level.empty()) {
    std::vector<Outcome> outcomes(level.size());
    core::parallel_for(level.size(), [&](std::size_t i) {
      const OpenNode& open = level[i].open;
      const bool sparse = rows_of(open) * plan.sparse < training_.x.rows;
      outcomes[i] = part(*workspace(), open, top.nodes[open.node].sums, level[i].constant,
                         sparse ? training_.rows.table() : training_.columns, std::move(level[i].cells));
    });
    std::vector<OpenTop> done;
    done.swap(level);
    for (std::size_t i = 0; i < done.size(); ++i) {
      auto& [parts, cells] = outcomes[i];
      if (!parts.split.found()) continue;
      add_children(top, done[i].open, parts, [&, begin = done[i].open.begin](const OpenNode& child) {
        add(child, done[i].constant, std::move(child.begin == begin ? cells.left : cells.right));
      });
    }
  }
}

template <class Row>
TreeNodes GrowingTree<Row>::grow() {
  parts_.resize(1);
  parts_[0].nodes.push_back({root_});
  grow_top();
  parts_.resize(1 + small_.size());
  core::parallel_for(small_.size(), [&](std::size_t i) {
    parts_[i + 1] = grow_subtree(*workspace(), small_[i], parts_[0].nodes[small_[i].open.node].sums);
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
