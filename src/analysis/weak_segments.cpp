#include "analysis/weak_segments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cartwheel/decision_tree.hpp>
#include <cmath>
#include <limits>
#include <map>

namespace cartwheel::analysis {
namespace {

/// What a path says of one column.
struct Condition {
  float above = -std::numeric_limits<float>::infinity(), most = std::numeric_limits<float>::infinity();
  bool may_miss = true;
  std::vector<std::string> sets;  ///< Of a category column.
};
using Rule = std::map<std::size_t, Condition>;

bool has_missing(const FeatureMatrix& x, std::size_t j) {
  std::vector<float> values(x.rows());
  x.copy_column(j, values);
  return std::ranges::any_of(values, [](float value) { return std::isnan(value); });
}

std::string to_text(const std::string& name, const Condition& condition, bool column_misses) {
  std::vector<std::string> parts = condition.sets;
  const bool from = std::isfinite(condition.above), to = std::isfinite(condition.most);
  if (from && to)
    parts.push_back(fmt::format("{:g} < {} <= {:g}", condition.above, name, condition.most));
  else if (from)
    parts.push_back(fmt::format("{} > {:g}", name, condition.above));
  else if (to)
    parts.push_back(fmt::format("{} <= {:g}", name, condition.most));
  if (!condition.sets.empty() || !column_misses) return fmt::format("{}", fmt::join(parts, " and "));
  if (parts.empty()) return name + (condition.may_miss ? " is missing" : " is given");
  return parts.front() + (condition.may_miss ? " or missing" : "");
}

/// The rule of every leaf.
class LeafRules {
 public:
  LeafRules(const DecisionTree& tree, const FeatureMatrix& x) : tree_(tree), nodes_(tree.nodes()), x_(x) {
    walk(0, {});
  }
  const std::map<std::uint32_t, std::string>& texts() const { return texts_; }

 private:
  void walk(std::int32_t number, const Rule& rule) {
    const TreeNode& node = nodes_[static_cast<std::size_t>(number)];
    if (node.feature < 0) {
      std::vector<std::string> parts;
      for (const auto& [j, condition] : rule) parts.push_back(to_text(x_.names()[j], condition, has_missing(x_, j)));
      texts_[static_cast<std::uint32_t>(number)] = fmt::format("{}", fmt::join(parts, " and "));
      return;
    }
    const auto j = static_cast<std::size_t>(node.feature);
    for (const bool left : {true, false}) {
      Rule side = rule;
      Condition& condition = side[j];
      condition.may_miss = condition.may_miss && node.missing_left == left;
      if (!node.levels.empty())
        condition.sets.push_back(set_text(node, j, left));
      else if (left)
        condition.most = std::min(condition.most, node.threshold);
      else
        condition.above = std::max(condition.above, node.threshold);
      walk(left ? node.left : node.right, side);
    }
  }

  /// A node's levels go to the side that missing values do not take.
  std::string set_text(const TreeNode& node, std::size_t j, bool left) const {
    constexpr std::size_t shown = 4;
    std::vector<std::string> names;
    for (const std::uint16_t level : node.levels) names.push_back(tree_.levels()[j][level]);
    const std::size_t more = names.size() > shown ? names.size() - shown : 0;
    names.resize(names.size() - more);
    return fmt::format("{} {} {{{}{}}}", x_.names()[j], left != node.missing_left ? "in" : "not in",
                       fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
  }

  const DecisionTree& tree_;
  std::vector<TreeNode> nodes_;
  const FeatureMatrix& x_;
  std::map<std::uint32_t, std::string> texts_;
};

/// A tree that tells right from wrong on every second session; nothing where there is nothing to tell.
std::optional<DecisionTree> error_tree(const FeatureMatrix& features, std::span<const JudgedSession> judged,
                                       const ErrorAnalysisOptions& options) {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> wrong;
  for (std::size_t i = 0; i < judged.size(); i += 2) {
    rows.push_back(static_cast<std::uint32_t>(i));
    wrong.push_back(judged[i].wrong() ? 1 : 0);
  }
  const auto errors = static_cast<std::size_t>(std::ranges::count(wrong, std::uint8_t{1}));
  if (errors == 0 || errors == wrong.size() || judged.size() < 2 * options.segment_rows) return std::nullopt;
  DecisionTreeOptions tree;
  tree.max_depth = options.depth;
  tree.min_samples_leaf.count = static_cast<std::int64_t>((options.segment_rows + 1) / 2);
  return DecisionTree::fit(features.select_rows(rows), wrong, tree);
}

}  // namespace

void ErrorCounter::add(const JudgedSession& session) {
  ++count_.sessions;
  count_.positives += session.label ? 1 : 0;
  count_.yes += session.decision ? 1 : 0;
  count_.false_positives += session.decision && !session.label ? 1 : 0;
  count_.false_negatives += !session.decision && session.label ? 1 : 0;
  probability_ += session.probability;
}

ErrorCount ErrorCounter::count() const {
  ErrorCount result = count_;
  if (result.sessions > 0) result.probability = probability_ / static_cast<double>(result.sessions);
  return result;
}

SegmentSearch find_weak_segments(const FeatureMatrix& features, std::span<const JudgedSession> judged,
                                 const ErrorAnalysisOptions& options) {
  if (options.segments == 0) return {};
  const std::optional<DecisionTree> tree = error_tree(features, judged, options);
  if (!tree)
    return {{},
            fmt::format("segments of {} sessions need twice as many, some of them decided right and some wrong",
                        options.segment_rows)};
  const LeafRules rules(*tree, features);
  const std::vector<std::uint32_t> leaves = tree->apply(features);
  ErrorCounter all;
  std::map<std::uint32_t, ErrorCounter> counters;
  std::map<std::uint32_t, std::uint64_t> sizes;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    ++sizes[leaves[i]];
    if (i % 2 == 0) continue;
    all.add(judged[i]);
    counters[leaves[i]].add(judged[i]);
  }
  SegmentSearch search;
  for (const auto& [leaf, counter] : counters) {
    WeakSegment segment{rules.texts().at(leaf), sizes[leaf], counter.count(), 0.0};
    if (const double rate = all.count().error_rate(); rate > 0.0) segment.lift = segment.measured.error_rate() / rate;
    if (segment.lift > 1.0 && counters.size() > 1) search.segments.push_back(std::move(segment));
  }
  std::ranges::stable_sort(search.segments, std::ranges::greater{}, &WeakSegment::lift);
  if (search.segments.size() > options.segments)
    search.segments.erase(search.segments.begin() + static_cast<std::ptrdiff_t>(options.segments),
                          search.segments.end());
  if (search.segments.empty()) search.none = "no stretch of any feature is weaker than the rest";
  return search;
}

}  // namespace cartwheel::analysis
