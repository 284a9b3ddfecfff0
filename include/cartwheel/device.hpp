#pragma once

#include <cstdint>

namespace cartwheel {

/// Where the heavy steps run. Results have the same bits on both. There is no silent fallback: a device that was asked
/// for and is missing is a DeviceError.
enum class Device : std::uint8_t { cpu, cuda };

}  // namespace cartwheel
