#pragma once

#include <cstddef>
#include <cstdint>

#include "core/device_buffer.hpp"

namespace cartwheel::core {

/// Keys and the numbers that go with them.
struct Pairs {
  DeviceBuffer<std::uint64_t> keys;
  DeviceBuffer<std::uint32_t> values;
};

/// Sorts by the lowest `bits` of the keys; equal ones keep their order. Memory: as much again, and CUB's.
void sort_pairs(Pairs& pairs, int bits);

}  // namespace cartwheel::core
