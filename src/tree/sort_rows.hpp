#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace cartwheel::tree {

/// A row, and its value as a key that sorts like the value.
struct KeyedRow {
  std::uint32_t key;
  std::uint32_t row;
};

/// Keys of numbers other than NaN compare as the numbers do. -0 has the key of 0.
inline std::uint32_t sort_key(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0f);  // -0 + 0 is 0
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}
inline float value_of_key(std::uint32_t key) {
  return std::bit_cast<float>((key >> 31) != 0 ? key & 0x7fffffffu : ~key);
}

/// Sorts by key, stably, in time linear in the rows: a radix sort of 11 bits a pass.
void sort_rows(std::vector<KeyedRow>& rows);

}  // namespace cartwheel::tree
