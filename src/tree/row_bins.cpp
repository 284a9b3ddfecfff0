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

/// Makes the columns of a table share what moves with their stores.
void follow_stores(BinTable& table) {
  for (StridedBins& column : table.columns) {
    if (column.wide()) continue;
    column.bins = table.stores[column.store].bins;
    column.stride = table.stores[column.store].stride;
  }
}

}  // namespace

BinTable column_wise(const StoredColumns& x) {
  BinTable table;
  for (std::uint32_t j = 0; j < x.columns(); ++j) table.columns.push_back(x.column(j));
  for (std::size_t store = 0; store < x.size(); ++store) table.stores.push_back(x.store(store));
  return table;
}

RowWiseBins::RowWiseBins(const StoredColumns& x, std::size_t rows)
    : stride_(x.size()), bytes_(stride_ * rows + copy_step), table_(column_wise(x)) {
  for (std::size_t store = 0; store < x.size(); ++store) {
    table_.stores[store].bins = bytes_.data() + store;
    table_.stores[store].stride = stride_;
  }
  follow_stores(table_);
  core::parallel_for_blocks(rows, rows_a_task, [&](std::size_t begin, std::size_t end) {
    for (std::size_t store = 0; store < x.size(); ++store) {
      const std::uint8_t* const from = x.store(store).bins;
      std::uint8_t* to = bytes_.data() + begin * stride_ + store;
      for (std::size_t row = begin; row < end; ++row, to += stride_) *to = from[row];
    }
  });
}

LocalBins::LocalBins(const StoredColumns& x, std::size_t capacity)
    : narrow_bytes_(round_up(x.size())), table_(column_wise(x)) {
  for (std::uint32_t j = 0; j < x.columns(); ++j)
    if (x.column(j).wide()) wide_.push_back(j);
  stride_ = round_up(narrow_bytes_ + 2 * wide_.size());
  bytes_.resize(stride_ * capacity);
  for (std::size_t store = 0; store < x.size(); ++store) {
    table_.stores[store].bins = bytes_.data() + store;
    table_.stores[store].stride = stride_;
  }
  follow_stores(table_);
  std::size_t place = narrow_bytes_;
  for (const std::uint32_t j : wide_) {
    table_.columns[j].bins = bytes_.data() + place;
    table_.columns[j].stride = stride_;
    place += 2;
  }
  table_.records = bytes_.data();
  table_.record_bytes = stride_;
  for (const StridedBins& column : table_.columns)
    table_.places.push_back(static_cast<std::uint32_t>(column.bins - bytes_.data()));
  for (const std::uint32_t j : wide_) table_.wide_places.push_back(table_.places[j]);
}

template <class Row>
void LocalBins::gather(const RowWiseBins& from, std::span<Row> rows) {
  const std::size_t last_step = narrow_bytes_ == 0 ? 0 : narrow_bytes_ - copy_step;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint8_t* const ahead = from.row(rows[std::min(i + rows_ahead, rows.size() - 1)].row);
    __builtin_prefetch(ahead);
    __builtin_prefetch(ahead + last_step);
    copy_steps(bytes_.data() + i * stride_, from.row(rows[i].row), narrow_bytes_);
  }
  for (const std::uint32_t j : wide_) {
    const StridedBins& column = from.table()[j];  // column-wise there
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

template void LocalBins::gather(const RowWiseBins&, std::span<TreeRow>);
template void LocalBins::gather(const RowWiseBins&, std::span<WeightedTreeRow>);
template void LocalBins::gather(const LocalBins&, std::span<TreeRow>);
template void LocalBins::gather(const LocalBins&, std::span<WeightedTreeRow>);

}  // namespace cartwheel::tree
