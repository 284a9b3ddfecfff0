#include "tree/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/dispatched.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t rows_ahead = 12;  ///< How far ahead bins are asked for: rows of a node are scattered.

std::uint32_t some_rows(Counts counts) { return counts.rows; }
std::uint32_t some_rows(WeightedCounts) { return 1; }

constexpr std::size_t lanes = 8;
using Cells [[gnu::vector_size(8 * lanes)]] = std::uint64_t;

/// One bit a cell, in words of 64: whether it is not 0.
CARTWHEEL_DISPATCHED void find_occupied(const Cell* cells, std::size_t words, std::uint64_t* occupied) {
  for (std::size_t word = 0; word < words; ++word) {
    Cells bits{}, bit{1, 2, 4, 8, 16, 32, 64, 128};
    for (std::size_t i = 0; i < 64; i += lanes, bit <<= lanes) {
      Cells some;
      std::memcpy(&some, cells + word * 64 + i, sizeof some);
      bits |= static_cast<Cells>(some != 0) & bit;
    }
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < lanes; ++i) all |= bits[i];
    occupied[word] = all;
  }
}

void find_occupied(const WeightedCell* cells, std::size_t words, std::uint64_t* occupied) {
  for (std::size_t word = 0; word < words; ++word) {
    occupied[word] = 0;
    for (std::size_t i = 0; i < 64; ++i) occupied[word] |= std::uint64_t{cells[word * 64 + i].rows != 0 ? 1u : 0u} << i;
  }
}

}  // namespace

/// @tparam twice  Every second row goes to cells of its own: rows of one bin follow each other often, and an addition
/// to the same cell would wait for the last one.
template <class Row>
template <std::size_t columns, bool distinct, bool twice>
void Histogram<Row>::sum(std::span<const Row> rows, std::span<const StridedBins> bins) {
  std::array<const std::uint8_t*, columns> from;
  for (std::size_t k = 0; k < columns; ++k) from[k] = bins[k].bins;
  const std::size_t stride = bins[0].stride;
  const auto add = [&]<std::size_t first>(const Row& row) {
    const std::size_t at = row.row * stride;
    const Cell cell = row.cell();
    for (std::size_t k = 0; k < columns; ++k) {
      const std::uint8_t bin = from[k][at];
      cells_[first + k][bin] += cell;
      if constexpr (distinct) ++distinct_[first + k][bin];
    }
  };
  constexpr std::size_t second = twice ? columns : 0;
  const std::size_t size = rows.size(), prefetched = size > rows_ahead ? (size - rows_ahead) / 2 * 2 : 0;
  std::size_t i = 0;
  for (; i < prefetched; i += 2) {
    __builtin_prefetch(from[0] + rows[i + rows_ahead].row * stride);
    add.template operator()<0>(rows[i]);
    __builtin_prefetch(from[0] + rows[i + rows_ahead + 1].row * stride);
    add.template operator()<second>(rows[i + 1]);
  }
  for (; i < size; ++i) add.template operator()<0>(rows[i]);
}

template <class Row>
void Histogram<Row>::sum(std::span<const Row> rows, std::span<const StridedBins> columns, bool count_distinct) {
  constexpr std::size_t enough_rows = 128;  // for a second place for a column to be looked at
  for (std::size_t k = 0; k < columns.size(); ++k) widths_[k] = columns[k].cells;
  counts_distinct_ = count_distinct;
  second_ = 2 * columns.size() <= columns_at_once && rows.size() >= enough_rows ? columns.size() : 0;
  const auto with = [&]<std::size_t n>() {
    constexpr bool twice = 2 * n <= columns_at_once;
    if constexpr (twice)
      if (second_ != 0) return count_distinct ? sum<n, true, true>(rows, columns) : sum<n, false, true>(rows, columns);
    return count_distinct ? sum<n, true, false>(rows, columns) : sum<n, false, false>(rows, columns);
  };
  switch (columns.size()) {
    case 1:
      return with.template operator()<1>();
    case 2:
      return with.template operator()<2>();
    case 3:
      return with.template operator()<3>();
    case 4:
      return with.template operator()<4>();
    case 5:
      return with.template operator()<5>();
    case 6:
      return with.template operator()<6>();
    case 7:
      return with.template operator()<7>();
    default:
      return with.template operator()<8>();
  }
}

