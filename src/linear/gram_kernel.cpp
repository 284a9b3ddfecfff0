#include "linear/gram_kernel.hpp"

#include <algorithm>
#include <array>

#include "linear/lanes.hpp"
#include "linear/row_kernels.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;
constexpr std::size_t side = GramLayout::side;
/// From one column of a block to the next: a power of two would put a row's values into the same set of a cache.
constexpr std::size_t stride = block_rows + tile_lanes;

/// Adds the products of three weighted columns with three columns, over `count` rows (a multiple of 8), to 9 x 8 lanes.
CARTWHEEL_DISPATCHED void add_block(const double* weighted, const double* z, std::size_t count, double* lanes) {
  for (std::size_t offset = 0; offset < tile_lanes; offset += half_lanes) {
    HalfLanes sum[side][side], w[side], value;
#pragma GCC unroll 3
    for (std::size_t j = 0; j < side; ++j)
#pragma GCC unroll 3
      for (std::size_t k = 0; k < side; ++k)
        std::memcpy(&sum[j][k], lanes + (side * j + k) * tile_lanes + offset, sizeof value);
    for (std::size_t i = offset; i < count; i += tile_lanes) {
#pragma GCC unroll 3
      for (std::size_t j = 0; j < side; ++j) std::memcpy(&w[j], weighted + j * stride + i, sizeof value);
#pragma GCC unroll 3
      for (std::size_t k = 0; k < side; ++k) {
        std::memcpy(&value, z + k * stride + i, sizeof value);
#pragma GCC unroll 3
        for (std::size_t j = 0; j < side; ++j) sum[j][k] += w[j] * value;
      }
    }
#pragma GCC unroll 3
    for (std::size_t j = 0; j < side; ++j)
#pragma GCC unroll 3
      for (std::size_t k = 0; k < side; ++k)
        std::memcpy(lanes + (side * j + k) * tile_lanes + offset, &sum[j][k], sizeof value);
  }
}

CARTWHEEL_DISPATCHED void multiply(const double* a, const double* b, std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

/// Calls work<n>(first) for [0, size) in pieces of n.
template <class Work>
void for_some_at_once(std::size_t size, const Work& work) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) work.template operator()<8>(i);
  for (; i + 4 <= size; i += 4) work.template operator()<4>(i);
  for (; i < size; ++i) work.template operator()<1>(i);
}

/// out[i] += the sum over some rows of their factor times column i of a few.
template <std::size_t columns>
void add_products(std::span<const RowFactor> rows, const double* block, double* out) {
  std::array<double, columns> sums;  // they need not wait for each other
  std::copy_n(out, columns, sums.begin());
  for (const RowFactor& row : rows)
    for (std::size_t i = 0; i < columns; ++i) sums[i] += row.factor * block[i * stride + row.place];
  std::ranges::copy(sums, out);
}

}  // namespace

GramLayout::GramLayout(const Design& design, std::span<const std::uint32_t> coordinates) {
  for (const std::uint32_t c : coordinates) {
    const bool is_rare = c >= design.first_mostly_one() && c < design.columns();
    if (is_rare) {
      rare.push_back(c - static_cast<std::uint32_t>(design.first_mostly_one()));
      offset_.push_back(design.mostly_one[rare.back()].usual - design.centre[c]);
    } else if (c < design.columns()) {
      centred.push_back(c);
    }
  }
  centred.push_back(static_cast<std::uint32_t>(design.columns()));
  for (std::size_t i = 0, dense = 0, others = 0; i < coordinates.size(); ++i) {
    const std::uint32_t c = coordinates[i];
    if (c == design.columns())
      place_.push_back(centred.size() - 1);
    else
      place_.push_back(c < design.first_mostly_one() ? dense++ : centred.size() + others++);
  }
  first_of_mixed_ = side * side * threes() * (threes() + 1) / 2;
  first_of_rare_ = first_of_mixed_ + rare.size() * centred.size();
}

double GramLayout::of_centred(std::size_t j, std::size_t k, std::span<const double> sums) const {
  if (j > k) std::swap(j, k);
  return sums[block(j / side, k / side) + side * (j % side) + k % side];
}

double GramLayout::entry(std::size_t i, std::size_t k, std::span<const double> sums) const {
  std::size_t a = place_[i], b = place_[k];
  if (a > b) std::swap(a, b);
  const std::size_t ones = centred.size() - 1;
  if (b < centred.size()) return of_centred(a, b, sums);
  b -= centred.size();
  if (a < centred.size()) return sums[mixed(b, a)] + offset_[b] * of_centred(a, ones, sums);
  a -= centred.size();
  return sums[both_rare(a, b)] + offset_[a] * sums[mixed(b, ones)] + offset_[b] * sums[mixed(a, ones)] +
         offset_[a] * offset_[b] * of_centred(ones, ones, sums);
}

void fill_gram(const Design& design, const GramLayout& layout, std::span<const std::uint32_t> coordinates,
               std::span<const double> sums, std::span<double> out) {
  const auto scale = [&](std::uint32_t coordinate) {
    return coordinate < design.columns() ? design.scale[coordinate] : 1.0;
  };
  const std::size_t n = coordinates.size();
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t k = j; k < n; ++k) {
      const double sum = layout.entry(j, k, sums) / (scale(coordinates[j]) * scale(coordinates[k]));
      out[j * n + k] = out[k * n + j] = sum;
    }
}

