#include "tree/row_bins.hpp"

#include <algorithm>
#include <cstring>

#include "core/parallel.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t copy_step = 16;
constexpr std::size_t rows_ahead = 12;
constexpr std::size_t rows_a_task = 4096;

std::size_t round_up(std::size_t bytes) { return (bytes + copy_step - 1) / copy_step * copy_step; }

/// @param bytes  a multiple of copy_step.
void copy_steps(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += copy_step) std::memcpy(to + i, from + i, copy_step);
}

StridedBins whole_column(const BinnedColumns& x, std::uint32_t j) {
  return x.with_column(j, [&](auto bins) {
    return StridedBins{reinterpret_cast<const std::uint8_t*>(bins.data()), sizeof bins[0], x.cells(j)};
  });
}

std::size_t narrow_columns(const BinnedColumns& x) {
  std::size_t narrow = 0;
  for (std::uint32_t j = 0; j < x.columns; ++j) narrow += x.cells(j) <= narrow_cells ? 1 : 0;
  return narrow;
}

}  // namespace

BinTable column_wise(const BinnedColumns& x) {
  BinTable table;
  for (std::uint32_t j = 0; j < x.columns; ++j) table.push_back(whole_column(x, j));
  return table;
}

RowWiseBins::RowWiseBins(const BinnedColumns& x)
    : stride_(narrow_columns(x)), bytes_(stride_ * x.rows + copy_step), table_(column_wise(x)) {
  std::size_t place = 0;
  std::vector<const std::uint8_t*> columns;
  for (StridedBins& column : table_) {
    if (column.wide()) continue;
    columns.push_back(column.bins);
    column.bins = bytes_.data() + place++;
    column.stride = stride_;
  }
  core::parallel_for_blocks(x.rows, rows_a_task, [&](std::size_t begin, std::size_t end) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
      std::uint8_t* to = bytes_.data() + begin * stride_ + j;
      for (std::size_t row = begin; row < end; ++row, to += stride_) *to = columns[j][row];
    }
  });
}

LocalBins::LocalBins(const BinnedColumns& x, std::size_t capacity) : narrow_bytes_(round_up(narrow_columns(x))) {
  std::size_t narrow = 0, wide = narrow_bytes_;
  for (std::uint32_t j = 0; j < x.columns; ++j)
    if (x.cells(j) > narrow_cells) wide_.push_back(j);
  stride_ = round_up(narrow_bytes_ + 2 * wide_.size());
  bytes_.resize(stride_ * capacity);
  for (std::uint32_t j = 0; j < x.columns; ++j) {
    const bool is_wide = x.cells(j) > narrow_cells;
    table_.push_back({bytes_.data() + (is_wide ? wide : narrow), stride_, x.cells(j)});
    (is_wide ? wide : narrow) += is_wide ? 2 : 1;
  }
}

template <class Row>
void LocalBins::gather(const RowWiseBins& from, const BinnedColumns& x, std::span<Row> rows) {
  const std::size_t last_step = narrow_bytes_ == 0 ? 0 : narrow_bytes_ - copy_step;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint8_t* const ahead = from.row(rows[std::min(i + rows_ahead, rows.size() - 1)].row);
    __builtin_prefetch(ahead);
    __builtin_prefetch(ahead + last_step);
    copy_steps(bytes_.data() + i * stride_, from.row(rows[i].row), narrow_bytes_);
  }
  for (const std::uint32_t j : wide_) {
    const StridedBins column = whole_column(x, j);
    std::uint8_t* to = bytes_.data() + (table_[j].bins - bytes_.data());
    for (const Row& row : rows) {
      std::memcpy(to, column.bins + row.row * column.stride, 2);
      to += stride_;
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].row = static_cast<std::uint32_t>(i);
}

template <class Row>
void LocalBins::gather(const LocalBins& from, std::span<Row> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    copy_steps(bytes_.data() + i * stride_, from.bytes_.data() + rows[i].row * stride_, stride_);
    rows[i].row = static_cast<std::uint32_t>(i);
  }
}

template void LocalBins::gather(const RowWiseBins&, const BinnedColumns&, std::span<TreeRow>);
template void LocalBins::gather(const RowWiseBins&, const BinnedColumns&, std::span<WeightedTreeRow>);
template void LocalBins::gather(const LocalBins&, std::span<TreeRow>);
template void LocalBins::gather(const LocalBins&, std::span<WeightedTreeRow>);

}  // namespace cartwheel::tree
