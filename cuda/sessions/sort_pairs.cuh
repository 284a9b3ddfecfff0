#pragma once

#include <cstddef>
#include <cstdint>

#include "core/device_buffer.hpp"

namespace cartwheel::sessions {

/// Keys and the numbers that go with them.
struct Pairs {
  core::DeviceBuffer<std::uint64_t> keys;
  core::DeviceBuffer<std::uint32_t> values;
};

/// Sorts by the lowest `bits` of the keys; equal ones keep their order. Memory: as much again, and CUB's.
void sort_pairs(Pairs& pairs, int bits);

}  // namespace cartwheel::sessions
