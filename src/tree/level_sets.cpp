#include "tree/level_sets.hpp"

#include <cartwheel/error.hpp>
#include <limits>

namespace cartwheel::tree {

std::uint32_t LevelSets::add(std::span<const std::uint16_t> levels) {
  const std::size_t set = words_.size();
  if (set > std::numeric_limits<std::uint32_t>::max())
    throw DataError("the trees' sets of category levels take more than 8 GiB; limit max_depth");
  const std::size_t first = levels.front() / 16u, count = levels.back() / 16u - first + 1;
  if (count <= 2 * levels.size() + 16) {
    words_.push_back(static_cast<std::uint16_t>(first));
    words_.push_back(static_cast<std::uint16_t>(count));
    words_.resize(words_.size() + count);
    for (const std::uint16_t level : levels) {
      std::uint16_t& word = words_[set + 2 + level / 16u - first];
      word = static_cast<std::uint16_t>(word | 1u << (level % 16u));
    }
  } else {
    words_.insert(words_.end(), {0, 0, static_cast<std::uint16_t>(levels.size())});
    words_.insert(words_.end(), levels.begin(), levels.end());
  }
  return static_cast<std::uint32_t>(set);
}

}  // namespace cartwheel::tree
