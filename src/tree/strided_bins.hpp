#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tree/binning.hpp"

namespace cartwheel::tree {

/// The bins of a column, wherever they lie: what says that of row r is at bins + r * stride, in one byte if the column
/// has at most narrow_cells, else in two.
struct StridedBins {
  const std::uint8_t* bins = nullptr;
  std::size_t stride = 0;
  std::uint32_t cells = 0;
  std::uint32_t store = 0;  ///< Number of the byte column that holds it (StoredColumns), if it is not wide.
  std::uint32_t first = 0;  ///< 0: the bytes are its bins. Else its bins but for `common`, in order, are the bytes from
  std::uint32_t common = 0;  ///< `first` on, and every other byte means `common`.

  bool wide() const { return cells > narrow_cells; }
  bool shares_store() const { return first != 0; }
  std::uint32_t bin_of(std::uint8_t byte) const {
    if (!shares_store()) return byte;
    const std::uint32_t place = byte - first;  // wraps around below `first`
    return place >= cells - 1 ? common : place + (place >= common ? 1 : 0);
  }
  /// For a wide column.
  std::uint32_t wide_bin(std::size_t row) const {
    std::uint16_t bin;
    std::memcpy(&bin, bins + row * stride, sizeof bin);
    return bin;
  }
  std::uint32_t operator[](std::size_t row) const { return wide() ? wide_bin(row) : bin_of(bins[row * stride]); }
};

}  // namespace cartwheel::tree
