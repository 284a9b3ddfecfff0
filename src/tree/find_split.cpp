#include "tree/find_split.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/dispatched.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t lanes = 8;
using Ints [[gnu::vector_size(4 * lanes)]] = std::int32_t;
using Longs [[gnu::vector_size(8 * lanes)]] = std::uint64_t;
using Doubles [[gnu::vector_size(8 * lanes)]] = double;

/// GainOrder::plain_gini_score of some left sides, `lanes` at a time. @param left, out  a multiple of `lanes`.
CARTWHEEL_DISPATCHED void plain_gini_scores(const Counts* left, std::size_t size, Counts node, double* out) {
  const double rows = node.rows, positives = node.positives;
  for (std::size_t i = 0; i < size; i += lanes) {
    Longs counts;
    std::memcpy(&counts, left + i, sizeof counts);
    const Doubles l = __builtin_convertvector(__builtin_convertvector(counts, Ints), Doubles),
                  p = __builtin_convertvector(__builtin_convertvector(counts >> 32, Ints), Doubles);
    const Doubles d = p * (rows - positives) - positives * (l - p);
    const Doubles score = d * d / (l * (rows - l));
    std::memcpy(out + i, &score, sizeof score);
  }
}

/// The highest of some numbers. @param size  a multiple of `lanes`.
CARTWHEEL_DISPATCHED double highest(const double* of, std::size_t size) {
  Doubles top;
  std::memcpy(&top, of, sizeof top);
  for (std::size_t i = lanes; i < size; i += lanes) {
    Doubles some;
    std::memcpy(&some, of + i, sizeof some);
    top = some > top ? some : top;
  }
  double result = top[0];
  for (std::size_t i = 1; i < lanes; ++i) result = top[i] > result ? top[i] : result;
  return result;
}

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
    const std::size_t filled = (size + lanes - 1) / lanes * lanes;
    if constexpr (std::is_same_v<C, Counts>) {
      if (order.is_plain_gini()) {
        std::fill(left.begin() + size, left.begin() + filled, left[0]);
        plain_gini_scores(left.data(), filled, order.node(), scores.data());
      } else {
        order.scores(std::span(left).first(size), std::span(scores).first(size));
      }
    } else {
      order.scores(std::span(left).first(size), std::span(scores).first(size));
    }
    std::fill(scores.begin() + size, scores.begin() + filled, none);
    if (min_samples_leaf > 1) {
      for (std::size_t i = 0; i < size; ++i) {
        distinct_left += present[begin + i].distinct_rows;
        if (distinct_left < min_samples_leaf || distinct_rows - distinct_left < min_samples_leaf) scores[i] = none;
      }
    }
    const double top = highest(scores.data(), filled);
    if (top == none || (best.found() && order.clearly_less(top, best.score))) continue;
    const double least = order.least_doubtful(top);
    for (std::size_t i = 0; i < size; ++i) {
      if (scores[i] < least) continue;
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
