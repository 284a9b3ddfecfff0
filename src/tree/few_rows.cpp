#include "tree/few_rows.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/dispatched.hpp"
#include "tree/binning.hpp"

namespace cartwheel::tree {
namespace {

using Order = GainOrder<Counts>;

constexpr double none = -std::numeric_limits<double>::infinity();
constexpr std::size_t lanes = 8;
using Ints [[gnu::vector_size(4 * lanes)]] = std::int32_t;
using Longs [[gnu::vector_size(8 * lanes)]] = std::int64_t;
using Doubles [[gnu::vector_size(8 * lanes)]] = double;

template <class Lanes, class Keep>
[[gnu::always_inline]] inline auto fold(const Lanes& of, const Keep& keep) {
  auto kept = of[0];
  for (std::size_t i = 1; i < lanes; ++i) kept = keep(kept, of[i]);
  return kept;
}

/// Of FewRows::counts_, or a sum of them.
Counts rows_of(std::int32_t counts) {
  return {static_cast<std::uint32_t>(counts & 0xff), static_cast<std::uint32_t>(counts >> 8 & 0xff)};
}

struct Cut {
  double score = none;
  std::int32_t bin = 0, next_bin = 0;
  Counts left;
};

Split split_at(const Order& order, std::int32_t feature, const Cut& cut) {
  const bool left_is_larger = cut.left.rows >= (order.node() - cut.left).rows;
  return {
      feature,  static_cast<std::uint32_t>(cut.bin), static_cast<std::uint32_t>(cut.next_bin), left_is_larger, cut.left,
      cut.score};
}

/// Adds up, for each lane, the counts of the rows whose bin is at most the lane's.
template <std::size_t groups>
[[gnu::always_inline]] inline void sum_left(const FewRows::Lanes& all_bins, const FewRows::Lanes& counts,
                                            std::int32_t rows, const Ints* bins, Ints* left) {
  Ints sums[groups] = {};
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
    for (std::size_t g = 0; g < groups; ++g) sums[g] += (all_bins[row] <= bins[g]) & counts[row];
  for (std::size_t g = 0; g < groups; ++g) left[g] = sums[g];
}

/// The best cut of a column by gini without class factors; of several the one with the lowest bin. Of so few rows,
/// gains that differ differ as doubles, and equal ones are equal, too. @param all_bins  one a lane, of lanes * groups;
/// the first row's behind the last one. @param least  what score is wanted. @return whether there is such a cut.
template <std::size_t groups>
[[gnu::always_inline]] inline bool find_best(const FewRows::Lanes& all_bins, const FewRows::Lanes& counts,
                                             std::int32_t rows, std::int32_t min_samples_leaf, Counts node,
                                             double least, Cut& best) {
  constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();
  Ints bins[groups], left[groups];
  std::memcpy(bins, all_bins.data(), sizeof bins);
  sum_left<groups>(all_bins, counts, rows, bins, left);

  Doubles scores[groups], tops;
  for (std::size_t g = 0; g < groups; ++g) {
    const Ints distinct = left[g] >> 16;
    const Ints allowed = (distinct >= min_samples_leaf) & (distinct <= rows - min_samples_leaf);
    const Doubles l = __builtin_convertvector(left[g] & 0xff, Doubles),
                  p = __builtin_convertvector((left[g] >> 8) & 0xff, Doubles);
    const double all = node.rows, positives = node.positives;
    const Doubles d = p * (all - positives) - positives * (l - p);  // as GainOrder::plain_gini_score
    scores[g] = __builtin_convertvector(allowed, Longs) ? d * d / (l * (all - l)) : none;
    tops = g == 0 ? scores[g] : scores[g] > tops ? scores[g] : tops;
  }
  const double top = fold(tops, [](double a, double b) { return a > b ? a : b; });
  if (top == none || top < least) return false;

  const auto lower = [](std::int32_t a, std::int32_t b) { return a < b ? a : b; };
  Ints lowest_bins;
  for (std::size_t g = 0; g < groups; ++g) {
    const Ints of_best = __builtin_convertvector(scores[g] == top, Ints) ? bins[g] : highest;
    lowest_bins = g == 0 ? of_best : of_best < lowest_bins ? of_best : lowest_bins;
  }
  const std::int32_t lowest = fold(lowest_bins, lower);
  Ints next_bins, sums = {};
  for (std::size_t g = 0; g < groups; ++g) {
    const Ints above = bins[g] > lowest ? bins[g] : highest;
    next_bins = g == 0 ? above : above < next_bins ? above : next_bins;
    sums |= (bins[g] == lowest) & left[g];
  }
  const std::int32_t sum = fold(sums, [](std::int32_t a, std::int32_t b) { return a | b; });
  best = {top, lowest, fold(next_bins, lower), rows_of(sum)};
  return true;
}

// One a width, compiled for each instruction set.
CARTWHEEL_DISPATCHED void sum_left_of_32(const FewRows::Lanes& bins, const FewRows::Lanes& counts, std::int32_t rows,
                                         FewRows::Lanes& left) {
  Ints lanes_of_bins[4], sums[4];
  std::memcpy(lanes_of_bins, bins.data(), sizeof bins);
  sum_left<4>(bins, counts, rows, lanes_of_bins, sums);
  std::memcpy(left.data(), sums, sizeof left);
}
CARTWHEEL_DISPATCHED bool find_best_of_8(const FewRows::Lanes& bins, const FewRows::Lanes& counts, std::int32_t rows,
                                         std::int32_t min_samples_leaf, Counts node, double least, Cut& best) {
  return find_best<1>(bins, counts, rows, min_samples_leaf, node, least, best);
}
CARTWHEEL_DISPATCHED bool find_best_of_16(const FewRows::Lanes& bins, const FewRows::Lanes& counts, std::int32_t rows,
                                          std::int32_t min_samples_leaf, Counts node, double least, Cut& best) {
  return find_best<2>(bins, counts, rows, min_samples_leaf, node, least, best);
}
CARTWHEEL_DISPATCHED bool find_best_of_32(const FewRows::Lanes& bins, const FewRows::Lanes& counts, std::int32_t rows,
                                          std::int32_t min_samples_leaf, Counts node, double least, Cut& best) {
  return find_best<4>(bins, counts, rows, min_samples_leaf, node, least, best);
}

}  // namespace

void FewRows::take(std::span<const TreeRow> rows, const BinTable& bins) {
  rows_ = rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t weight = rows[i].weight_and_label >> 1;
    const std::uint32_t positive = (0u - (rows[i].weight_and_label & 1)) & weight;
    counts_[i] = static_cast<std::int32_t>(weight | positive << 8 | 1u << 16);
  }

