#include "linear/row_kernels.hpp"

#include <algorithm>

#include "linear/lanes.hpp"
#include "linear/logistic_terms.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;

constexpr std::size_t columns_at_once = 4;

template <std::size_t N>
[[gnu::always_inline]] inline void add_dense_margins(const Design& design, const double* b, std::size_t first,
                                                     std::size_t begin, std::size_t count, double* out) {
  const float* x[N];
  for (std::size_t k = 0; k < N; ++k) x[k] = design.dense[first + k].data() + begin;
  std::size_t i = 0;
  for (; i + half_lanes <= count; i += half_lanes) {
    HalfLanes sum, value;
    load(sum, out + i);
    for (std::size_t k = 0; k < N; ++k) {
      widen(value, x[k] + i);
      sum += (value - design.centre[first + k]) * b[first + k];
    }
    store(out + i, sum);
  }
  for (; i < count; ++i)
    for (std::size_t k = 0; k < N; ++k)
      out[i] += (static_cast<double>(x[k][i]) - design.centre[first + k]) * b[first + k];
}

template <std::size_t N>
[[gnu::always_inline]] inline void add_dense_gradient(const Design& design, const double* residual, std::size_t first,
                                                      std::size_t begin, std::size_t count, double* lanes) {
  const float* x[N];
  for (std::size_t k = 0; k < N; ++k) x[k] = design.dense[first + k].data() + begin;
  const std::size_t whole = count / tile_lanes * tile_lanes;
  for (std::size_t offset = 0; offset < tile_lanes; offset += half_lanes) {
    HalfLanes sum[N];
    for (std::size_t k = 0; k < N; ++k) load(sum[k], lanes + (first + k) * tile_lanes + offset);
    for (std::size_t i = offset; i < whole; i += tile_lanes) {
      HalfLanes r, value;
      load(r, residual + i);
      for (std::size_t k = 0; k < N; ++k) {
        widen(value, x[k] + i);
        sum[k] += r * (value - design.centre[first + k]);
      }
    }
    for (std::size_t k = 0; k < N; ++k) store(lanes + (first + k) * tile_lanes + offset, sum[k]);
  }
  for (std::size_t i = whole; i < count; ++i)
    for (std::size_t k = 0; k < N; ++k)
      lanes[(first + k) * tile_lanes + i % tile_lanes] +=
          residual[i] * (static_cast<double>(x[k][i]) - design.centre[first + k]);
}

/// The bits of four rows as a choice between two values.
struct Choice {
  HalfLanes low, high;

  [[gnu::always_inline]] Choice(double low_value, double high_value) {
    const HalfLanes zero{};
    low = zero + low_value;
    high = zero + high_value;
  }
  [[gnu::always_inline]] void pick(std::uint64_t bits, HalfLanes& out) const {
    constexpr HalfBits place{0, 1, 2, 3};
    const HalfBits zero{}, is_high = zero - ((zero + bits) >> place & 1);
    choose<HalfLanes, HalfBits>(is_high, high, low, out);
  }
};

[[gnu::always_inline]] inline std::uint64_t bits_from(const TwoValued& column, std::size_t row) {
  return column.words[row / 64] >> (row % 64);
}

/// A column of two values, centred.
struct Centred {
  const TwoValued& column;
  double low, high;
  std::size_t begin;  ///< Rows are counted from here, a multiple of 64.

  [[gnu::always_inline]] Centred(const TwoValued& values, double centre, std::size_t first_row)
      : column(values), low(values.low - centre), high(values.high - centre), begin(first_row) {}

  [[gnu::always_inline]] std::uint64_t bits_from(std::size_t i) const {
    return column.words[(begin + i) / 64] >> ((begin + i) % 64);
  }
  [[gnu::always_inline]] double one(std::size_t i) const { return (bits_from(i) & 1) != 0 ? high : low; }
};

CARTWHEEL_DISPATCHED void add_dense_and_two_valued_margins(const Design& design, const double* b, std::size_t begin,
                                                           std::size_t count, double* out) {
  const std::size_t dense = design.dense.size();
  std::size_t j = 0;
  for (; j + columns_at_once <= dense; j += columns_at_once)
    add_dense_margins<columns_at_once>(design, b, j, begin, count, out);
  for (; j < dense; ++j) add_dense_margins<1>(design, b, j, begin, count, out);
  for (const TwoValued& column : design.two_valued) {
    const double slope = b[j];
    const Centred z(column, design.centre[j], begin);
    const Choice choice(z.low, z.high);
    std::size_t i = 0;
    for (; i + half_lanes <= count; i += half_lanes) {
      HalfLanes sum, value;
      load(sum, out + i);
      choice.pick(z.bits_from(i), value);
      sum += value * slope;
      store(out + i, sum);
    }
    for (; i < count; ++i) out[i] += z.one(i) * slope;
    ++j;
  }
}

