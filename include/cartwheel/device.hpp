#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

/// Where the heavy steps run. Results have the same bits on both. There is no silent fallback: a device that was asked
/// for and is missing is a DeviceError.
enum class Device : std::uint8_t { cpu, cuda };

/// @param name  "cpu" or "cuda". @throws ParameterError with a suggestion.
Device parse_device(std::string_view name);

/// @throws DeviceError that says what to do, unless the heavy steps can run on `device` here.
void require_device(Device device);

/// Runs `work` so that every heavy step inside it runs on `device`, for the whole process: not to be called from two
/// threads at once. "cuda" is the first GPU that CUDA shows (CUDA_VISIBLE_DEVICES chooses).
/// @throws DeviceError as require_device, and from `work` where the GPU fails or its memory does not suffice.
void with_device(Device device, const std::function<void()>& work);

}  // namespace cartwheel