template <class Row>
auto Histogram<Row>::take(std::size_t k) -> std::span<Bin> {
  if (present_.size() < narrow_cells) present_.resize(narrow_cells);
  Cell* const cells = cells_[k].data();
  std::uint32_t* const distinct = distinct_[k].data();
  if (second_ != 0) {
    for (std::uint32_t bin = 0; bin < widths_[k]; ++bin) cells[bin] += cells_[k + second_][bin];
    std::fill_n(cells_[k + second_].begin(), widths_[k], Cell{});
    if (counts_distinct_) {
      for (std::uint32_t bin = 0; bin < widths_[k]; ++bin) distinct[bin] += distinct_[k + second_][bin];
      std::fill_n(distinct_[k + second_].begin(), widths_[k], 0);
    }
  }
  std::size_t size = 0;
  const auto move_out = [&](std::uint32_t bin) {
    const auto counts = unpack(cells[bin]);
    present_[size++] = {bin, counts_distinct_ ? distinct[bin] : some_rows(counts), counts};
    cells[bin] = Cell{};
    if (counts_distinct_) distinct[bin] = 0;
  };
  std::array<std::uint64_t, narrow_cells / 64> occupied;
  find_occupied(cells, (widths_[k] + 63) / 64, occupied.data());
  for (std::uint32_t word = 0; word * 64 < widths_[k]; ++word)
    for (std::uint64_t bits = occupied[word]; bits != 0; bits &= bits - 1)
      move_out(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
  return std::span(present_).first(size);
}

template <class Row>
auto Histogram<Row>::list(std::span<const Cell> cells) -> std::span<Bin> {
  if (present_.size() < narrow_cells) present_.resize(narrow_cells);
  std::size_t size = 0;
  for (std::uint32_t bin = 0; bin < cells.size(); ++bin) {
    if (cells[bin] == Cell{}) continue;
    const auto counts = unpack(cells[bin]);
    present_[size++] = {bin, some_rows(counts), counts};
  }
  return std::span(present_).first(size);
}

/// With far fewer rows than a wide column has cells, sorting the rows' bins beats looking for those they touched.
template <class Row>
auto Histogram<Row>::sort(std::span<const Row> rows, const StridedBins& column) -> std::span<Bin> {
  keys_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    keys_[i] = column.wide_bin(rows[i].row) << 16 | static_cast<std::uint32_t>(i);
  std::ranges::sort(keys_);
  for (const std::uint32_t key : keys_) {
    const std::uint32_t bin = key >> 16;
    if (present_.empty() || present_.back().bin != bin) present_.push_back({bin, 0, {}});
    present_.back().distinct_rows += 1;
    present_.back().counts = present_.back().counts + unpack(rows[key & 0xffff].cell());
  }
  return present_;
}

template <class Row>
auto Histogram<Row>::sum_wide(std::span<const Row> rows, const StridedBins& column, bool count_distinct)
    -> std::span<Bin> {
  constexpr std::size_t cells_a_row = 1024;  // where sorting is as fast
  present_.clear();
  if (rows.empty()) return {};
  if (rows.size() * cells_a_row < column.cells) return sort(rows, column);
  sum_touched(rows, column, count_distinct);
  for (std::uint32_t word = 0; word * 64 < column.cells; ++word) {
    for (std::uint64_t bits = wide_touched_[word]; bits != 0; bits &= bits - 1) {
      const std::uint32_t bin = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
      const auto counts = unpack(wide_cells_[bin]);
      present_.push_back({bin, count_distinct ? wide_distinct_[bin] : some_rows(counts), counts});
      wide_cells_[bin] = Cell{};
      if (count_distinct) wide_distinct_[bin] = 0;
    }
    wide_touched_[word] = 0;
  }
  return present_;
}

template <class Row>
void Histogram<Row>::sum_touched(std::span<const Row> rows, const StridedBins& column, bool count_distinct) {
  if (wide_cells_.size() < column.cells) {
    wide_cells_.resize(column.cells);
    wide_touched_.resize((column.cells + 63) / 64);
  }
  if (count_distinct && wide_distinct_.size() < column.cells) wide_distinct_.resize(column.cells);
  for (const Row& row : rows) {
    const std::uint32_t bin = column.wide_bin(row.row);
    wide_cells_[bin] += row.cell();
    wide_touched_[bin / 64] |= std::uint64_t{1} << (bin % 64);
    if (count_distinct) ++wide_distinct_[bin];
  }
}

template class Histogram<TreeRow>;
template class Histogram<WeightedTreeRow>;

}  // namespace cartwheel::tree
