#include "linear/row_kernels.hpp"

#include <algorithm>

#include "linear/lanes.hpp"

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
  for (; i + tile_lanes <= count; i += tile_lanes) {
    Lanes sum, value;
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
  Lanes sum[N];
  for (std::size_t k = 0; k < N; ++k) {
    x[k] = design.dense[first + k].data() + begin;
    load(sum[k], lanes + (first + k) * tile_lanes);
  }
  std::size_t i = 0;
  for (; i + tile_lanes <= count; i += tile_lanes) {
    Lanes r, value;
    load(r, residual + i);
    for (std::size_t k = 0; k < N; ++k) {
      widen(value, x[k] + i);
      sum[k] += r * (value - design.centre[first + k]);
    }
  }
  for (std::size_t k = 0; k < N; ++k) store(lanes + (first + k) * tile_lanes, sum[k]);
  for (; i < count; ++i)
    for (std::size_t k = 0; k < N; ++k)
      lanes[(first + k) * tile_lanes + i % tile_lanes] +=
          residual[i] * (static_cast<double>(x[k][i]) - design.centre[first + k]);
}

/// The bits of eight rows as a choice between two values.
struct Choice {
  Lanes low, high;
  LaneBits places;

  [[gnu::always_inline]] Choice(double low_value, double high_value) {
    const Lanes zero{};
    low = zero + low_value;
    high = zero + high_value;
    places = LaneBits{1, 2, 4, 8, 16, 32, 64, 128};
  }
  [[gnu::always_inline]] void pick(std::uint64_t byte, Lanes& out) const { out = (places & byte) != 0 ? high : low; }
};

[[gnu::always_inline]] inline std::uint64_t byte_of(const TwoValued& column, std::size_t row) {
  return column.words[row / 64] >> (row % 64) & 0xff;
}

/// Calls visit(i, eight) for whole eights of rows, and one(i, value) for each row that is left over.
template <class Visit, class One>
[[gnu::always_inline]] inline void for_each_eight(const TwoValued& column, double centre, std::size_t begin,
                                                  std::size_t count, const Visit& visit, const One& one) {
  const double low = column.low - centre, high = column.high - centre;
  const Choice choice(low, high);
  std::size_t i = 0;
  for (; i + tile_lanes <= count; i += tile_lanes) {
    Lanes z;
    choice.pick(byte_of(column, begin + i), z);
    visit(i, z);
  }
  for (; i < count; ++i) one(i, (column.words[(begin + i) / 64] >> ((begin + i) % 64) & 1) != 0 ? high : low);
}

CARTWHEEL_DISPATCHED void add_dense_and_two_valued_margins(const Design& design, const double* b, std::size_t begin,
                                                           std::size_t count, double* out) {
  const std::size_t dense = design.dense.size();
  std::size_t j = 0;
  for (; j + columns_at_once <= dense; j += columns_at_once)
    add_dense_margins<columns_at_once>(design, b, j, begin, count, out);
  for (; j < dense; ++j) add_dense_margins<1>(design, b, j, begin, count, out);
  for (const TwoValued& column : design.two_valued) {
    const double slope = b[j];
    for_each_eight(
        column, design.centre[j], begin, count,
        [&](std::size_t i, const Lanes& z) __attribute__((always_inline)) {
          Lanes sum;
          load(sum, out + i);
          sum += z * slope;
          store(out + i, sum);
        },
        [&](std::size_t i, double z) __attribute__((always_inline)) { out[i] += z * slope; });
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
  for (const TwoValued& column : design.two_valued) {
    Lanes sum;
    load(sum, lanes + j * tile_lanes);
    std::array<double, tile_lanes> rest{};
    for_each_eight(
        column, design.centre[j], begin, count,
        [&](std::size_t i, const Lanes& z) __attribute__((always_inline)) {
          Lanes r;
          load(r, residual + i);
          sum += r * z;
        },
        [&](std::size_t i, double z) __attribute__((always_inline)) { rest[i % tile_lanes] = residual[i] * z; });
    store(lanes + j * tile_lanes, sum);
    for (std::size_t l = 0; l < tile_lanes; ++l) lanes[j * tile_lanes + l] += rest[l];
    ++j;
  }
}

CARTWHEEL_DISPATCHED void centre_dense(const float* x, double centre, std::size_t count, double* z) {
  for (std::size_t i = 0; i < count; ++i) z[i] = static_cast<double>(x[i]) - centre;
}

CARTWHEEL_DISPATCHED void centre_two_valued(const TwoValued& column, double centre, std::size_t begin,
                                            std::size_t count, double* z) {
  for_each_eight(
      column, centre, begin,
      count, [&](std::size_t i, const Lanes& value) __attribute__((always_inline)) { store(z + i, value); },
      [&](std::size_t i, double value) __attribute__((always_inline)) { z[i] = value; });
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