CARTWHEEL_DISPATCHED void add_dense_and_two_valued_gradient(const Design& design, const double* residual,
                                                            std::size_t begin, std::size_t count, double* lanes) {
  const std::size_t dense = design.dense.size();
  std::size_t j = 0;
  for (; j + columns_at_once <= dense; j += columns_at_once)
    add_dense_gradient<columns_at_once>(design, residual, j, begin, count, lanes);
  for (; j < dense; ++j) add_dense_gradient<1>(design, residual, j, begin, count, lanes);
  const std::size_t whole = count / tile_lanes * tile_lanes;
  for (const TwoValued& column : design.two_valued) {
    const Centred z(column, design.centre[j], begin);
    const Choice choice(z.low, z.high);
    for (std::size_t offset = 0; offset < tile_lanes; offset += half_lanes) {
      HalfLanes sum, r, value;
      load(sum, lanes + j * tile_lanes + offset);
      for (std::size_t i = offset; i < whole; i += tile_lanes) {
        choice.pick(z.bits_from(i), value);
        load(r, residual + i);
        sum += r * value;
      }
      store(lanes + j * tile_lanes + offset, sum);
    }
    for (std::size_t i = whole; i < count; ++i) lanes[j * tile_lanes + i % tile_lanes] += residual[i] * z.one(i);
    ++j;
  }
}

CARTWHEEL_DISPATCHED void centre_dense(const float* x, double centre, std::size_t count, double* z) {
  for (std::size_t i = 0; i < count; ++i) z[i] = static_cast<double>(x[i]) - centre;
}

CARTWHEEL_DISPATCHED void centre_two_valued(const TwoValued& column, double centre, std::size_t begin,
                                            std::size_t count, double* out) {
  const Centred z(column, centre, begin);
  const Choice choice(z.low, z.high);
  std::size_t i = 0;
  for (; i + half_lanes <= count; i += half_lanes) {
    HalfLanes value;
    choice.pick(z.bits_from(i), value);
    store(out + i, value);
  }
  for (; i < count; ++i) out[i] = z.one(i);
}

}  // namespace

std::vector<double> unscaled(const Design& design, std::span<const double> beta) {
  std::vector<double> b(design.columns());
  for (std::size_t j = 0; j < b.size(); ++j) b[j] = beta[j] / design.scale[j];
  return b;
}

void finish_gradient(const Design& design, std::span<const double> slopes, double residuals,
                     std::span<double> gradient) {
  for (std::size_t j = 0; j < design.columns(); ++j) {
    double slope = slopes[j];
    if (j >= design.first_mostly_one())
      slope += (design.mostly_one[j - design.first_mostly_one()].usual - design.centre[j]) * residuals;
    gradient[j] = slope / design.scale[j];
  }
  if (design.intercept) gradient.back() = residuals;
}

double usual_margin(const Design& design, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t j = 0, c = design.first_mostly_one(); j < design.mostly_one.size(); ++j, ++c)
    sum += (design.mostly_one[j].usual - design.centre[c]) * b[c];
  return sum;
}

void add_unusual_margins(const Design& design, std::span<const double> b, std::size_t tile, double* margin) {
  const std::size_t first = tile * tile_rows;
  for (std::size_t j = 0, c = design.first_mostly_one(); j < design.mostly_one.size(); ++j, ++c) {
    const MostlyOne& column = design.mostly_one[j];
    if (b[c] == 0.0) continue;
    for (std::size_t i = column.tiles[tile]; i < column.tiles[tile + 1]; ++i)
      margin[column.rows[i] - first] += (static_cast<double>(column.values[i]) - column.usual) * b[c];
  }
}

void add_margins(const Design& design, std::span<const double> b, std::size_t begin, std::size_t end, double* margin) {
  add_dense_and_two_valued_margins(design, b.data(), begin, end - begin, margin);
}

void add_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end, double* lanes) {
  add_dense_and_two_valued_gradient(design, residual, begin, end - begin, lanes);
}

void sum_unusual_gradient(const Design& design, const double* residual, std::size_t tile, double* out) {
  const std::size_t first = tile * tile_rows;
  for (std::size_t j = 0; j < design.mostly_one.size(); ++j) {
    const MostlyOne& column = design.mostly_one[j];
    double sum = 0.0;
    for (std::size_t i = column.tiles[tile]; i < column.tiles[tile + 1]; ++i)
      sum += residual[column.rows[i] - first] * (static_cast<double>(column.values[i]) - column.usual);
    out[j] = sum;
  }
}

void centre_rows(const Design& design, std::size_t column, std::size_t begin, std::size_t end, double* z) {
  if (column < design.first_two_valued())
    centre_dense(design.dense[column].data() + begin, design.centre[column], end - begin, z);
  else
    centre_two_valued(design.two_valued[column - design.first_two_valued()], design.centre[column], begin, end - begin,
                      z);
}

}  // namespace cartwheel::linear
