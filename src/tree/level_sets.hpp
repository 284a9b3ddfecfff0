#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::tree {

/// Sets of category levels, packed for look-up: as bits over the range from the lowest to the highest where that is
/// small, else as a sorted list.
class LevelSets {
 public:
  /// @param levels  places in a column's list of levels, increasing, at least one. Returns the set's name.
  std::uint32_t add(std::span<const std::uint16_t> levels);

  bool contains(std::uint32_t set, std::uint32_t place) const {
    const std::uint16_t* const words = words_.data() + set;
    const std::uint32_t first = words[0], count = words[1];
    if (count == 0) return list_contains(words + 2, place);
    const std::uint32_t word = place / 16 - first;
    return word < count && (words[2 + word] >> (place % 16) & 1) != 0;
  }

 private:
  static bool list_contains(const std::uint16_t* list, std::uint32_t place);

  std::vector<std::uint16_t> words_;  ///< A set: its first word of 16 levels, how many words, these; or 0, 0, a list.
};

}  // namespace cartwheel::tree
