#include "tree/compared_rows.hpp"

#include <algorithm>
#include <limits>

#include "core/dispatched.hpp"

namespace cartwheel::tree {
namespace {

constexpr double none = -std::numeric_limits<double>::infinity();

/// Adds up, for each lane, the rows whose bin is at most the lane's.
template <std::size_t lanes, bool distinct>
[[gnu::always_inline]] inline void sum_below(const std::uint8_t* bins, const std::uint8_t* weights,
                                             const std::uint8_t* positives, std::size_t rows, std::uint8_t* left_rows,
                                             std::uint8_t* left_positives, std::uint8_t* left_distinct) {
  std::uint8_t sum_rows[lanes] = {}, sum_positives[lanes] = {}, sum_distinct[lanes] = {};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint8_t bin = bins[row], weight = weights[row], positive = positives[row];
    for (std::size_t i = 0; i < lanes; ++i) {
      const auto is_left = static_cast<std::uint8_t>(bin <= bins[i] ? 0xff : 0);
      sum_rows[i] = static_cast<std::uint8_t>(sum_rows[i] + (is_left & weight));
      sum_positives[i] = static_cast<std::uint8_t>(sum_positives[i] + (is_left & positive));
      if constexpr (distinct) sum_distinct[i] = static_cast<std::uint8_t>(sum_distinct[i] - is_left);
    }
  }
  std::copy_n(sum_rows, lanes, left_rows);
  std::copy_n(sum_positives, lanes, left_positives);
  if constexpr (distinct) std::copy_n(sum_distinct, lanes, left_distinct);
}

CARTWHEEL_DISPATCHED void sum_below_of_16(const std::uint8_t* bins, const std::uint8_t* weights,
                                          const std::uint8_t* positives, std::size_t rows, std::uint8_t* left_rows,
                                          std::uint8_t* left_positives) {
  sum_below<16, false>(bins, weights, positives, rows, left_rows, left_positives, nullptr);
}

CARTWHEEL_DISPATCHED void sum_below_of_32(const std::uint8_t* bins, const std::uint8_t* weights,
                                          const std::uint8_t* positives, std::size_t rows, std::uint8_t* left_rows,
                                          std::uint8_t* left_positives) {
  sum_below<32, false>(bins, weights, positives, rows, left_rows, left_positives, nullptr);
}

CARTWHEEL_DISPATCHED void sum_below_with_distinct(const std::uint8_t* bins, const std::uint8_t* weights,
                                                  const std::uint8_t* positives, std::size_t rows,
                                                  std::uint8_t* left_rows, std::uint8_t* left_positives,
                                                  std::uint8_t* left_distinct) {
  sum_below<32, true>(bins, weights, positives, rows, left_rows, left_positives, left_distinct);
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

auto ComparedRows::find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& bins,
                              std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best) -> Outcome {
  return rows_.size() <= 16 ? find_split<16>(order, feature, bins, missing, min_samples_leaf, best)
                            : find_split<32>(order, feature, bins, missing, min_samples_leaf, best);
}

template <std::size_t lanes>
auto ComparedRows::find_split(const GainOrder<Counts>& order, std::int32_t feature, const StridedBins& bins,
                              std::uint32_t missing, std::uint32_t min_samples_leaf, Split& best) -> Outcome {
  const std::size_t size = rows_.size();
  for (std::size_t i = 0; i < size; ++i) bins_[i] = bins.bins[rows_[i].row * bins.stride];
  for (std::size_t i = size; i < lanes; ++i) bins_[i] = bins_[0];
  std::uint8_t lowest = bins_[0], highest = bins_[0];
  for (std::size_t i = 0; i < lanes; ++i) {
    lowest = std::min(lowest, bins_[i]);
    highest = std::max(highest, bins_[i]);
  }
  if (highest == missing) return lowest == highest ? Outcome::constant : Outcome::has_missing;
  if (lowest == highest) return Outcome::constant;

  if (min_samples_leaf > 1)
    sum_below_with_distinct(bins_.data(), weights_.data(), positives_.data(), size, left_rows_.data(),
                            left_positives_.data(), left_distinct_.data());
  else
    (lanes == 16 ? sum_below_of_16 : sum_below_of_32)(bins_.data(), weights_.data(), positives_.data(), size,
                                                      left_rows_.data(), left_positives_.data());
  for (std::size_t i = 0; i < lanes; ++i) left_[i] = {left_rows_[i], left_positives_[i]};
  order.scores(std::span(left_).first(lanes), std::span(scores_).first(lanes));
  const auto all = static_cast<std::uint8_t>(weight_);
  for (std::size_t i = 0; i < lanes; ++i) scores_[i] = left_rows_[i] == all ? none : scores_[i];
  if (min_samples_leaf > 1)
    for (std::size_t i = 0; i < lanes; ++i)
      if (left_distinct_[i] < min_samples_leaf || size - left_distinct_[i] < min_samples_leaf) scores_[i] = none;

  std::array<double, 4> tops{none, none, none, none};
  for (std::size_t i = 0; i < lanes; i += 4)
    for (std::size_t k = 0; k < 4; ++k) tops[k] = scores_[i + k] > tops[k] ? scores_[i + k] : tops[k];
  const double top = std::max(std::max(tops[0], tops[1]), std::max(tops[2], tops[3]));
  if (top == none || (best.found() && order.clearly_less(top, best.score))) return Outcome::varies;
  for (std::size_t i = 0; i < size; ++i)
    if (!order.clearly_less(scores_[i], top)) consider(order, feature, i, scores_[i], best);
  return Outcome::varies;
}

void ComparedRows::consider(const GainOrder<Counts>& order, std::int32_t feature, std::size_t lane, double score,
                            Split& best) const {
  std::uint8_t next = 255;  // the lowest bin above; there is one
  for (std::size_t i = 0; i < rows_.size(); ++i) next = bins_[i] > bins_[lane] ? std::min(next, bins_[i]) : next;
  const bool left_is_larger = left_[lane].rows >= (order.node() - left_[lane]).rows;
  keep_better(order, {feature, bins_[lane], next, left_is_larger, left_[lane], score}, best);
}

}  // namespace cartwheel::tree
