#include "linear/row_terms.hpp"

#include <algorithm>

#include "linear/lanes.hpp"
#include "linear/logistic_terms.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using Labels [[gnu::vector_size(half_lanes)]] = std::uint8_t;

/// The side and weight of 4 rows.
struct RowLanes {
  HalfBits is_one;  ///< All ones where the label is 1, else 0.
  HalfLanes weight;
};

[[gnu::always_inline]] inline void load_rows(const LabelledRows& rows, std::size_t first, RowLanes& out) {
  Labels labels;
  std::memcpy(&labels, rows.y.data() + first, sizeof labels);
  out.is_one = HalfBits{} - __builtin_convertvector(labels, HalfBits);
  const HalfLanes zero{};
  choose<HalfLanes, HalfBits>(out.is_one, zero + rows.class_weight[1], zero + rows.class_weight[0], out.weight);
  if (rows.sample_weight.empty()) return;
  HalfLanes factor;
  load(factor, rows.sample_weight.data() + first);
  out.weight *= factor;
}

/// Turns the signs of numbers where the mask is set.
[[gnu::always_inline]] inline void negate_where(const HalfBits& mask, HalfLanes& x) {
  HalfBits bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits ^= mask << 63;
  std::memcpy(&x, &bits, sizeof x);
}

/// The smaller of both, into `smallest`.
[[gnu::always_inline]] inline void take_smaller(const HalfLanes& x, HalfLanes& smallest) {
  HalfBits is_smaller;
  mask_of_negative<HalfLanes, HalfBits>(x - smallest, is_smaller);
  choose<HalfLanes, HalfBits>(is_smaller, x, smallest, smallest);
}

[[gnu::always_inline]] inline void take_larger(const HalfLanes& x, HalfLanes& largest) {
  HalfBits is_larger;
  mask_of_negative<HalfLanes, HalfBits>(largest - x, is_larger);
  choose<HalfLanes, HalfBits>(is_larger, x, largest, largest);
}

/// RowSums of 4 lanes.
struct SumLanes {
  HalfLanes loss, error, residual, slope, smallest_margin, least_move, largest_move;
};

/// Calls work(half, whole) for each pair of sums; `offset` is the first lane.
template <class Work>
[[gnu::always_inline]] inline void for_each_sum(SumLanes& half, RowSums& whole, std::size_t offset, const Work& work) {
  work(half.loss, whole.loss.data() + offset);
  work(half.error, whole.error.data() + offset);
  work(half.residual, whole.residual.data() + offset);
  work(half.slope, whole.slope.data() + offset);
  work(half.smallest_margin, whole.smallest_margin.data() + offset);
  work(half.least_move, whole.least_move.data() + offset);
  work(half.largest_move, whole.largest_move.data() + offset);
}

[[gnu::always_inline]] inline void add_four(const RowLanes& row, const HalfLanes& from, const HalfLanes& to, double t,
                                            SumLanes& sums, HalfLanes& residual) {
  const HalfLanes move = to - from;
  const HalfLanes margin = t == 1.0 ? to : from + t * move;
  HalfLanes own_side = margin, own_move = move;
  negate_where(~row.is_one, own_side);
  negate_where(~row.is_one, own_move);
  LogisticTerms<HalfLanes> terms;
  logistic_terms<HalfLanes, HalfBits>(-own_side, terms);
  residual = row.weight * terms.error;
  negate_where(row.is_one, residual);
  sums.loss += row.weight * terms.loss;
  sums.error += row.weight * terms.error;
  sums.residual += residual;
  sums.slope += residual * move;
  take_smaller(own_side, sums.smallest_margin);
  take_smaller(own_move, sums.least_move);
  take_larger(own_move, sums.largest_move);
}

