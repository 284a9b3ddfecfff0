#pragma once

#include <cartwheel/device.hpp>

namespace cartwheel::core {

/// The device of the innermost with_device, else the CPU.
Device current_device();

}  // namespace cartwheel::core
