#include "tree/find_split.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace cartwheel::tree {
namespace {

/// Looks at the cuts of a column without missing values. Scores come first, for many cuts at once; then only the cuts
/// that may be better than what there is are looked at one by one, and they are few.
template <class C>
void find_cut(const GainOrder<C>& order, std::int32_t feature, std::span<const PresentBin<C>> present,
              std::uint32_t min_samples_leaf, BasicSplit<C>& best) {
  constexpr std::size_t at_once = 256;
  constexpr double none = -std::numeric_limits<double>::infinity();
  std::array<C, at_once> left;
  std::array<double, at_once> scores;
  std::uint32_t distinct_rows = 0, distinct_left = 0;
  if (min_samples_leaf > 1)
    for (const PresentBin<C>& bin : present) distinct_rows += bin.distinct_rows;
  C sum{};
  for (std::size_t begin = 0; begin + 1 < present.size(); begin += at_once) {
    const std::size_t size = std::min(at_once, present.size() - 1 - begin);
    for (std::size_t i = 0; i < size; ++i) left[i] = sum = sum + present[begin + i].counts;
    order.scores(std::span(left).first(size), std::span(scores).first(size));
    double top = none;
    if (min_samples_leaf > 1) {
      for (std::size_t i = 0; i < size; ++i) {
        distinct_left += present[begin + i].distinct_rows;
        if (distinct_left < min_samples_leaf || distinct_rows - distinct_left < min_samples_leaf) scores[i] = none;
      }
    }
    for (std::size_t i = 0; i < size; ++i) top = scores[i] > top ? scores[i] : top;
    if (top == none || (best.found() && order.clearly_less(top, best.score))) continue;
    for (std::size_t i = 0; i < size; ++i) {
      if (order.clearly_less(scores[i], top)) continue;
      const bool left_is_larger = left[i].rows >= (order.node() - left[i]).rows;
      keep_better(order,
                  {feature, present[begin + i].bin, present[begin + i + 1].bin, left_is_larger, left[i], scores[i]},
                  best);
    }
  }
}

}  // namespace

template <class C>
void find_split(const GainOrder<C>& order, std::span<const OnlyCut<C>> cuts, BasicSplit<C>& best) {
  constexpr std::size_t at_once = 64;
  std::array<C, at_once> left;
  std::array<double, at_once> scores;
  for (std::size_t begin = 0; begin < cuts.size(); begin += at_once) {
    const std::size_t size = std::min(at_once, cuts.size() - begin);
    for (std::size_t i = 0; i < size; ++i) left[i] = cuts[begin + i].left;
    order.scores(std::span(left).first(size), std::span(scores).first(size));
    for (std::size_t i = 0; i < size; ++i) {
      if (best.found() && order.clearly_less(scores[i], best.score)) continue;
      const bool left_is_larger = left[i].rows >= (order.node() - left[i]).rows;
      keep_better(order, {cuts[begin + i].feature, 0, 1, left_is_larger, left[i], scores[i]}, best);
    }
  }
}

template <class C>
void find_split(const GainOrder<C>& order, std::int32_t feature, std::span<const PresentBin<C>> present,
                std::uint32_t missing, std::uint32_t min_samples_leaf, BasicSplit<C>& best) {
  PresentBin<C> absent{};  // the rows that miss the value
  if (!present.empty() && present.back().bin == missing) {
    absent = present.back();
    present = present.first(present.size() - 1);
  }
  if (absent.counts.rows == 0) return find_cut(order, feature, present, min_samples_leaf, best);
  std::uint32_t distinct_rows = absent.distinct_rows;
  if (min_samples_leaf > 1)
    for (const PresentBin<C>& bin : present) distinct_rows += bin.distinct_rows;

  PresentBin<C> left{};
  const auto consider = [&](C counts, std::uint32_t distinct_left, std::uint32_t next_bin, bool missing_left) {
    if (min_samples_leaf > 1 && (distinct_left < min_samples_leaf || distinct_rows - distinct_left < min_samples_leaf))
      return;
    const double score = order.score(counts);
    if (best.found() && order.clearly_less(score, best.score)) return;
    keep_better(order, {feature, left.bin, next_bin, missing_left, counts, score}, best);
  };
  for (std::size_t i = 0; i < present.size(); ++i) {
    left.bin = present[i].bin;
    left.counts = left.counts + present[i].counts;
    left.distinct_rows += present[i].distinct_rows;
    if (i + 1 == present.size()) {
      consider(left.counts, left.distinct_rows, no_bin, false);
    } else {
      consider(left.counts + absent.counts, left.distinct_rows + absent.distinct_rows, present[i + 1].bin, true);
      consider(left.counts, left.distinct_rows, present[i + 1].bin, false);
    }
  }
}

template <class C>
std::vector<std::uint16_t> order_levels(std::span<PresentBin<C>> present, std::uint32_t missing) {
  if (!present.empty() && present.back().bin == missing) present = present.first(present.size() - 1);
  std::ranges::sort(present, [](const PresentBin<C>& a, const PresentBin<C>& b) {
    bool equal;
    const bool smaller = smaller_share(a.counts, b.counts, equal);
    return equal ? a.bin < b.bin : smaller;
  });
  std::vector<std::uint16_t> levels;
  for (PresentBin<C>& bin : present) {
    levels.push_back(static_cast<std::uint16_t>(bin.bin));
    bin.bin = static_cast<std::uint32_t>(levels.size()) - 1;
  }
  return levels;
}

template void find_split(const GainOrder<Counts>&, std::int32_t, std::span<const PresentBin<Counts>>, std::uint32_t,
                         std::uint32_t, BasicSplit<Counts>&);
template void find_split(const GainOrder<WeightedCounts>&, std::int32_t, std::span<const PresentBin<WeightedCounts>>,
                         std::uint32_t, std::uint32_t, BasicSplit<WeightedCounts>&);
template void find_split(const GainOrder<Counts>&, std::span<const OnlyCut<Counts>>, BasicSplit<Counts>&);
template void find_split(const GainOrder<WeightedCounts>&, std::span<const OnlyCut<WeightedCounts>>,
                         BasicSplit<WeightedCounts>&);
template std::vector<std::uint16_t> order_levels(std::span<PresentBin<Counts>>, std::uint32_t);
template std::vector<std::uint16_t> order_levels(std::span<PresentBin<WeightedCounts>>, std::uint32_t);

}  // namespace cartwheel::tree