/// `count` rows, a multiple of 8.
CARTWHEEL_DISPATCHED void add_whole(const LabelledRows& rows, std::size_t begin, std::size_t count, const double* from,
                                    const double* to, double t, RowSums* out, double* residual) {
  for (std::size_t offset = 0; offset < tile_lanes; offset += half_lanes) {
    SumLanes sums;
    for_each_sum(
        sums, *out, offset,
        [](HalfLanes & half, const double* whole) __attribute__((always_inline)) { load(half, whole); });
    for (std::size_t i = offset; i < count; i += tile_lanes) {
      RowLanes row;
      HalfLanes m, n, r;
      load_rows(rows, begin + i, row);
      load(m, from + i);
      load(n, to + i);
      add_four(row, m, n, t, sums, r);
      if (residual != nullptr) store(residual + i, r);
    }
    for_each_sum(
        sums, *out, offset,
        [](const HalfLanes& half, double* whole) __attribute__((always_inline)) { store(whole, half); });
  }
}

CARTWHEEL_DISPATCHED void curvatures_of_whole(const LabelledRows& rows, std::size_t begin, std::size_t count,
                                              const double* margin, double* curvature) {
  for (std::size_t i = 0; i < count; i += half_lanes) {
    RowLanes row;
    HalfLanes m;
    LogisticTerms<HalfLanes> terms;
    load_rows(rows, begin + i, row);
    load(m, margin + i);
    logistic_terms<HalfLanes, HalfBits>(m, terms);
    store(curvature + i, row.weight * terms.curvature);
  }
}

/// The last rows that do not fill the lanes, filled up with rows of weight 0.
struct LastRows {
  std::array<std::uint8_t, tile_lanes> y{};
  std::array<double, tile_lanes> weight{};

  LastRows(const LabelledRows& rows, std::size_t begin, std::size_t count) {
    std::copy_n(rows.y.begin() + static_cast<std::ptrdiff_t>(begin), count, y.begin());
    for (std::size_t i = 0; i < count; ++i)
      weight[i] = rows.sample_weight.empty() ? 1.0 : rows.sample_weight[begin + i];
  }
  LabelledRows view(const LabelledRows& rows) const { return {y, rows.class_weight, weight}; }
};

using LaneBlock = std::array<double, tile_lanes>;
LaneBlock padded(const double* values, std::size_t count) {
  LaneBlock block{};
  std::copy_n(values, count, block.begin());
  return block;
}

}  // namespace

void add_rows(const LabelledRows& rows, std::size_t begin, std::size_t end, const double* from, const double* to,
              double t, RowSums& sums, double* residual) {
  const std::size_t rest = (end - begin) % tile_lanes, whole = end - begin - rest;
  add_whole(rows, begin, whole, from, to, t, &sums, residual);
  if (rest == 0) return;
  const LastRows last(rows, begin + whole, rest);
  const LaneBlock m = padded(from + whole, rest), n = padded(to + whole, rest);
  LaneBlock r;
  RowSums all = sums;
  add_whole(last.view(rows), 0, tile_lanes, m.data(), n.data(), t, &all, r.data());
  // Sums have gained nothing by the rows that are none; extremes may have.
  for (std::size_t i = rest; i < tile_lanes; ++i) {
    all.smallest_margin[i] = sums.smallest_margin[i];
    all.least_move[i] = sums.least_move[i];
    all.largest_move[i] = sums.largest_move[i];
  }
  sums = all;
  if (residual != nullptr) std::copy_n(r.begin(), rest, residual + whole);
}

void curvatures(const LabelledRows& rows, std::size_t begin, std::size_t end, const double* margin, double* curvature) {
  const std::size_t rest = (end - begin) % tile_lanes, whole = end - begin - rest;
  curvatures_of_whole(rows, begin, whole, margin, curvature);
  if (rest == 0) return;
  const LastRows last(rows, begin + whole, rest);
  const LaneBlock m = padded(margin + whole, rest);
  LaneBlock c;
  curvatures_of_whole(last.view(rows), 0, tile_lanes, m.data(), c.data());
  std::copy_n(c.begin(), rest, curvature + whole);
}

}  // namespace cartwheel::linear
