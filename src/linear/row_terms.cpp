#include "linear/row_terms.hpp"

#include <algorithm>

#include "linear/lanes.hpp"
#include "linear/logistic_terms.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;

/// How many lanes are worked on at once. A row's terms are one long chain of operations, each waiting for the last, so
/// twice as many rows cost little more; but only AVX-512 has registers for eight.
struct Four {
  using Numbers = HalfLanes;
  using Bits = HalfBits;
  using Labels [[gnu::vector_size(4)]] = std::uint8_t;
  static constexpr std::size_t size = 4;
};
struct Eight {
  using Numbers = Lanes;
  using Bits = LaneBits;
  using Labels [[gnu::vector_size(8)]] = std::uint8_t;
  static constexpr std::size_t size = 8;
};

/// The side and weight of some rows.
template <class Width>
struct RowLanes {
  typename Width::Bits is_one;  ///< All ones where the label is 1, else 0.
  typename Width::Numbers weight;
};

template <class Width>
[[gnu::always_inline]] inline void load_rows(const LabelledRows& rows, std::size_t first, RowLanes<Width>& out) {
  using Numbers = typename Width::Numbers;
  using Bits = typename Width::Bits;
  typename Width::Labels labels;
  std::memcpy(&labels, rows.y.data() + first, sizeof labels);
  out.is_one = Bits{} - __builtin_convertvector(labels, Bits);
  const Numbers zero{};
  choose<Numbers, Bits>(out.is_one, zero + rows.class_weight[1], zero + rows.class_weight[0], out.weight);
  if (rows.sample_weight.empty()) return;
  Numbers factor;
  load(factor, rows.sample_weight.data() + first);
  out.weight *= factor;
}

/// Turns the signs of numbers where the mask is set.
template <class Bits, class Numbers>
[[gnu::always_inline]] inline void negate_where(const Bits& mask, Numbers& x) {
  Bits bits;
  std::memcpy(&bits, &x, sizeof bits);
  bits ^= mask << 63;
  std::memcpy(&x, &bits, sizeof x);
}

/// The smaller of both, into `smallest`.
template <class Bits, class Numbers>
[[gnu::always_inline]] inline void take_smaller(const Numbers& x, Numbers& smallest) {
  Bits is_smaller;
  mask_of_negative<Numbers, Bits>(x - smallest, is_smaller);
  choose<Numbers, Bits>(is_smaller, x, smallest, smallest);
}

template <class Bits, class Numbers>
[[gnu::always_inline]] inline void take_larger(const Numbers& x, Numbers& largest) {
  Bits is_larger;
  mask_of_negative<Numbers, Bits>(largest - x, is_larger);
  choose<Numbers, Bits>(is_larger, x, largest, largest);
}

/// RowSums of some lanes.
template <class Numbers>
struct SumLanes {
  Numbers loss, error, residual, slope, smallest_margin, least_move, largest_move;
};

/// Calls work(part, whole) for each pair of sums; `offset` is the first lane.
template <class Numbers, class Work>
[[gnu::always_inline]] inline void for_each_sum(SumLanes<Numbers>& part, RowSums& whole, std::size_t offset,
                                                const Work& work) {
  work(part.loss, whole.loss.data() + offset);
  work(part.error, whole.error.data() + offset);
  work(part.residual, whole.residual.data() + offset);
  work(part.slope, whole.slope.data() + offset);
  work(part.smallest_margin, whole.smallest_margin.data() + offset);
  work(part.least_move, whole.least_move.data() + offset);
  work(part.largest_move, whole.largest_move.data() + offset);
}

template <class Width, class Numbers = typename Width::Numbers>
[[gnu::always_inline]] inline void add_some(const RowLanes<Width>& row, const Numbers& from, const Numbers& to,
                                            double t, SumLanes<Numbers>& sums, Numbers& residual) {
  using Bits = typename Width::Bits;
  const Numbers move = to - from;
  const Numbers margin = t == 1.0 ? to : from + t * move;
  Numbers own_side = margin, own_move = move;
  negate_where<Bits, Numbers>(~row.is_one, own_side);
  negate_where<Bits, Numbers>(~row.is_one, own_move);
  LogisticTerms<Numbers> terms;
  logistic_terms<Numbers, Bits>(-own_side, terms);
  residual = row.weight * terms.error;
  negate_where<Bits, Numbers>(row.is_one, residual);
  sums.loss += row.weight * terms.loss;
  sums.error += row.weight * terms.error;
  sums.residual += residual;
  sums.slope += residual * move;
  take_smaller<Bits, Numbers>(own_side, sums.smallest_margin);
  take_smaller<Bits, Numbers>(own_move, sums.least_move);
  take_larger<Bits, Numbers>(own_move, sums.largest_move);
}

