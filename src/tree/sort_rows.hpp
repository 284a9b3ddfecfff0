#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "core/host_device.hpp"

namespace cartwheel::tree {

/// A row, and its value as a key that sorts like the value.
struct KeyedRow {
  std::uint32_t key;
  std::uint32_t row;
};

/// Keys of numbers other than NaN compare as the numbers do. -0 has the key of 0.
CARTWHEEL_HD inline std::uint32_t sort_key(float value) {
  const float number = value + 0.0f;  // -0 + 0 is 0
  std::uint32_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}
CARTWHEEL_HD inline float value_of_key(std::uint32_t key) {
  const std::uint32_t bits = (key >> 31) != 0 ? key & 0x7fffffffu : ~key;
  float number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

/// Sorts by key, stably, in time linear in the rows: a radix sort of 11 bits a pass.
void sort_rows(std::vector<KeyedRow>& rows);

}  // namespace cartwheel::tree
