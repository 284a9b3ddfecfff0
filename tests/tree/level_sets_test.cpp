#include "tree/level_sets.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

TEST(LevelSets, HoldWhatWasAdded) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  std::vector<std::vector<std::uint16_t>> sets{{1}, {65534}, {1, 65534}, {15, 16}, {40'000, 40'001, 65'000}};
  for (int i = 0; i < 40; ++i) {
    const std::uint32_t range = i % 2 == 0 ? 60 : 60'000, share = 2 + random.below(40);
    std::vector<std::uint16_t> set{static_cast<std::uint16_t>(1 + random.below(range))};
    for (std::uint32_t level = set[0] + 1u; level < range; ++level)
      if (random.below(share * range / 60) == 0) set.push_back(static_cast<std::uint16_t>(level));
    sets.push_back(set);
  }
  LevelSets packed;
  std::vector<std::uint32_t> names;
  for (const auto& set : sets) names.push_back(packed.add(set));
  for (std::size_t i = 0; i < sets.size(); ++i) {
    std::vector<bool> expected(65'536);
    for (const auto level : sets[i]) expected[level] = true;
    for (std::uint32_t place = 0; place < 65'536; ++place)
      ASSERT_EQ(packed.contains(names[i], place), expected[place]) << "set " << i << ", place " << place;
  }
}

}  // namespace
}  // namespace cartwheel::tree
