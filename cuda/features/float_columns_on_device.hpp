#pragma once

#include <cstddef>

#include "core/device_buffer.hpp"
#include "core/host_device.hpp"
#include "features/float_columns.hpp"

namespace cartwheel::features {

/// FloatColumns as kernels see them.
struct ColumnsOut {
  float* values;  ///< [columns x rows]
  std::size_t rows;

  CARTWHEEL_HD float& operator()(std::size_t column, std::size_t row) const { return values[column * rows + row]; }
};

/// Columns in device memory, to be filled by kernels.
class FloatColumnsOnDevice {
 public:
  FloatColumnsOnDevice(std::size_t columns, std::size_t rows)
      : columns_(columns), rows_(rows), values_(columns * rows, "features") {}

  ColumnsOut view() const { return {values_.data(), rows_}; }
  FeatureGroup::Columns take() const {
    FeatureGroup::Columns out;
    for (std::size_t c = 0; c < columns_; ++c) {
      FloatColumn column{std::vector<float>(rows_)};
      values_.get(column.values, c * rows_);
      out.emplace_back(std::move(column));
    }
    return out;
  }

 private:
  std::size_t columns_, rows_;
  core::DeviceBuffer<float> values_;
};

}  // namespace cartwheel::features
