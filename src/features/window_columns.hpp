#pragma once

#include <variant>

#include "features/window_features.hpp"

namespace cartwheel::features {

using WindowFeatures = std::variant<TimeFeatures, PriceFeatures, PathFeatures, EventFeatures>;

/// Columns of features of each row's window alone, on the current device (core/current_device.hpp).
FeatureGroup::Columns window_columns(const WindowRows& windows, const WindowFeatures& features);

/// The same on the GPU. Memory there: the columns of the session table that they read (at most 12 bytes
/// a row and 28 a cell), and the result.
/// @throws DeviceError in a build without CUDA, when there is no usable GPU or too little memory on it.
FeatureGroup::Columns window_columns_on_cuda(const WindowRows& windows, const WindowFeatures& features);
/// The columns of extractor V1 (see there) on the GPU.
FeatureGroup::Columns v1_columns_on_cuda(const WindowRows& windows);

}  // namespace cartwheel::features