  places_ = nullptr;
  differ_[0] = 1;
  if (bins.record_bytes == 0 || bins.record_bytes > longest_record) return;
  using Bytes [[gnu::vector_size(16)]] = std::uint8_t;
  const auto load = [&](const TreeRow& row, std::size_t at) {
    Bytes bytes;
    std::memcpy(&bytes, bins.records + row.row * bins.record_bytes + at, sizeof bytes);
    return bytes;
  };
  places_ = bins.places.data();
  for (std::size_t at = 0; at < bins.record_bytes; at += sizeof(Bytes)) {
    const Bytes first = load(rows[0], at);
    Bytes differ{};
    for (const TreeRow& row : rows.subspan(1)) differ |= first ^ load(row, at);
    std::memcpy(differ_.data() + at, &differ, sizeof differ);
  }
  for (const std::uint32_t place : bins.wide_places) differ_[place] |= differ_[place + 1];
}

/// By any criterion, one row's cut after the other.
void FewRows::keep_best(const Order& order, std::int32_t feature, const Lanes& bins, std::int32_t min_samples_leaf,
                        Split& best) const {
  const auto size = static_cast<std::int32_t>(rows_.size());
  Lanes left;
  sum_left_of_32(bins, counts_, size, left);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::int32_t distinct = left[i] >> 16;
    if (distinct < min_samples_leaf || distinct > size - min_samples_leaf) continue;
    const double score = order.score(rows_of(left[i]));
    if (best.found() && order.clearly_less(score, best.score)) continue;
    std::int32_t next = std::numeric_limits<std::int32_t>::max();
    for (std::size_t k = 0; k < rows_.size(); ++k)
      if (bins[k] > bins[i]) next = std::min(next, bins[k]);
    keep_better(order, split_at(order, feature, {score, bins[i], next, rows_of(left[i])}), best);
  }
}

auto FewRows::find_split(const Order& order, std::int32_t feature, const StridedBins& column, std::uint32_t missing,
                         std::uint32_t min_samples_leaf, Split& best) const -> Outcome {
  const std::size_t size = rows_.size();
  const bool plain = order.is_plain_gini();
  const std::size_t filled = plain && size <= lanes ? lanes : plain && size <= 2 * lanes ? 2 * lanes : most_rows;
  Lanes bins;
  std::uint32_t differ = 0, missing_rows = 0;
  const auto gather = [&](const auto& bin_of) {
    const std::uint32_t first = bin_of(0);
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint32_t bin = bin_of(i);
      bins[i] = static_cast<std::int32_t>(bin);
      differ |= bin ^ first;
      missing_rows += bin == missing ? 1 : 0;
    }
    std::fill(bins.begin() + static_cast<std::ptrdiff_t>(size), bins.begin() + static_cast<std::ptrdiff_t>(filled),
              static_cast<std::int32_t>(first));
  };
  if (column.wide())
    gather([&](std::size_t i) { return column.wide_bin(rows_[i].row); });
  else
    gather([&, from = column.bins, stride = column.stride](std::size_t i) {
      return std::uint32_t{from[rows_[i].row * stride]};
    });
  if (differ == 0) return Outcome::constant;
  if (missing_rows != 0) return Outcome::has_missing;
  const auto leaf = static_cast<std::int32_t>(std::min<std::uint32_t>(min_samples_leaf, most_rows));
  if (!plain) {
    keep_best(order, feature, bins, leaf, best);
    return Outcome::varies;
  }
  const auto find_best_of = size <= lanes ? find_best_of_8 : size <= 2 * lanes ? find_best_of_16 : find_best_of_32;
  Cut cut;
  if (find_best_of(bins, counts_, static_cast<std::int32_t>(size), leaf, order.node(),
                   best.found() ? order.least_doubtful(best.score) : none, cut))
    keep_better(order, split_at(order, feature, cut), best);
  return Outcome::varies;
}

}  // namespace cartwheel::tree
