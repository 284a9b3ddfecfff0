#include "linear/row_terms.hpp"

#include <algorithm>

#include "linear/lanes.hpp"
#include "linear/logistic_terms.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using Labels [[gnu::vector_size(tile_lanes)]] = std::uint8_t;

/// The side and weight of 8 rows.
struct RowLanes {
  LaneBits is_one;  ///< All ones where the label is 1, else 0.
  Lanes weight;
};

[[gnu::always_inline]] inline void load_rows(const LabelledRows& rows, std::size_t first, RowLanes& out) {
  Labels labels;
  std::memcpy(&labels, rows.y.data() + first, sizeof labels);
  out.is_one = LaneBits{} - __builtin_convertvector(labels, LaneBits);
  const Lanes zero{};
  choose<Lanes, LaneBits>(out.is_one, zero + rows.class_weight[1], zero + rows.class_weight[0], out.weight);
  if (rows.sample_weight.empty()) return;
  Lanes factor;
  load(factor, rows.sample_weight.data() + first);
  out.weight *= factor;
}

/// Turns the signs of numbers where the mask is set.
[[gnu::always_inline]] inline void negate_where(const LaneBits& mask, Lanes& x) {
  LaneBits bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits ^= mask << 63;
  std::memcpy(&x, &bits, sizeof x);
}

/// The smaller of both, into `smallest`.
[[gnu::always_inline]] inline void take_smaller(const Lanes& x, Lanes& smallest) {
  LaneBits is_smaller;
  mask_of_negative<Lanes, LaneBits>(x - smallest, is_smaller);
  choose<Lanes, LaneBits>(is_smaller, x, smallest, smallest);
}

[[gnu::always_inline]] inline void take_larger(const Lanes& x, Lanes& largest) {
  LaneBits is_larger;
  mask_of_negative<Lanes, LaneBits>(largest - x, is_larger);
  choose<Lanes, LaneBits>(is_larger, x, largest, largest);
}

struct SumLanes {
  Lanes loss, error, residual, slope, smallest_margin, least_move, largest_move;
};
static_assert(sizeof(SumLanes) == sizeof(RowSums));

[[gnu::always_inline]] inline void add_eight(const RowLanes& row, const Lanes& from, const Lanes& to, double t,
                                             SumLanes& sums, Lanes& residual) {
  const Lanes move = to - from;
  const Lanes margin = t == 1.0 ? to : from + t * move;
  Lanes own_side = margin, own_move = move;
  negate_where(~row.is_one, own_side);
  negate_where(~row.is_one, own_move);
  LogisticTerms<Lanes> terms;
  logistic_terms<Lanes, LaneBits>(-own_side, terms);
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
  SumLanes sums;
  std::memcpy(&sums, out, sizeof sums);
  for (std::size_t i = 0; i < count; i += tile_lanes) {
    RowLanes row;
    Lanes m, n, r;
    load_rows(rows, begin + i, row);
    load(m, from + i);
    load(n, to + i);
    add_eight(row, m, n, t, sums, r);
    if (residual != nullptr) store(residual + i, r);
  }
  std::memcpy(static_cast<void*>(out), &sums, sizeof sums);
}

CARTWHEEL_DISPATCHED void curvatures_of_whole(const LabelledRows& rows, std::size_t begin, std::size_t count,
                                              const double* margin, double* curvature) {
  for (std::size_t i = 0; i < count; i += tile_lanes) {
    RowLanes row;
    Lanes m;
    LogisticTerms<Lanes> terms;
    load_rows(rows, begin + i, row);
    load(m, margin + i);
    logistic_terms<Lanes, LaneBits>(m, terms);
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
