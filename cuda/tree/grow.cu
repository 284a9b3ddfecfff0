#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

#include "core/exclusive_sum.hpp"
#include "core/launch.cuh"
#include "core/parallel.hpp"
#include "tree/assembled_trees.hpp"
#include "tree/bootstrap.hpp"
#include "tree/choose_features.cuh"
#include "tree/entropy_table.hpp"
#include "tree/find_split.cuh"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/histogram.cuh"
#include "tree/part_rows.cuh"
#include "tree/sample_totals.hpp"
#include "tree/tree_rows.cuh"
#include "tree/wide_columns.cuh"

namespace cartwheel::tree {
namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::exclusive_sum;
using core::launch;

constexpr std::uint32_t row_threads = 256, node_threads = 128, wide_threads = 256;
constexpr std::size_t shared_budget = 32 * 1024;  ///< Bytes of histograms a block, so that several share a processor.
constexpr std::uint32_t order_blocks = 4096, blocks_a_processor = 4;
constexpr std::size_t most_trees_at_once = 32;
constexpr std::size_t bytes_a_row = 40;  ///< Of a tree, at most: rows of two levels, marks, weights.

template <class C>
C sum_of(const SampleTotals& totals) {
  if constexpr (sizeof(C) == sizeof(Counts))
    return totals.rows;
  else
    return totals.weighted;
}

/// A level's nodes and rows in device memory.
template <class C>
struct Level {
  Level(std::size_t nodes, std::size_t rows, std::size_t mask_words)
      : node(nodes, "the nodes of a level of trees"),
        row(rows, "the rows of a level of trees"),
        node_of(rows, "the rows of a level of trees"),
        constant(nodes * mask_words, "the nodes of a level of trees") {}

  DeviceBuffer<OpenNode<C>> node;
  DeviceBuffer<TreeRow> row;
  DeviceBuffer<std::uint32_t> node_of;
  DeviceBuffer<std::uint64_t> constant;
};

/// What becomes known of a level's nodes.
template <class C>
struct Outcome {
  explicit Outcome(std::size_t nodes)
      : best(nodes, "splits"), seen(nodes, "splits"), useful(nodes, "splits"), done(nodes, "splits") {}

  DeviceBuffer<BasicSplit<C>> best;
  DeviceBuffer<std::uint32_t> seen, useful;
  DeviceBuffer<std::uint8_t> done;
};

/// Histograms of large nodes.
template <class C>
struct Slots {
  Slots() = default;
  Slots(std::size_t slots, std::size_t cells, bool count_distinct)
      : counts(slots * cells, "histograms"), distinct(count_distinct ? slots * cells : 0, "histograms") {
    counts.fill_with_zeros();
    distinct.fill_with_zeros();
    view = {cells, static_cast<std::uint32_t>(slots), counts.data(), distinct.data()};
  }

  DeviceBuffer<C> counts;
  DeviceBuffer<std::uint32_t> distinct;
  SlotsView<C> view{};
};

/// @tparam C  Counts or WeightedCounts.
template <class C>
class CudaGrower final : public Grower {
 public:
  CudaGrower(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings)
      : x_(x),
        host_labels_(labels),
        settings_(settings),
        columns_(x),
        labels_(labels, "labels"),
        units_(settings.units, "sample weights"),
        terms_(std::span<const double>(entropy_table(settings, x.rows)), "a table of logarithms") {
    training_.columns = columns_.view();
    training_.labels = labels_.data();
    training_.units = units_.data();
    training_.terms = {terms_.data(), static_cast<std::uint32_t>(terms_.size())};
    training_.stop = settings.stop_rule();
    training_.max_features = settings.max_features;
    training_.seed = settings.seed;
    training_.large_rows = static_cast<std::uint32_t>(settings.plan.rows_a_block);
    training_.mask_words = (x.columns + 63) / 64;
  }

  std::vector<TreeNodes> grow(std::span<const TreeSample> samples) override {
    std::vector<TreeNodes> trees;
    for (std::size_t begin = 0; begin < samples.size();) {
      const std::span<const TreeSample> batch =
          samples.subspan(begin, std::min(trees_at_once(), samples.size() - begin));
      std::ranges::move(grow_batch(batch), std::back_inserter(trees));
      begin += batch.size();
    }
    return trees;
  }

