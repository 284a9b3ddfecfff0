#include "tree/path.hpp"

#include <gtest/gtest.h>

#include <unordered_set>
#include <vector>

namespace cartwheel::tree {
namespace {

TEST(Path, EveryPlaceInATreeHasItsOwnName) {
  std::unordered_set<std::uint64_t> seen{root_path};
  std::vector<std::uint64_t> level{root_path};
  for (int depth = 0; depth < 16; ++depth) {
    std::vector<std::uint64_t> next;
    for (const std::uint64_t path : level)
      for (const bool right : {false, true}) {
        next.push_back(child_path(path, right));
        EXPECT_TRUE(seen.insert(next.back()).second);
      }
    level = next;
  }
}

}  // namespace
}  // namespace cartwheel::tree
