#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/math.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "tree/find_split.hpp"
#include "tree/grow.hpp"
#include "tree/grow_settings.hpp"
#include "tree/histogram.hpp"
#include "tree/path.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t nodes_a_task = 16;
constexpr std::size_t large_node = 1 << 14;  ///< Rows from which on the features of a node are searched in parallel.
constexpr std::size_t entropy_terms = 1 << 14;

/// What all trees of a grower share.
struct Training {
  const BinnedColumns& x;
  std::span<const std::uint8_t> labels;
  GrowSettings settings;
  std::vector<double> terms;  ///< x * log2(x) for small counts; empty for gini.
};

/// A leaf that may become a split.
struct OpenNode {
  std::size_t node;
  std::size_t begin, end;  ///< Its rows.
  std::uint64_t path;
  Counts counts;
};

/// What became of an open node.
struct Outcome {
  Split split;
  std::vector<std::uint16_t> levels;  ///< NodeSplit::levels.
  std::size_t middle = 0;             ///< Rows [begin, middle) went left.
};

/// One tree on its way. It grows level by level; the nodes of a level are independent of each other.
class GrowingTree {
 public:
  GrowingTree(const Training& training, const TreeSample& sample)
      : training_(training),
        sample_(sample),
        rows_(sample_rows()),
        rule_(training.settings.balanced_subsample ? balanced_rule(training.settings.impurity.criterion, root_)
                                                   : training.settings.impurity),
        partition_(rows_.size()) {}

  TreeNodes grow() {
    TreeNodes nodes(rule_, {root_, {}}, false);
    std::vector<OpenNode> level;
    if (is_open(root_, rows_.size(), 0)) level.push_back({0, 0, rows_.size(), root_path, root_});
    for (std::uint32_t depth = 1; !level.empty(); ++depth) {
      std::vector<Outcome> outcomes(level.size());
      core::parallel_for_blocks(level.size(), nodes_a_task, [&](std::size_t begin, std::size_t end) {
        Histogram histogram;
        for (std::size_t i = begin; i < end; ++i) outcomes[i] = work(level[i], histogram);
      });
      level = next_level(level, outcomes, depth, nodes);
    }
    nodes.shrink_to_fit();
    return nodes;
  }

