#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/binning.hpp"
#include "tree/stored_columns.hpp"
#include "tree/tree_row.hpp"

namespace cartwheel::tree {

/// Where the bins of each column are, in one layout.
struct BinTable {
  std::vector<StridedBins> columns;  ///< [columns]
  std::vector<StridedBins> stores;   ///< Of StoredColumns: what is summed for the columns that are not wide.
  /// If rows lie one after the other, as records: row r's bytes are at records + r * record_bytes, a multiple of 16.
  const std::uint8_t* records = nullptr;
  std::size_t record_bytes = 0;
  std::vector<std::uint32_t> places;       ///< [columns]: in a record, of the byte that says a column's bin, or of two.
  std::vector<std::uint32_t> wide_places;  ///< Of those with two bytes.

  const StridedBins& operator[](std::size_t column) const { return columns[column]; }
};

/// The columns as they lie, one after the other: best where a node holds a good part of all rows, and reads a column's
/// bytes side by side.
BinTable column_wise(const StoredColumns& x);

/// A second copy of the stores, row by row: a row of a node that holds few of all rows then costs one cache line and
/// not one a column. 1 byte a row and store.
class RowWiseBins {
 public:
  RowWiseBins(const StoredColumns& x, std::size_t rows);

  /// Wide columns, of which there is no second copy, are column-wise in it.
  const BinTable& table() const { return table_; }
  const std::uint8_t* row(std::size_t number) const { return bytes_.data() + number * stride_; }

 private:
  std::size_t stride_;
  std::vector<std::uint8_t> bytes_;  ///< Padded, so that a row may be copied in steps of copy_step bytes.
  BinTable table_;
};

/// Copies of the rows of one node, side by side and small enough for a cache, where a whole subtree then grows.
class LocalBins {
 public:
  LocalBins(const StoredColumns& x, std::size_t capacity);

  /// Takes copies of `rows` from all rows, and renumbers them from 0. @param rows  at most `capacity`.
  template <class Row>
  void gather(const RowWiseBins& from, std::span<Row> rows);
  /// The same from other copies.
  template <class Row>
  void gather(const LocalBins& from, std::span<Row> rows);

  const BinTable& table() const { return table_; }

 private:
  std::size_t narrow_bytes_, stride_;  ///< Stores first, then wide bins.
  std::vector<std::uint32_t> wide_;
  std::vector<std::uint8_t> bytes_;
  BinTable table_;
};

}  // namespace cartwheel::tree
