#pragma once

#include <cartwheel/exploration.hpp>
#include <cstdint>
#include <map>
#include <vector>

namespace cartwheel::exploration {

/// How often each value of many occurs. Memory: 8 bytes for each value below `limit` up to the largest seen, and a node
/// of a tree for each different value beyond.
class CountedValues {
 public:
  void add(std::uint64_t value) {
    if (value < small_.size())
      ++small_[value];
    else
      add_new(value);
  }
  void add(const CountedValues& more);

  Distribution distribution() const;
  /// How often `value` occurs.
  std::uint64_t count(std::uint64_t value) const;

 private:
  static constexpr std::uint64_t limit = 1 << 17;  ///< A day and a half in seconds.
  void add_new(std::uint64_t value);

  std::vector<std::uint64_t> small_;
  std::map<std::uint64_t, std::uint64_t> large_;
};

}  // namespace cartwheel::exploration
