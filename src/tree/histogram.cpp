#include "tree/histogram.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace cartwheel::tree {
namespace {

constexpr std::size_t rows_ahead = 12;  ///< How far ahead bins are asked for: rows of a node are scattered.

std::uint32_t some_rows(Counts counts) { return counts.rows; }
std::uint32_t some_rows(WeightedCounts) { return 1; }

}  // namespace

template <class Row>
template <std::size_t columns, bool distinct, bool touch>
void Histogram<Row>::sum(std::span<const Row> rows, std::span<const StridedBins> bins) {
  std::array<const std::uint8_t*, columns> from;
  for (std::size_t k = 0; k < columns; ++k) from[k] = bins[k].bins;
  const std::size_t stride = bins[0].stride;
  const auto add = [&](const Row& row) {
    const std::size_t at = row.row * stride;
    const Cell cell = row.cell();
    for (std::size_t k = 0; k < columns; ++k) {
      const std::uint8_t bin = from[k][at];
      cells_[k][bin] += cell;
      if constexpr (distinct) ++distinct_[k][bin];
      if constexpr (touch) touched_[k][bin / 64] |= std::uint64_t{1} << (bin % 64);
    }
  };
  const std::size_t size = rows.size(), prefetched = size > rows_ahead ? size - rows_ahead : 0;
  for (std::size_t i = 0; i < prefetched; ++i) {
    __builtin_prefetch(from[0] + rows[i + rows_ahead].row * stride);
    add(rows[i]);
  }
  for (std::size_t i = prefetched; i < size; ++i) add(rows[i]);
}

template <class Row>
void Histogram<Row>::sum(std::span<const Row> rows, std::span<const StridedBins> columns, bool count_distinct) {
  std::uint32_t widest = 0;
  for (std::size_t k = 0; k < columns.size(); ++k) widest = std::max(widest, widths_[k] = columns[k].cells);
  counts_distinct_ = count_distinct;
  touches_ = rows.size() < widest;  // few rows: visit the bins that they touch, not all
  const auto with = [&]<std::size_t n>() {
    if (count_distinct)
      touches_ ? sum<n, true, true>(rows, columns) : sum<n, true, false>(rows, columns);
    else
      touches_ ? sum<n, false, true>(rows, columns) : sum<n, false, false>(rows, columns);
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
void Histogram<Row>::append(std::uint32_t bin, Cell& cell, std::uint32_t* distinct) {
  const auto counts = unpack(cell);
  present_.push_back({bin, distinct != nullptr ? *distinct : some_rows(counts), counts});
  cell = Cell{};
  if (distinct != nullptr) *distinct = 0;
}

template <class Row>
auto Histogram<Row>::take(std::size_t k) -> std::span<Bin> {
  if (present_.size() < narrow_cells) present_.resize(narrow_cells);
  Cell* const cells = cells_[k].data();
  std::uint32_t* const distinct = distinct_[k].data();
  std::size_t size = 0;
  const auto move_out = [&](std::uint32_t bin) {
    const auto counts = unpack(cells[bin]);
    present_[size++] = {bin, counts_distinct_ ? distinct[bin] : some_rows(counts), counts};
    cells[bin] = Cell{};
    if (counts_distinct_) distinct[bin] = 0;
  };
  if (touches_) {
    for (std::uint32_t word = 0; word < touched_words; ++word) {
      for (std::uint64_t bits = touched_[k][word]; bits != 0; bits &= bits - 1)
        move_out(word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)));
      touched_[k][word] = 0;
    }
  } else {
    for (std::uint32_t bin = 0; bin < widths_[k]; ++bin)
      if (cells[bin] != Cell{}) move_out(bin);
  }
  return std::span(present_).first(size);
}

/// With fewer rows than a wide column has cells, sorting the rows' bins beats clearing and scanning the cells.
template <class Row>
auto Histogram<Row>::sort(std::span<const Row> rows, const StridedBins& column) -> std::span<Bin> {
  keys_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) keys_[i] = column[rows[i].row] << 16 | static_cast<std::uint32_t>(i);
  sort_keys();
  if (present_.size() < rows.size()) present_.resize(rows.size());
  std::size_t size = 0;
  std::uint32_t last = no_bin;
  for (const std::uint32_t key : keys_) {
    const auto counts = unpack(rows[key & 0xffff].cell());
    if (const std::uint32_t bin = key >> 16; bin != last) {
      present_[size++] = {last = bin, 1, counts};
    } else {
      Bin& same = present_[size - 1];
      same.distinct_rows += 1;
      same.counts = same.counts + counts;
    }
  }
  return std::span(present_).first(size);
}

/// By their upper halves: byte by byte in linear time where that is less work than comparing.
template <class Row>
void Histogram<Row>::sort_keys() {
  constexpr std::size_t few = 64;
  if (keys_.size() < few) {
    std::ranges::sort(keys_);
    return;
  }
  sorted_keys_.resize(keys_.size());
  for (const int shift : {16, 24}) {
    std::array<std::uint32_t, 256> next{};
    for (const std::uint32_t key : keys_) ++next[key >> shift & 0xff];
    std::uint32_t first = 0;
    for (std::uint32_t& place : next) first += std::exchange(place, first);
    for (const std::uint32_t key : keys_) sorted_keys_[next[key >> shift & 0xff]++] = key;
    keys_.swap(sorted_keys_);
  }
}

template <class Row>
auto Histogram<Row>::sum_wide(std::span<const Row> rows, const StridedBins& column, bool count_distinct)
    -> std::span<Bin> {
  if (rows.empty()) return {};
  if (rows.size() < column.cells) return sort(rows, column);
  present_.clear();
  if (wide_cells_.size() < column.cells) wide_cells_.resize(column.cells);
  if (count_distinct && wide_distinct_.size() < column.cells) wide_distinct_.resize(column.cells);
  for (const Row& row : rows) {
    const std::uint32_t bin = column[row.row];
    wide_cells_[bin] += row.cell();
    if (count_distinct) ++wide_distinct_[bin];
  }
  for (std::uint32_t bin = 0; bin < column.cells; ++bin)
    if (wide_cells_[bin] != Cell{}) append(bin, wide_cells_[bin], count_distinct ? &wide_distinct_[bin] : nullptr);
  return present_;
}

template class Histogram<TreeRow>;
template class Histogram<WeightedTreeRow>;

}  // namespace cartwheel::tree
