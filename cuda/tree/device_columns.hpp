#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/device_buffer.hpp"
#include "core/host_device.hpp"
#include "tree/binning.hpp"

namespace cartwheel::tree {

/// Where the bins of a column lie.
struct DeviceColumn {
  std::uint32_t cells;
  std::uint32_t missing;  ///< The bin of missing values, or no_bin.
  std::uint32_t place;    ///< Narrow: the byte in a row. Wide: the column among the wide ones.
  bool wide;
  bool by_level;
};

/// Binned columns as kernels see them. Narrow ones lie row by row, because the rows of a node are scattered: one sector
/// of 32 bytes then holds up to 32 bins of a row.
struct ColumnsView {
  std::uint32_t rows, columns, narrow_count, wide_count;
  std::uint32_t widest_narrow, widest_wide;  ///< Cells.
  const DeviceColumn* of;                    ///< [columns]
  const std::uint32_t *narrow, *wide;        ///< The numbers of the narrow and of the wide columns, increasing.
  const std::uint8_t* bytes;                 ///< [rows x narrow_count]
  const std::uint16_t* words;                ///< [wide_count x rows]

  CARTWHEEL_HD std::uint32_t bin(std::uint32_t row, const DeviceColumn& column) const {
    return column.wide ? words[std::size_t{column.place} * rows + row]
                       : bytes[std::size_t{row} * narrow_count + column.place];
  }
};

/// Bins as a ColumnsView has them.
class DeviceBins {
 public:
  core::DeviceBuffer<std::uint8_t> bytes;
  core::DeviceBuffer<std::uint16_t> words;
};

/// Binned columns in device memory: 1 byte a cell, 2 of a wide column. They are sent there, unless they were made
/// there.
class DeviceColumns {
 public:
  explicit DeviceColumns(const BinnedColumns& x);

  const ColumnsView& view() const { return view_; }
  const DeviceBins& bins() const { return *bins_; }
  bool any_levels() const { return any_levels_; }

 private:
  ColumnsView view_{};
  bool any_levels_ = false;
  core::DeviceBuffer<DeviceColumn> of_;
  core::DeviceBuffer<std::uint32_t> numbers_;
  std::shared_ptr<const DeviceBins> bins_;
};

}  // namespace cartwheel::tree
