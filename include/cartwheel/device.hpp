#pragma once

#include <cstdint>
#include <string_view>

namespace cartwheel {

/// Where the heavy steps run. Results have the same bits on both. There is no silent fallback: a device that was asked
/// for and is missing is a DeviceError.
enum class Device : std::uint8_t { cpu, cuda };

/// @param name  "cpu" or "cuda". @throws ParameterError with a suggestion.
Device parse_device(std::string_view name);

/// @throws DeviceError that says what to do, unless the heavy steps can run on `device` here.
void require_device(Device device);

}  // namespace cartwheel