 private:
  /// More would take more memory and not be faster.
  std::size_t trees_at_once() const {
    const std::size_t rows = std::max<std::size_t>(x_.rows, 1);
    const std::size_t by_memory = core::DeviceContext::get().free_memory() / 2 / (rows * bytes_a_row);
    const std::size_t by_number = std::numeric_limits<std::uint32_t>::max() / rows;
    return std::clamp<std::size_t>(std::min(by_memory, by_number), 1, most_trees_at_once);
  }

  std::vector<TreeNodes> grow_batch(std::span<const TreeSample> batch) {
    std::vector<std::vector<std::uint32_t>> drawn(batch.size());
    std::vector<std::span<const std::uint32_t>> weights(batch.size());
    std::vector<SampleTotals> totals(batch.size());
    core::parallel_for(batch.size(), [&](std::size_t i) {
      if (batch[i].draws > 0) drawn[i] = bootstrap_weights(settings_.seed, batch[i].tree, x_.rows, batch[i].draws);
      weights[i] = batch[i].draws > 0 ? drawn[i] : batch[i].weights;
      totals[i] = sum_sample(batch[i].tree, weights[i], host_labels_, settings_.units);
    });
    AssembledTrees<C> trees(x_);
    std::vector<TreeHead<C>> heads;
    std::vector<OpenNode<C>> roots;
    std::vector<std::span<const std::uint32_t>> open;
    std::uint64_t rows = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const C sum = sum_of<C>(totals[i]);
      const ImpurityRule rule =
          settings_.balanced_subsample ? balanced_rule(settings_.impurity.criterion, sum) : settings_.impurity;
      const bool is_open = training_.stop.is_open(totals[i].rows, totals[i].distinct_rows, 0);
      trees.add_tree(rule, {totals[i].rows, totals[i].weighted}, is_open);
      if (!is_open) continue;
      OpenNode<C> root{};
      root.tree = static_cast<std::uint32_t>(heads.size());
      root.begin = static_cast<std::uint32_t>(rows);
      root.end = static_cast<std::uint32_t>(rows += totals[i].distinct_rows);
      root.path = root_path;
      root.sum = sum;
      root.rows = totals[i].rows;
      roots.push_back(root);
      heads.push_back({batch[i].tree, rule, sum});
      open.push_back(weights[i]);
    }
    if (roots.empty()) return trees.take();
    const DeviceBuffer<TreeHead<C>> device_heads(std::span<const TreeHead<C>>(heads), "trees");
    const bool any_repeats = std::ranges::any_of(open, [](const auto& of_tree) { return !of_tree.empty(); });
    training_.trees = device_heads.data();
    training_.count_distinct = training_.stop.min_samples_leaf > 1 && (any_repeats || sizeof(C) != sizeof(Counts));
    grow_levels(first_level(open, roots, rows), roots.size(), rows, trees);
    return trees.take();
  }

  /// @param samples  of each tree, how often each row counts; empty: once.
  Level<C> first_level(std::span<const std::span<const std::uint32_t>> samples, std::span<const OpenNode<C>> roots,
                       std::size_t rows) {
    Level<C> level(roots.size(), rows, training_.mask_words);
    level.node.set(roots);
    level.constant.fill_with_zeros();
    const std::size_t all = samples.size() * x_.rows;
    SampledRows sampled{x_.rows, static_cast<std::uint32_t>(samples.size()), nullptr, labels_.data()};
    DeviceBuffer<std::uint32_t> weights, places;
    if (std::ranges::any_of(samples, [](const auto& of_tree) { return !of_tree.empty(); })) {
      weights = {all, "the rows of trees"};
      const std::vector<std::uint32_t> once(x_.rows, 1);
      for (std::size_t i = 0; i < samples.size(); ++i)
        weights.set(samples[i].empty() ? std::span<const std::uint32_t>(once) : samples[i], i * x_.rows);
      sampled.weights = weights.data();
      places = {all + 1, "the rows of trees"};
      launch("marking the rows of trees", mark_used_rows, blocks_for(all + 1, row_threads), row_threads, 0, sampled,
             places.data());
      exclusive_sum(places.data(), places.size());
    }
    launch("placing the rows of trees", place_rows, blocks_for(all, row_threads), row_threads, 0, sampled,
           places.data(), level.row.data(), level.node_of.data());
    return level;
  }

