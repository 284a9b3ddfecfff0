#pragma once

#include <cstdint>
#include <vector>

#include "tree/binning.hpp"
#include "tree/strided_bins.hpp"

namespace cartwheel::tree {

/// The narrow columns as bytes to be summed. Columns of which, in each row, at most one has another bin than its most
/// common one (such as one-hot columns) share a store: its bytes say which of them, and which bin. So a node's rows
/// are read and added up once for all of them. After the exclusive feature bundling of G. Ke et al., "LightGBM" (NIPS
/// 2017), but without conflicts, so nothing is lost.
class StoredColumns {
 public:
  /// Time: linear in the cells. Memory: 1 byte a row for each store that is shared, and while stores are made 1/8 byte
  /// a cell of the columns that could share one. @param x  must outlive this.
  explicit StoredColumns(const BinnedColumns& x);

  std::size_t size() const { return stores_.size(); }
  /// A whole store, column-wise, as if it were a column.
  const StridedBins& store(std::size_t number) const { return stores_[number]; }
  /// Column j, column-wise. A wide one has no store.
  const StridedBins& column(std::uint32_t j) const { return columns_[j]; }
  std::size_t columns() const { return columns_.size(); }

 private:
  std::vector<StridedBins> stores_;
  std::vector<StridedBins> columns_;
  std::vector<std::vector<std::uint8_t>> shared_;  ///< The bytes of shared stores.
};

}  // namespace cartwheel::tree
