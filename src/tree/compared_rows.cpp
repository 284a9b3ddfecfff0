#include "tree/compared_rows.hpp"

#include <algorithm>
#include <limits>

#include "core/dispatched.hpp"

namespace cartwheel::tree {
namespace {

constexpr double none = -std::numeric_limits<double>::infinity();

using Lane = std::uint16_t;

/// Adds up, for each lane, the rows whose bin is at most the lane's: their weights, positives and number.
/// @param rows  how many bins, weights and positives there are; as many lanes count.
template <std::size_t lanes>
[[gnu::always_inline]] inline void sum_below(const Lane* bins, const std::uint8_t* weights,
                                             const std::uint8_t* positives, std::size_t rows, Lane* left_rows,
                                             Lane* left_positives, Lane* left_distinct) {
  Lane sum_rows[lanes] = {}, sum_positives[lanes] = {}, sum_distinct[lanes] = {};
  for (std::size_t row = 0; row < rows; ++row) {
    const Lane bin = bins[row], weight = weights[row], positive = positives[row];
    for (std::size_t i = 0; i < lanes; ++i) {
      const auto is_left = static_cast<Lane>(bin <= bins[i] ? 0xffff : 0);
      sum_rows[i] = static_cast<Lane>(sum_rows[i] + (is_left & weight));
      sum_positives[i] = static_cast<Lane>(sum_positives[i] + (is_left & positive));
      sum_distinct[i] = static_cast<Lane>(sum_distinct[i] - is_left);
    }
  }
  std::copy_n(sum_rows, lanes, left_rows);
  std::copy_n(sum_positives, lanes, left_positives);
  std::copy_n(sum_distinct, lanes, left_distinct);
}

CARTWHEEL_DISPATCHED void sum_below_of_16(const Lane* bins, const std::uint8_t* weights, const std::uint8_t* positives,
                                          std::size_t rows, Lane* left_rows, Lane* left_positives,
                                          Lane* left_distinct) {
  sum_below<16>(bins, weights, positives, rows, left_rows, left_positives, left_distinct);
}
CARTWHEEL_DISPATCHED void sum_below_of_32(const Lane* bins, const std::uint8_t* weights, const std::uint8_t* positives,
                                          std::size_t rows, Lane* left_rows, Lane* left_positives,
                                          Lane* left_distinct) {
  sum_below<32>(bins, weights, positives, rows, left_rows, left_positives, left_distinct);
}

}  // namespace

void ComparedRows::take(std::span<const TreeRow> rows) {
  rows_ = rows;
  weights_ = {};
  positives_ = {};
  weight_ = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t weight = rows[i].weight_and_label >> 1;
    weights_[i] = static_cast<std::uint8_t>(weight);
    positives_[i] = static_cast<std::uint8_t>((0u - (rows[i].weight_and_label & 1)) & weight);
    weight_ += weight;
  }
}

auto ComparedRows::find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& column,
                              std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best) -> Outcome {
  return rows_.size() <= 16 ? find_split<16>(order, feature, column, missing, min_samples_leaf, best)
                            : find_split<32>(order, feature, column, missing, min_samples_leaf, best);
}

template <std::size_t lanes>
auto ComparedRows::find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& column,
                              std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best) -> Outcome {
  const std::size_t size = rows_.size();
  const auto bin_of = [&](std::size_t i) { return static_cast<Lane>(column.wide_bin(rows_[i].row)); };
  std::array<Lane, lanes> bins;
  bins.fill(bin_of(0));  // stays behind the last row
  for (std::size_t i = 1; i < size; ++i) bins[i] = bin_of(i);
  Lane lowest = bins[0], highest = bins[0];
  for (std::size_t i = 0; i < lanes; ++i) {
    lowest = std::min(lowest, bins[i]);
    highest = std::max(highest, bins[i]);
  }
  if (lowest == highest) return Outcome::constant;
  if (highest == missing) return Outcome::has_missing;

  std::array<Lane, lanes> left_rows, left_positives, left_distinct;
  (lanes == 16 ? sum_below_of_16 : sum_below_of_32)(bins.data(), weights_.data(), positives_.data(), size,
                                                    left_rows.data(), left_positives.data(), left_distinct.data());
  std::array<Counts, lanes> left;
  std::array<double, lanes> scores;
  for (std::size_t i = 0; i < lanes; ++i) left[i] = {left_rows[i], left_positives[i]};
  order.scores(left, scores);
  for (std::size_t i = 0; i < lanes; ++i) scores[i] = left_rows[i] == weight_ ? none : scores[i];
  if (min_samples_leaf > 1)
    for (std::size_t i = 0; i < lanes; ++i)
      if (left_distinct[i] < min_samples_leaf || size - left_distinct[i] < min_samples_leaf) scores[i] = none;

  std::array<double, 4> tops{none, none, none, none};
  for (std::size_t i = 0; i < lanes; i += 4)
    for (std::size_t k = 0; k < 4; ++k) tops[k] = scores[i + k] > tops[k] ? scores[i + k] : tops[k];
  const double top = std::max(std::max(tops[0], tops[1]), std::max(tops[2], tops[3]));
  if (top == none || (best.found() && order.clearly_less(top, best.score))) return Outcome::varies;
  for (std::size_t lane = 0; lane < size; ++lane) {
    if (order.clearly_less(scores[lane], top)) continue;
    Lane next = highest;  // the lowest bin above this
    for (std::size_t i = 0; i < lanes; ++i) next = bins[i] > bins[lane] ? std::min(next, bins[i]) : next;
    const bool left_is_larger = left[lane].rows >= (order.node() - left[lane]).rows;
    keep_better(order, {feature, bins[lane], next, left_is_larger, left[lane], scores[lane]}, best);
  }
  return Outcome::varies;
}

}  // namespace cartwheel::tree