  void grow_levels(Level<C> level, std::size_t size, std::size_t rows, AssembledTrees<C>& trees) {
    Slots<C> parents;
    for (std::uint32_t depth = 0; size > 0; ++depth) {
      const Outcome<C> outcome(size);
      const LevelView<C> view{static_cast<std::uint32_t>(size),
                              static_cast<std::uint32_t>(rows),
                              depth,
                              level.node.data(),
                              level.row.data(),
                              level.node_of.data(),
                              level.constant.data(),
                              outcome.best.data(),
                              outcome.seen.data(),
                              outcome.useful.data(),
                              outcome.done.data()};
      find_splits(view, parents);
      DeviceBuffer<std::uint32_t> first_word, words;
      const LevelWords levels = find_level_sets(view, first_word, words);
      const bool has_slots = parents.counts.size() > 0;

      DeviceBuffer<std::uint32_t> left(rows + 1, "the rows of a level of trees");
      DeviceBuffer<Counts> left_rows(sizeof(C) == sizeof(Counts) ? 0 : size, "the nodes of a level of trees");
      left_rows.fill_with_zeros();
      DeviceBuffer<NodeRecord<C>> records(size, "the nodes of a level of trees");
      DeviceBuffer<std::uint64_t> children(size + 1, "the nodes of a level of trees");
      launch("marking rows", mark_rows<C>, blocks_for(rows + 1, row_threads), row_threads, 0, training_, view, levels,
             left.data(), left_rows.data());
      exclusive_sum(left.data(), left.size());
      launch("recording nodes", record_nodes<C>, blocks_for(size + 1, node_threads), node_threads, 0, training_, view,
             levels, left.data(), left_rows.data(), records.data(), children.data());
      exclusive_sum(children.data(), children.size());
      std::uint64_t next = 0;
      children.get({&next, 1}, size);
      trees.add_level(records.to_host(), words.to_host());

      const std::size_t next_size = next >> 32, next_rows = next & 0xffffffff;
      if (next_size == 0) return;
      Level<C> next_level(next_size, next_rows, training_.mask_words);
      launch("opening nodes", open_children<C>, blocks_for(size, node_threads), node_threads, 0, training_, view,
             records.data(), children.data(), has_slots, next_level.node.data(), next_level.constant.data());
      launch("moving rows", move_rows<C>, blocks_for(rows, row_threads), row_threads, 0, view, left.data(),
             records.data(), children.data(), next_level.node.data(), next_level.row.data(), next_level.node_of.data());
      level = std::move(next_level);
      size = next_size;
      rows = next_rows;
    }
  }

  /// @param parents  the last level's histograms of large nodes, if any were kept; then this one's.
  void find_splits(const LevelView<C>& level, Slots<C>& parents) {
    launch("preparing nodes", prepare_nodes<C>, blocks_for(level.size, node_threads), node_threads, 0, level);
    const bool all = training_.max_features == x_.columns;
    DeviceBuffer<std::uint32_t> unfinished(1, "a count");
    for (std::uint32_t wanted = training_.max_features;; wanted = std::min(x_.columns, 2 * wanted)) {
      RoundView round = plan_round(wanted, all);
      DeviceBuffer<std::uint32_t> chosen, count;
      if (!all) {
        chosen = {std::size_t{level.size} * wanted, "the features of nodes"};
        count = {level.size, "the features of nodes"};
        round.chosen = chosen.data();
        round.count = count.data();
        const std::uint32_t blocks = std::min(level.size, order_blocks);
        DeviceBuffer<std::uint32_t> orders(std::size_t{blocks} * x_.columns, "the features of nodes");
        launch("choosing features", choose_features<C>, blocks, warp_size, 0, training_, level, orders.data(), wanted,
               chosen.data(), count.data());
      }
      DeviceBuffer<BasicSplit<C>> candidates(std::size_t{level.size} * round.candidates, "the splits of nodes");
      search(level, round, parents, candidates.data());
      unfinished.fill_with_zeros();
      launch("choosing splits", choose_splits<C>, blocks_for(level.size, node_threads), node_threads, 0, training_,
             level, round, candidates.data(), unfinished.data());
      if (all || unfinished.to_host()[0] == 0) return;
    }
  }

  /// @param width  features a node looks at, at most.
  RoundView plan_round(std::uint32_t width, bool all) const {
    const ColumnsView& columns = training_.columns;
    const std::size_t bytes = SharedHistograms<C>::bytes(1, columns.widest_narrow, training_.count_distinct);
    const std::uint32_t narrow = all ? columns.narrow_count : columns.narrow_count == 0 ? 0 : width;
    RoundView round{};
    round.width = width;
    round.at_once = static_cast<std::uint32_t>(std::clamp<std::size_t>(shared_budget / bytes, 1, most_at_once));
    round.at_once = std::min(round.at_once, std::max(narrow, 1u));
    round.narrow_groups = (narrow + round.at_once - 1) / round.at_once;
    round.candidates = all ? round.narrow_groups * (search_threads / warp_size) + columns.wide_count : width;
    return round;
  }

