#pragma once

#include <cstdint>
#include <span>
#include <utility>
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
  /// Where the cells of a store begin, if those of all stores are laid end to end.
  std::size_t first_cell(std::size_t store) const { return first_cell_[store]; }
  std::size_t total_cells() const { return first_cell_.back(); }
  /// Column j, column-wise. A wide one has no store.
  const StridedBins& column(std::uint32_t j) const { return columns_[j]; }
  std::size_t columns() const { return columns_.size(); }
  bool any_wide() const { return any_wide_; }
  /// Marks the columns of a shared store in a mask of one bit a column, but for those that the bytes speak of.
  /// @param bytes  of the rows of a node. Does nothing for a store that is not shared.
  template <class Bins>
  void mark_constant(std::size_t store, const Bins& bytes, std::span<std::uint64_t> mask) const {
    const Members& members = members_[store];
    if (members.bits.empty()) return;
    for (const auto& [word, bits] : members.bits) mask[word] |= bits;
    for (const auto& byte : bytes) {
      const std::uint32_t column = members.column_of_byte[byte.bin];
      mask[column / 64] &= ~(std::uint64_t{byte.bin != 0} << (column % 64));
    }
  }

 private:
  bool any_wide_ = false;
  std::vector<StridedBins> stores_;
  std::vector<std::size_t> first_cell_;  ///< [size() + 1]
  std::vector<StridedBins> columns_;
  /// Who shares a store; all empty if it is not shared.
  struct Members {
    std::vector<std::pair<std::size_t, std::uint64_t>> bits;  ///< Words of a mask of columns, and the bits in them.
    std::vector<std::uint32_t> column_of_byte;                ///< Byte 0 speaks of none; any column stands there.
  };
  std::vector<Members> members_;
  std::vector<std::vector<std::uint8_t>> shared_;  ///< The bytes of shared stores.
};

}  // namespace cartwheel::tree
