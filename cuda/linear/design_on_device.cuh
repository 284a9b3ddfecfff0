#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/device_buffer.hpp"
#include "core/tile_sum.cuh"
#include "linear/design.hpp"

namespace cartwheel::linear {

/// A Design as kernels see it; see there for what is what. All pointers are to device memory.
struct DesignView {
  std::size_t rows = 0, tiles = 0, words = 0;  ///< words: of one column of two values.
  std::uint32_t dense = 0, two_valued = 0, mostly_one = 0;
  const float* floats = nullptr;         ///< [dense x rows]
  const std::uint64_t* bits = nullptr;   ///< [two_valued x words]
  const double* low = nullptr;           ///< [two_valued]
  const double* high = nullptr;          ///< [two_valued]
  const std::uint32_t* row = nullptr;    ///< Of the columns of mostly one value, one after the other,
  const float* value = nullptr;          ///< and their values.
  const std::uint64_t* begin = nullptr;  ///< [mostly_one x (tiles + 1)]: where a tile's entries begin in them.
  const double* usual = nullptr;         ///< [mostly_one]
  const double* centre = nullptr;        ///< [columns]

  __host__ __device__ std::uint32_t first_mostly_one() const { return dense + two_valued; }
  __host__ __device__ std::uint32_t columns() const { return dense + two_valued + mostly_one; }
  /// x - centre in one row of a dense or two-valued column.
  __device__ double centred(std::uint32_t column, std::size_t r) const {
    if (column < dense) return static_cast<double>(floats[column * rows + r]) - centre[column];
    const std::uint32_t j = column - dense;
    const bool set = (bits[j * words + r / 64] >> (r % 64) & 1) != 0;
    return (set ? high[j] : low[j]) - centre[column];
  }
  __device__ std::uint64_t first_entry(std::uint32_t j, std::size_t tile) const {
    return begin[j * (tiles + 1) + tile];
  }
};

/// A copy of a Design in device memory: 4 bytes a row for a dense column, 1/8 for one of two values, 8 for an unusual
/// value of the others.
class DesignOnDevice {
 public:
  explicit DesignOnDevice(const Design& design)
      : floats_(design.dense.size() * design.rows, "dense columns"),
        bits_(design.two_valued.size() * words_of(design), "columns of two values") {
    view_.rows = design.rows;
    view_.tiles = core::tiles_of(design.rows);
    view_.words = words_of(design);
    view_.dense = static_cast<std::uint32_t>(design.dense.size());
    view_.two_valued = static_cast<std::uint32_t>(design.two_valued.size());
    view_.mostly_one = static_cast<std::uint32_t>(design.mostly_one.size());
    for (std::size_t j = 0; j < design.dense.size(); ++j) floats_.set(design.dense[j], j * design.rows);
    std::vector<double> low, high, usual;
    for (std::size_t j = 0; j < design.two_valued.size(); ++j) {
      bits_.set(design.two_valued[j].words.first(view_.words), j * view_.words);
      low.push_back(design.two_valued[j].low);
      high.push_back(design.two_valued[j].high);
    }
    std::vector<std::uint32_t> rows;
    std::vector<float> values;
    std::vector<std::uint64_t> begin;
    for (const MostlyOne& column : design.mostly_one) {
      for (const std::uint32_t offset : column.tiles) begin.push_back(rows.size() + offset);
      rows.insert(rows.end(), column.rows.begin(), column.rows.end());
      values.insert(values.end(), column.values.begin(), column.values.end());
      usual.push_back(column.usual);
    }
    rows_ = {std::span<const std::uint32_t>(rows), "rows of unusual values"};
    values_ = {std::span<const float>(values), "unusual values"};
    begin_ = {std::span<const std::uint64_t>(begin), "tiles of unusual values"};
    numbers_ = core::DeviceBuffer<double>(low.size() * 2 + usual.size() + design.centre.size(), "centres");
    numbers_.set(low);
    numbers_.set(high, low.size());
    numbers_.set(usual, 2 * low.size());
    numbers_.set(design.centre, 2 * low.size() + usual.size());
    view_.floats = floats_.data();
    view_.bits = bits_.data();
    view_.row = rows_.data();
    view_.value = values_.data();
    view_.begin = begin_.data();
    view_.low = numbers_.data();
    view_.high = view_.low + low.size();
    view_.usual = view_.high + low.size();
    view_.centre = view_.usual + usual.size();
  }

  const DesignView& view() const { return view_; }

 private:
  static std::size_t words_of(const Design& design) { return (design.rows + 63) / 64; }

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
