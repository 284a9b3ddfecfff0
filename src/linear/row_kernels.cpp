#include "linear/row_kernels.hpp"

#include <algorithm>

#include "linear/lanes.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;

constexpr std::size_t columns_at_once = 4;

template <std::size_t N>
[[gnu::always_inline]] inline void add_margins_of(const Design& design, const double* b, std::size_t first,
                                                  std::size_t begin, std::size_t count, double* out) {
  const float* x[N];
  for (std::size_t k = 0; k < N; ++k) x[k] = design.columns[first + k].data() + begin;
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
[[gnu::always_inline]] inline void add_gradient_of(const Design& design, const double* residual, std::size_t first,
                                                   std::size_t begin, std::size_t count, double* lanes) {
  const float* x[N];
  Lanes sum[N];
  for (std::size_t k = 0; k < N; ++k) {
    x[k] = design.columns[first + k].data() + begin;
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

/// Half of the lanes: with all eight, the sums of a block would not fit the registers of AVX2.
using HalfLanes [[gnu::vector_size(32)]] = double;
constexpr std::size_t half = tile_lanes / 2;

/// Adds the products of three weighted columns with three columns, over `count` rows (a multiple of 8), to 9 x 8 lanes.
CARTWHEEL_DISPATCHED void add_block(const double* weighted, const double* z, std::size_t count, double* lanes) {
  constexpr std::size_t side = GramLayout::side;
  for (std::size_t offset = 0; offset < tile_lanes; offset += half) {
    HalfLanes sum[side][side], w[side], value;
    for (std::size_t j = 0; j < side; ++j)
      for (std::size_t k = 0; k < side; ++k)
        std::memcpy(&sum[j][k], lanes + (side * j + k) * tile_lanes + offset, sizeof value);
    for (std::size_t i = offset; i < count; i += tile_lanes) {
      for (std::size_t j = 0; j < side; ++j) std::memcpy(&w[j], weighted + j * block_rows + i, sizeof value);
      for (std::size_t k = 0; k < side; ++k) {
        std::memcpy(&value, z + k * block_rows + i, sizeof value);
        for (std::size_t j = 0; j < side; ++j) sum[j][k] += w[j] * value;
      }
    }
    for (std::size_t j = 0; j < side; ++j)
      for (std::size_t k = 0; k < side; ++k)
        std::memcpy(lanes + (side * j + k) * tile_lanes + offset, &sum[j][k], sizeof value);
  }
}

CARTWHEEL_DISPATCHED void centre_and_weigh(const float* x, double centre, const double* curvature, std::size_t count,
                                           double* z, double* weighted) {
  for (std::size_t i = 0; i < count; ++i) {
    z[i] = static_cast<double>(x[i]) - centre;
    weighted[i] = curvature[i] * z[i];
  }
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

CARTWHEEL_DISPATCHED void add_gradient(const Design& design, const double* residual, std::size_t begin, std::size_t end,
                                       double* lanes) {
  const std::size_t columns = design.columns.size(), count = end - begin;
  std::size_t j = 0;
  for (; j + columns_at_once <= columns; j += columns_at_once)
    add_gradient_of<columns_at_once>(design, residual, j, begin, count, lanes);
  for (; j < columns; ++j) add_gradient_of<1>(design, residual, j, begin, count, lanes);
}

GramKernel::GramKernel(const Design& design, std::span<const std::uint32_t> coordinates)
    : design_(design),
      coordinates_(coordinates.begin(), coordinates.end()),
      layout_(coordinates.size()),
      z_(GramLayout::side * layout_.groups * block_rows),
      weighted_(z_.size()),
      lanes_(layout_.sums() * tile_lanes) {}

void GramKernel::load_rows(const double* curvature, std::size_t begin, std::size_t count) {
  for (std::size_t j = 0; j < coordinates_.size(); ++j) {
    double* z = z_.data() + j * block_rows;
    double* weighted = weighted_.data() + j * block_rows;
    if (coordinates_[j] == design_.columns.size()) {
      std::fill_n(z, count, 1.0);
      std::copy_n(curvature, count, weighted);
    } else {
      centre_and_weigh(design_.columns[coordinates_[j]].data() + begin, design_.centre[coordinates_[j]], curvature,
                       count, z, weighted);
    }
    // A ragged end is filled up with rows that add nothing.
    std::fill(z + count, z + block_rows, 0.0);
    std::fill(weighted + count, weighted + block_rows, 0.0);
  }
}

void GramKernel::sum_tile(const double* curvature, std::size_t begin, std::size_t end, std::span<double> out) {
  constexpr std::size_t side = GramLayout::side, block_lanes = side * side * tile_lanes;
  /// Groups whose columns stay in the first-level cache while those that they meet pass by.
  constexpr std::size_t panel = 4;
  std::ranges::fill(lanes_, 0.0);
  for (std::size_t first = begin; first < end; first += block_rows) {
    const std::size_t count = std::min(block_rows, end - first);
    const std::size_t whole = (count + tile_lanes - 1) / tile_lanes * tile_lanes;
    load_rows(curvature + (first - begin), first, count);
    for (std::size_t left = 0; left < layout_.groups; left += panel)
      for (std::size_t row = 0; row < std::min(left + panel, layout_.groups); ++row)
        for (std::size_t column = std::max(left, row); column < std::min(left + panel, layout_.groups); ++column)
          add_block(weighted_.data() + side * row * block_rows, z_.data() + side * column * block_rows, whole,
                    lanes_.data() + layout_.place(side * row, side * column) / (side * side) * block_lanes);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = add_lanes_at(lanes_.data() + i * tile_lanes);
}

}  // namespace cartwheel::linear
