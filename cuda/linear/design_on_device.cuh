#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/device_buffer.hpp"
#include "core/tile_sum.cuh"
#include "linear/design.hpp"

namespace cartwheel::linear {

/// Some tiles of a Design as kernels see them; see there for what is what. All pointers are to device memory. Rows and
/// tiles go by their numbers among all.
struct DesignView {
  std::size_t rows = 0, tiles = 0;             ///< Of the whole design.
  std::size_t first_tile = 0, tile_count = 0;  ///< Those that are here;
  std::size_t first_row = 0, row_count = 0;    ///< and their rows.
  std::size_t words = 0;                       ///< Of one column of two values, here.
  std::uint32_t dense = 0, two_valued = 0, mostly_one = 0;
  const float* floats = nullptr;         ///< [dense x row_count]
  const std::uint64_t* bits = nullptr;   ///< [two_valued x words]
  const double* low = nullptr;           ///< [two_valued]
  const double* high = nullptr;          ///< [two_valued]
  const std::uint32_t* row = nullptr;    ///< Of the columns of mostly one value, one after the other,
  const float* value = nullptr;          ///< and their values.
  const std::uint64_t* begin = nullptr;  ///< [mostly_one x (tile_count + 1)]: where a tile's entries begin in them.
  const double* usual = nullptr;         ///< [mostly_one]
  const double* centre = nullptr;        ///< [columns]

  __host__ __device__ std::uint32_t first_mostly_one() const { return dense + two_valued; }
  __host__ __device__ std::uint32_t columns() const { return dense + two_valued + mostly_one; }
  /// x - centre in one row of a dense or two-valued column.
  __device__ double centred(std::uint32_t column, std::size_t r) const {
    const std::size_t place = r - first_row;
    if (column < dense) return static_cast<double>(floats[column * row_count + place]) - centre[column];
    const std::uint32_t j = column - dense;
    const bool set = (bits[j * words + place / 64] >> (place % 64) & 1) != 0;
    return (set ? high[j] : low[j]) - centre[column];
  }
  __device__ std::uint64_t first_entry(std::uint32_t j, std::size_t tile) const {
    return begin[j * (tile_count + 1) + tile - first_tile];
  }
};

/// A Design in device memory: 4 bytes a row for a dense column, 1/8 for one of two values, 8 for an unusual value of
/// the others. Where half of the memory that is free does not hold it, it lies there a block of tiles at a time.
class DesignOnDevice {
 public:
  /// `design` must outlive this object.
  explicit DesignOnDevice(const Design& design);

  std::size_t tiles() const { return view_.tiles; }
  std::size_t blocks() const { return (view_.tiles + tiles_a_block_ - 1) / tiles_a_block_; }
  /// A power of two.
  std::size_t tiles_a_block() const { return tiles_a_block_; }
  /// The tiles from number * tiles_a_block(); they are sent, unless they are the ones that are there.
  const DesignView& block(std::size_t number);

 private:
  void send(std::size_t first_tile);
  void send_unusual();

  const Design& design_;
  std::size_t tiles_a_block_ = 1;
  core::DeviceBuffer<float> floats_, values_;
  core::DeviceBuffer<std::uint64_t> bits_, begin_;
  core::DeviceBuffer<std::uint32_t> rows_;
  core::DeviceBuffer<double> numbers_;
  DesignView view_;
};

/// LabelledRows as kernels see them.
struct RowsView {
  const std::uint8_t* y = nullptr;
  const double* sample_weight = nullptr;  ///< Null: all 1.
  double class_weight[2] = {1.0, 1.0};

  __device__ double weight(std::size_t row) const {
    const double of_class = y[row] == 0 ? class_weight[0] : class_weight[1];
    return sample_weight == nullptr ? of_class : of_class * sample_weight[row];
  }
};

}  // namespace cartwheel::linear