  void search(const LevelView<C>& level, const RoundView& round, Slots<C>& parents, BasicSplit<C>* candidates) {
    const ColumnsView& columns = training_.columns;
    const std::size_t shared =
        SharedHistograms<C>::bytes(round.at_once, columns.widest_narrow, training_.count_distinct);
    Slots<C> slots;
    if (level.rows > training_.large_rows && round.narrow_groups > 0) {
      const std::uint32_t count = blocks_for(level.rows, training_.large_rows);
      const std::size_t cells = std::size_t{round.narrow_groups} * round.at_once * columns.widest_narrow;
      slots = Slots<C>(count, cells, training_.count_distinct);
      launch("adding up large nodes", sum_large_nodes<C>, dim3(count, round.narrow_groups), search_threads, shared,
             training_, level, round, slots.view);
      if (parents.counts.size() > 0)
        launch("subtracting siblings", subtract_siblings<C>, dim3(count, blocks_for(cells, 8 * search_threads)),
               search_threads, 0, level, training_.large_rows, slots.view, parents.view);
    }
    launch("searching columns", search_narrow<C>, dim3(level.size, round.narrow_groups), search_threads, shared,
           training_, level, round, slots.view, candidates);
    if (columns.wide_count > 0)
      launch("searching wide columns", search_wide<C>, scratch_blocks(), wide_threads, 0, training_, level, round,
             scratch(), candidates);
    parents = std::move(slots);
    if (training_.max_features != x_.columns) parents = {};  // children look at other features
  }

  /// What splits by level list, if there are any. @param first_word, words  own the result.
  LevelWords find_level_sets(const LevelView<C>& level, DeviceBuffer<std::uint32_t>& first_word,
                             DeviceBuffer<std::uint32_t>& words) {
    if (!columns_.any_levels()) return {};
    first_word = {std::size_t{level.size} + 1, "sets of levels"};
    launch("counting levels", count_level_words<C>, blocks_for(first_word.size(), node_threads), node_threads, 0,
           training_, level, first_word.data());
    exclusive_sum(first_word.data(), first_word.size());
    std::uint32_t size = 0;
    first_word.get({&size, 1}, level.size);
    if (size > 0) {
      words = {size, "sets of levels"};
      words.fill_with_zeros();
      launch("listing levels", list_levels<C>, scratch_blocks(), wide_threads, 0, training_, level, scratch(),
             first_word.data(), words.data());
    }
    return {first_word.data(), words.data()};
  }

  static unsigned scratch_blocks() {
    return blocks_a_processor * static_cast<unsigned>(core::DeviceContext::get().multiprocessors());
  }

  ScratchView<C> scratch() {
    const std::uint32_t cells = std::max(training_.columns.widest_wide, narrow_cells);
    const std::uint32_t list = std::bit_ceil(cells);
    if (scratch_counts_.size() == 0) {
      const std::size_t blocks = scratch_blocks();
      scratch_counts_ = {blocks * cells, "histograms of wide columns"};
      scratch_distinct_ = {blocks * cells, "histograms of wide columns"};
      scratch_lists_ = {blocks * list, "histograms of wide columns"};
      scratch_counts_.fill_with_zeros();
      scratch_distinct_.fill_with_zeros();
    }
    return {cells, scratch_counts_.data(), scratch_distinct_.data(), scratch_lists_.data(), list};
  }

  const BinnedColumns& x_;
  std::span<const std::uint8_t> host_labels_;
  GrowSettings settings_;
  DeviceColumns columns_;
  DeviceBuffer<std::uint8_t> labels_;
  DeviceBuffer<std::uint64_t> units_;
  DeviceBuffer<double> terms_;
  DeviceBuffer<C> scratch_counts_;
  DeviceBuffer<std::uint32_t> scratch_distinct_, scratch_lists_;
  TrainingView<C> training_{};
};

}  // namespace

std::unique_ptr<Grower> make_cuda_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                         const GrowSettings& settings) {
  if (settings.units.empty()) return std::make_unique<CudaGrower<Counts>>(x, labels, settings);
  return std::make_unique<CudaGrower<WeightedCounts>>(x, labels, settings);
}

}  // namespace cartwheel::tree
