#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/host_device.hpp"

namespace cartwheel::tree {

/// Sets of category levels, packed for look-up: as bits over the range from the lowest to the highest where that is
/// small, else as a sorted list.
class LevelSets {
 public:
  /// @param levels  places in a column's list of levels, increasing, at least one. Returns the set's name.
  std::uint32_t add(std::span<const std::uint16_t> levels);

  bool contains(std::uint32_t set, std::uint32_t place) const { return contains(words_.data(), set, place); }
  /// The same of words() that lie elsewhere.
  CARTWHEEL_HD static bool contains(const std::uint16_t* words, std::uint32_t set, std::uint32_t place) {
    words += set;
    const std::uint32_t first = words[0], count = words[1];
    if (count == 0) return list_contains(words + 2, place);
    const std::uint32_t word = place / 16 - first;
    return word < count && (words[2 + word] >> (place % 16) & 1) != 0;
  }
  std::span<const std::uint16_t> words() const { return words_; }

 private:
  /// @param list  its length, then its members.
  CARTWHEEL_HD static bool list_contains(const std::uint16_t* list, std::uint32_t place) {
    std::uint32_t begin = 1, end = 1u + list[0];
    while (begin < end) {
      const std::uint32_t middle = (begin + end) / 2;
      if (list[middle] == place) return true;
      if (list[middle] < place)
        begin = middle + 1;
      else
        end = middle;
    }
    return false;
  }

  std::vector<std::uint16_t> words_;  ///< A set: its first word of 16 levels, how many words, these; or 0, 0, a list.
};

}  // namespace cartwheel::tree