/// Whole lanes of rows, where they are and what is made of them.
struct WholeRows {
  const LabelledRows& rows;
  std::size_t begin, count;  ///< `count` is a multiple of 8.
};

template <class Width>
[[gnu::always_inline]] inline void add_rows_of(const WholeRows& given, const double* from, const double* to, double t,
                                               RowSums* out, double* residual) {
  using Numbers = typename Width::Numbers;
  for (std::size_t offset = 0; offset < tile_lanes; offset += Width::size) {
    SumLanes<Numbers> sums;
    for_each_sum(
        sums, *out, offset,
        [](Numbers & part, const double* whole) __attribute__((always_inline)) { load(part, whole); });
    for (std::size_t i = offset; i < given.count; i += tile_lanes) {
      RowLanes<Width> row;
      Numbers m, n, r;
      load_rows(given.rows, given.begin + i, row);
      load(m, from + i);
      load(n, to + i);
      add_some<Width>(row, m, n, t, sums, r);
      if (residual != nullptr) store(residual + i, r);
    }
    for_each_sum(
        sums, *out, offset,
        [](const Numbers& part, double* whole) __attribute__((always_inline)) { store(whole, part); });
  }
}

template <class Width>
[[gnu::always_inline]] inline void curvatures_of(const WholeRows& given, const double* margin, double* curvature) {
  using Numbers = typename Width::Numbers;
  for (std::size_t i = 0; i < given.count; i += Width::size) {
    RowLanes<Width> row;
    Numbers m;
    LogisticTerms<Numbers> terms;
    load_rows(given.rows, given.begin + i, row);
    load(m, margin + i);
    logistic_terms<Numbers, typename Width::Bits>(m, terms);
    store(curvature + i, row.weight * terms.curvature);
  }
}

#if CARTWHEEL_HAS_DISPATCH
CARTWHEEL_FOR_AVX512 void add_whole(const WholeRows& rows, const double* from, const double* to, double t, RowSums* out,
                                    double* residual) {
  add_rows_of<Eight>(rows, from, to, t, out, residual);
}
CARTWHEEL_FOR_AVX2 void add_whole(const WholeRows& rows, const double* from, const double* to, double t, RowSums* out,
                                  double* residual) {
  add_rows_of<Four>(rows, from, to, t, out, residual);
}
CARTWHEEL_FOR_AVX512 void curvatures_of_whole(const WholeRows& rows, const double* margin, double* curvature) {
  curvatures_of<Eight>(rows, margin, curvature);
}
CARTWHEEL_FOR_AVX2 void curvatures_of_whole(const WholeRows& rows, const double* margin, double* curvature) {
  curvatures_of<Four>(rows, margin, curvature);
}
#endif
CARTWHEEL_FOR_BASELINE void add_whole(const WholeRows& rows, const double* from, const double* to, double t,
                                      RowSums* out, double* residual) {
  add_rows_of<Four>(rows, from, to, t, out, residual);
}
CARTWHEEL_FOR_BASELINE void curvatures_of_whole(const WholeRows& rows, const double* margin, double* curvature) {
  curvatures_of<Four>(rows, margin, curvature);
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
  add_whole({rows, begin, whole}, from, to, t, &sums, residual);
  if (rest == 0) return;
  const LastRows last(rows, begin + whole, rest);
  const LaneBlock m = padded(from + whole, rest), n = padded(to + whole, rest);
  LaneBlock r;
  RowSums all = sums;
  const LabelledRows view = last.view(rows);
  add_whole({view, 0, tile_lanes}, m.data(), n.data(), t, &all, r.data());
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
  curvatures_of_whole({rows, begin, whole}, margin, curvature);
  if (rest == 0) return;
  const LastRows last(rows, begin + whole, rest);
  const LaneBlock m = padded(margin + whole, rest);
  LaneBlock c;
  const LabelledRows view = last.view(rows);
  curvatures_of_whole({view, 0, tile_lanes}, m.data(), c.data());
  std::copy_n(c.begin(), rest, curvature + whole);
}

}  // namespace cartwheel::linear