GramKernel::GramKernel(const Design& design, const GramLayout& layout)
    : design_(design),
      layout_(layout),
      z_(side * layout.threes() * stride),
      weighted_(z_.size()),
      lanes_(layout.mixed(0, 0) * tile_lanes),
      next_(layout.rare.size()),
      first_of_few_(layout.rare.size() + 1) {}

void GramKernel::load_block(const double* curvature, std::size_t begin, std::size_t end) {
  const std::size_t count = end - begin;
  for (std::size_t j = 0; j < layout_.centred.size(); ++j) {
    double* z = z_.data() + j * stride;
    double* weighted = weighted_.data() + j * stride;
    if (layout_.centred[j] == design_.columns())
      std::fill_n(z, count, 1.0);
    else
      centre_rows(design_, layout_.centred[j], begin, end, z);
    multiply(curvature, z, count, weighted);
    // A ragged end is filled up with rows that add nothing.
    std::fill(z + count, z + block_rows, 0.0);
    std::fill(weighted + count, weighted + block_rows, 0.0);
  }
}

void GramKernel::add_centred(std::size_t rows) {
  /// Threes whose columns stay in the first-level cache while those that they meet pass by.
  constexpr std::size_t panel = 4;
  const std::size_t threes = layout_.threes();
  for (std::size_t left = 0; left < threes; left += panel)
    for (std::size_t row = 0; row < std::min(left + panel, threes); ++row)
      for (std::size_t column = std::max(left, row); column < std::min(left + panel, threes); ++column)
        add_block(weighted_.data() + side * row * stride, z_.data() + side * column * stride, rows,
                  lanes_.data() + layout_.block(row, column) * tile_lanes);
}

/// The unusual values of a block: one rare column after the other in few_, row by row (and in each by column) in
/// unusual_.
void GramKernel::collect_unusual(const double* curvature, std::size_t begin, std::size_t end) {
  std::array<std::uint32_t, block_rows + 1> place{};  // of each row's next value
  std::size_t count = 0;
  for (std::size_t k = 0; k < layout_.rare.size(); ++k) {
    const std::span<const std::uint32_t> rows = design_.mostly_one[layout_.rare[k]].rows;
    for (std::size_t i = next_[k]; i < rows.size() && rows[i] < end; ++i, ++count) ++place[rows[i] - begin + 1];
  }
  for (std::size_t row = 0; row < block_rows; ++row) place[row + 1] += place[row];
  unusual_.resize(count);
  few_.clear();
  for (std::uint32_t k = 0; k < layout_.rare.size(); ++k) {
    const MostlyOne& column = design_.mostly_one[layout_.rare[k]];
    first_of_few_[k] = few_.size();
    for (std::size_t& i = next_[k]; i < column.rows.size() && column.rows[i] < end; ++i) {
      const auto row = static_cast<std::uint32_t>(column.rows[i] - begin);
      const double value = static_cast<double>(column.values[i]) - column.usual;
      unusual_[place[row]++] = {row, k, value};
      few_.push_back({row, curvature[row] * value});
    }
  }
  first_of_few_.back() = few_.size();
}

void GramKernel::add_rare(const double* curvature, std::size_t begin, std::size_t end, std::span<double> out) {
  collect_unusual(curvature, begin, end);
  // All of the few meet some columns, which stay in the first-level cache, before they meet the next.
  for_some_at_once(layout_.centred.size(), [&]<std::size_t columns>(std::size_t j) {
    for (std::size_t k = 0; k < layout_.rare.size(); ++k)
      add_products<columns>(std::span(few_).subspan(first_of_few_[k], first_of_few_[k + 1] - first_of_few_[k]),
                            z_.data() + j * stride, out.data() + layout_.mixed(k, j));
  });
  for (std::size_t first = 0; first < unusual_.size();) {
    const std::uint32_t row = unusual_[first].row;
    std::size_t last = first;
    while (last < unusual_.size() && unusual_[last].row == row) ++last;
    for (std::size_t a = first; a < last; ++a) {
      const double weighted = curvature[row] * unusual_[a].value;
      for (std::size_t b = a; b < last; ++b)
        out[layout_.both_rare(unusual_[a].column, unusual_[b].column)] += weighted * unusual_[b].value;
    }
    first = last;
  }
}

void GramKernel::sum_tile(const double* curvature, std::size_t tile, std::span<double> out) {
  const std::size_t first = tile * tile_rows, end = std::min(design_.rows, first + tile_rows);
  std::ranges::fill(lanes_, 0.0);
  std::ranges::fill(out, 0.0);
  for (std::size_t k = 0; k < next_.size(); ++k) next_[k] = design_.mostly_one[layout_.rare[k]].tiles[tile];
  for (std::size_t begin = first; begin < end; begin += block_rows) {
    const std::size_t last = std::min(end, begin + block_rows);
    load_block(curvature + (begin - first), begin, last);
    add_centred((last - begin + tile_lanes - 1) / tile_lanes * tile_lanes);
    if (!next_.empty()) add_rare(curvature + (begin - first), begin, last, out);
  }
  for (std::size_t i = 0; i < lanes_.size() / tile_lanes; ++i) out[i] = add_lanes_at(lanes_.data() + i * tile_lanes);
}

}  // namespace cartwheel::linear
