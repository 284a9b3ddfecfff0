#include "linear/row_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/tile_sum.hpp"

// Each kernel is compiled for the baseline and for AVX2, and chosen when the program starts. Neither fuses
// multiplications with additions, so both give the same bits.
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CARTWHEEL_DISPATCHED [[gnu::target_clones("avx2", "default")]]
#else
#define CARTWHEEL_DISPATCHED
#endif

namespace cartwheel::linear {

namespace {

using Lanes [[gnu::vector_size(64)]] = double;
using FloatLanes [[gnu::vector_size(32)]] = float;
static_assert(sizeof(Lanes) == core::tile_lanes * sizeof(double));

/// Rows of a tile that the Gram kernel widens at once: their columns stay in the second-level cache.
constexpr std::size_t gram_rows = 256;
constexpr std::size_t columns_at_once = 4;

[[gnu::always_inline]] inline void load(Lanes& to, const double* from) { std::memcpy(&to, from, sizeof to); }
[[gnu::always_inline]] inline void store(double* to, const Lanes& from) { std::memcpy(to, &from, sizeof from); }
[[gnu::always_inline]] inline void widen(Lanes& to, const float* from) {
  FloatLanes narrow;
  std::memcpy(&narrow, from, sizeof narrow);
  to = __builtin_convertvector(narrow, Lanes);
}

double add_lanes(const Lanes& lanes) {
  std::array<double, core::tile_lanes> lane;
  std::memcpy(lane.data(), &lanes, sizeof lanes);
  return core::add_lanes(lane);
}

template <std::size_t N>
[[gnu::always_inline]] inline void add_margins_of(const Design& design, const double* b, std::size_t first,
                                                  std::size_t begin, std::size_t count, double* out) {
  const float* x[N];
  for (std::size_t k = 0; k < N; ++k) x[k] = design.columns[first + k].data() + begin;
  std::size_t i = 0;
  for (; i + core::tile_lanes <= count; i += core::tile_lanes) {
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
[[gnu::always_inline]] inline void sum_gradient_of(const Design& design, const double* residual, std::size_t first,
                                                   std::size_t begin, std::size_t count, double* out) {
  const float* x[N];
  Lanes sum[N] = {};
  for (std::size_t k = 0; k < N; ++k) x[k] = design.columns[first + k].data() + begin;
  std::size_t i = 0;
  for (; i + core::tile_lanes <= count; i += core::tile_lanes) {
    Lanes r, value;
    load(r, residual + i);
    for (std::size_t k = 0; k < N; ++k) {
      widen(value, x[k] + i);
      sum[k] += r * (value - design.centre[first + k]);
    }
  }
  for (; i < count; ++i)
    for (std::size_t k = 0; k < N; ++k)
      sum[k][i % core::tile_lanes] += residual[i] * (static_cast<double>(x[k][i]) - design.centre[first + k]);
  for (std::size_t k = 0; k < N; ++k) out[first + k] = add_lanes(sum[k]);
}

/// Adds the products of two weighted columns with two columns, over `count` rows (a multiple of 8), to 4 x 8 lanes.
CARTWHEEL_DISPATCHED void add_block(const double* weighted, const double* z, std::size_t count, double* lanes) {
  Lanes s00, s01, s10, s11, w0, w1, z0, z1;
  load(s00, lanes);
  load(s01, lanes + 8);
  load(s10, lanes + 16);
  load(s11, lanes + 24);
  for (std::size_t i = 0; i < count; i += core::tile_lanes) {
    load(w0, weighted + i);
    load(w1, weighted + gram_rows + i);
    load(z0, z + i);
    load(z1, z + gram_rows + i);
    s00 += w0 * z0;
    s01 += w0 * z1;
    s10 += w1 * z0;
    s11 += w1 * z1;
  }
  store(lanes, s00);
  store(lanes + 8, s01);
  store(lanes + 16, s10);
  store(lanes + 24, s11);
}

}  // namespace

CARTWHEEL_DISPATCHED void add_margins(const Design& design, std::span<const double> b, std::size_t begin,
                                      std::size_t end, double* out) {
  const std::size_t columns = design.columns.size(), count = end - begin;
  std::size_t j = 0;
  for (; j + columns_at_once <= columns; j += columns_at_once)
    add_margins_of<columns_at_once>(design, b.data(), j, begin, count, out);
  for (; j < columns; ++j) add_margins_of<1>(design, b.data(), j, begin, count, out);
}

CARTWHEEL_DISPATCHED void sum_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end,
                                       double* out) {
  const std::size_t columns = design.columns.size(), count = end - begin;
  std::size_t j = 0;
  for (; j + columns_at_once <= columns; j += columns_at_once)
    sum_gradient_of<columns_at_once>(design, residual, j, begin, count, out);
  for (; j < columns; ++j) sum_gradient_of<1>(design, residual, j, begin, count, out);
}

GramKernel::GramKernel(const Design& design, std::span<const std::uint32_t> coordinates)
    : design_(design),
      coordinates_(coordinates.begin(), coordinates.end()),
      layout_(coordinates.size()),
      z_(2 * layout_.twos * gram_rows),
      weighted_(2 * layout_.twos * gram_rows),
      lanes_(layout_.sums() * core::tile_lanes) {}

void GramKernel::load_rows(const double* curvature, std::size_t begin, std::size_t count) {
  for (std::size_t j = 0; j < coordinates_.size(); ++j) {
    double* z = z_.data() + j * gram_rows;
    double* weighted = weighted_.data() + j * gram_rows;
    if (coordinates_[j] == design_.columns.size()) {
      std::fill_n(z, count, 1.0);
    } else {
      const float* x = design_.columns[coordinates_[j]].data() + begin;
      const double centre = design_.centre[coordinates_[j]];
      for (std::size_t i = 0; i < count; ++i) z[i] = static_cast<double>(x[i]) - centre;
    }
    for (std::size_t i = 0; i < count; ++i) weighted[i] = curvature[i] * z[i];
    // A ragged end is filled up with rows that add nothing.
    std::fill(z + count, z + gram_rows, 0.0);
    std::fill(weighted + count, weighted + gram_rows, 0.0);
  }
}

void GramKernel::sum_tile(const double* curvature, std::size_t begin, std::size_t end, std::span<double> out) {
  std::ranges::fill(lanes_, 0.0);
  for (std::size_t first = begin; first < end; first += gram_rows) {
    const std::size_t count = std::min(gram_rows, end - first);
    const std::size_t whole = (count + core::tile_lanes - 1) / core::tile_lanes * core::tile_lanes;
    load_rows(curvature + (first - begin), first, count);
    double* lanes = lanes_.data();
    for (std::size_t row = 0; row < layout_.twos; ++row)
      for (std::size_t column = row; column < layout_.twos; ++column, lanes += 4 * core::tile_lanes)
        add_block(weighted_.data() + 2 * row * gram_rows, z_.data() + 2 * column * gram_rows, whole, lanes);
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::array<double, core::tile_lanes> lane;
    std::copy_n(lanes_.data() + i * core::tile_lanes, core::tile_lanes, lane.begin());
    out[i] = core::add_lanes(lane);
  }
}

}  // namespace cartwheel::linear