 private:
  std::vector<TreeRow> sample_rows() {
    const std::size_t rows = training_.x.rows;
    std::vector<TreeRow> result;
    result.reserve(rows);
    std::uint64_t weighted_rows = 0, heaviest = 0, positives = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::uint32_t weight = sample_.weights.empty() ? 1 : sample_.weights[row];
      if (weight == 0) continue;
      result.emplace_back(static_cast<std::uint32_t>(row), weight, training_.labels[row]);
      weighted_rows += weight;
      positives += training_.labels[row] != 0 ? weight : 0;
      heaviest = std::max<std::uint64_t>(heaviest, weight);
    }
    if (weighted_rows == 0 || weighted_rows > std::numeric_limits<std::uint32_t>::max() || heaviest > max_row_weight)
      throw DataError(
          fmt::format("tree {} would grow on {} weighted rows; at least 1 and at most 2^32 - 1 are possible",
                      sample_.tree, weighted_rows));
    root_ = {static_cast<std::uint32_t>(weighted_rows), static_cast<std::uint32_t>(positives)};
    result.shrink_to_fit();
    return result;
  }

  bool is_open(Counts counts, std::size_t distinct_rows, std::uint32_t depth) const {
    const GrowSettings& settings = training_.settings;
    return counts.positives != 0 && counts.positives != counts.rows && depth < settings.max_depth &&
           distinct_rows >= settings.min_samples_split && distinct_rows >= std::size_t{2} * settings.min_samples_leaf;
  }

  /// Finds the split of a node, and parts its rows.
  Outcome work(const OpenNode& node, Histogram& histogram) {
    Outcome outcome;
    outcome.split = best_split(node, histogram);
    if (outcome.split.found() && !decreases_enough(node.counts, outcome.split.left)) outcome.split = {};
    if (!outcome.split.found()) return outcome;
    if (training_.x.by_level(static_cast<std::uint32_t>(outcome.split.feature)))
      outcome.levels = levels_apart(node, outcome.split, histogram);
    outcome.middle = partition(node, outcome.split, outcome.levels);
    return outcome;
  }

  /// The levels on the side where missing values do not go.
  std::vector<std::uint16_t> levels_apart(const OpenNode& node, const Split& split, Histogram& histogram) const {
    const auto feature = static_cast<std::uint32_t>(split.feature);
    const auto order = order_levels(histogram_of(node, feature, histogram), training_.x.missing[feature]);
    const auto cut = order.begin() + split.bin + 1;
    std::vector<std::uint16_t> levels(split.missing_left ? cut : order.begin(), split.missing_left ? order.end() : cut);
    std::ranges::sort(levels);
    return levels;
  }

  std::span<PresentBin> histogram_of(const OpenNode& node, std::uint32_t feature, Histogram& histogram) const {
    const BinnedColumns& x = training_.x;
    // With one row to keep, or without weights, the weighted number says as much as the distinct one.
    const bool count_distinct = training_.settings.min_samples_leaf > 1 && !sample_.weights.empty();
    const auto rows = std::span(std::as_const(rows_)).subspan(node.begin, node.end - node.begin);
    return x.with_column(feature,
                         [&](auto bins) { return histogram.build(rows, bins, x.cells(feature), count_distinct); });
  }

  struct FeatureResult {
    Split split;
    bool constant = true;
  };

  FeatureResult search(const OpenNode& node, const GainOrder& order, std::uint32_t feature,
                       Histogram& histogram) const {
    const BinnedColumns& x = training_.x;
    const auto present = histogram_of(node, feature, histogram);
    if (present.size() < 2) return {};
    if (x.by_level(feature)) order_levels(present, x.missing[feature]);
    return {find_split(order, static_cast<std::int32_t>(feature), present, x.missing[feature],
                       training_.settings.min_samples_leaf),
            false};
  }

  /// Looks at features in the node's own random order until max_features that are not constant in it were seen, and at
  /// further ones as long as none allows a split; as scikit-learn does, but that constant features do not count.
  Split best_split(const OpenNode& node, Histogram& histogram) const {
    const std::uint32_t columns = training_.x.columns, wanted = training_.settings.max_features;
    const GainOrder order(rule_, node.counts,
                          {training_.terms.data(), static_cast<std::uint32_t>(training_.terms.size())});
    std::vector<std::uint32_t> features(columns);
    std::iota(features.begin(), features.end(), 0u);
    core::RandomStream random(training_.settings.seed, core::RandomPurpose::split_features, sample_.tree, node.path);
    Split best;
    std::vector<FeatureResult> results;
    for (std::uint32_t seen = 0, useful = 0; seen < columns && (useful < wanted || !best.found());) {
      const std::uint32_t count = std::min(columns - seen, std::max(1u, wanted - std::min(wanted, useful)));
      if (wanted < columns)  // Fisher and Yates' shuffle, as far as it is needed
        for (std::uint32_t i = seen; i < seen + count; ++i)
          std::swap(features[i], features[i + random.below(columns - i)]);
      results.assign(count, {});
      if (node.end - node.begin >= large_node) {
        core::parallel_for(count, [&](std::size_t i) {
          Histogram own;
          results[i] = search(node, order, features[seen + i], own);
        });
      } else {
        for (std::uint32_t i = 0; i < count; ++i) results[i] = search(node, order, features[seen + i], histogram);
      }
      for (const FeatureResult& result : results) {
        keep_better(order, result.split, best);
        useful += result.constant ? 0 : 1;
      }
      seen += count;
    }
    return best;
  }

  /// scikit-learn's weighted impurity decrease, with its allowance for rounding.
  bool decreases_enough(Counts node, Counts left) const {
    const ImpurityRule& rule = rule_;
    const Counts right = node - left;
    const double weight = rule.weight(node);
    const double decrease = weight / rule.weight(root_) *
                            (rule.impurity(node) - rule.weight(right) / weight * rule.impurity(right) -
                             rule.weight(left) / weight * rule.impurity(left));
    return decrease + std::numeric_limits<double>::epsilon() >= training_.settings.min_impurity_decrease;
  }

  /// Moves the rows that go left before the others; both keep their order, so bins are read in order of memory.
  std::size_t partition(const OpenNode& node, const Split& split, std::span<const std::uint16_t> levels) {
    const auto feature = static_cast<std::uint32_t>(split.feature);
    const std::uint32_t missing = training_.x.missing[feature];
    return training_.x.with_column(feature, [&](auto bins) {
      if (levels.empty())
        return partition(node, bins,
                         [&](std::uint32_t bin) { return bin == missing ? split.missing_left : bin <= split.bin; });
      std::vector<bool> goes_left(training_.x.cells(feature), split.missing_left);
      for (const std::uint16_t level : levels) goes_left[level] = !split.missing_left;
      return partition(node, bins, [&](std::uint32_t bin) -> bool { return goes_left[bin]; });
    });
  }

  template <class Bin, class GoesLeft>
  std::size_t partition(const OpenNode& node, std::span<const Bin> bins, const GoesLeft& goes_left_of) {
    std::size_t left = node.begin, right = 0;
    TreeRow* aside = partition_.data() + node.begin;
    for (std::size_t i = node.begin; i < node.end; ++i) {
      const TreeRow row = rows_[i];
      const bool goes_left = goes_left_of(bins[row.row]);
      rows_[left] = row;
      aside[right] = row;
      left += goes_left ? 1 : 0;
      right += goes_left ? 0 : 1;
    }
    std::copy(aside, aside + right, rows_.begin() + static_cast<std::ptrdiff_t>(left));
    return left;
  }

  std::vector<OpenNode> next_level(const std::vector<OpenNode>& level, const std::vector<Outcome>& outcomes,
                                   std::uint32_t depth, TreeNodes& nodes) const {
    std::vector<OpenNode> next;
    for (std::size_t i = 0; i < level.size(); ++i) {
      const OpenNode& parent = level[i];
      const auto& [split, levels, middle] = outcomes[i];
      if (!split.found()) continue;
      const Counts left = split.left, right = parent.counts - left;
      const std::size_t child = nodes.size();
      nodes.split(parent.node, {split.feature, levels.empty() ? threshold(split) : 0.0f, split.missing_left, levels},
                  {left, {}}, {right, {}});
      if (is_open(left, middle - parent.begin, depth))
        next.push_back({child, parent.begin, middle, child_path(parent.path, false), left});
      if (is_open(right, parent.end - middle, depth))
        next.push_back({child + 1, middle, parent.end, child_path(parent.path, true), right});
    }
    return next;
  }

  /// The midpoint of the highest training value of the left bin and the lowest of the next one present in the node, as
  /// float32 rounded down, so that  left value <= threshold < right value; infinity where all values go left.
  float threshold(const Split& split) const {
    if (split.next_bin == no_bin) return std::numeric_limits<float>::infinity();
    const std::uint32_t first = training_.x.first_cell[static_cast<std::size_t>(split.feature)];
    const double midpoint =
        (double{training_.x.highest[first + split.bin]} + double{training_.x.lowest[first + split.next_bin]}) / 2.0;
    const auto nearest = static_cast<float>(midpoint);
    return nearest <= midpoint ? nearest : std::nextafter(nearest, -std::numeric_limits<float>::infinity());
  }

  const Training& training_;
  TreeSample sample_;
  Counts root_;
  std::vector<TreeRow> rows_;  ///< Node by node.
  ImpurityRule rule_;
  std::vector<TreeRow> partition_;  ///< The rows that go right, while a node is parted.
};

class CpuGrower final : public Grower {
 public:
  CpuGrower(const BinnedColumns& x, std::span<const std::uint8_t> labels, const GrowSettings& settings)
      : training_{x, labels, settings, {}} {
    if (settings.impurity.criterion == Criterion::gini) return;
    training_.terms.resize(std::min<std::size_t>(entropy_terms, std::size_t{x.rows} + 1));
    for (std::size_t i = 0; i < training_.terms.size(); ++i)
      training_.terms[i] = core::x_log2_x(static_cast<double>(i));
  }

  std::vector<TreeNodes> grow(std::span<const TreeSample> batch) override {
    std::vector<TreeNodes> trees(batch.size());
    core::parallel_for(batch.size(), [&](std::size_t i) { trees[i] = GrowingTree(training_, batch[i]).grow(); });
    return trees;
  }

 private:
  Training training_;
};

}  // namespace

std::unique_ptr<Grower> make_cpu_grower(const BinnedColumns& x, std::span<const std::uint8_t> labels,
                                        const GrowSettings& settings) {
  return std::make_unique<CpuGrower>(x, labels, settings);
}

}  // namespace cartwheel::tree
