#include "tree/few_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

TEST(FewValues, AreThoseOfASortedMap) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    core::RandomStream random(seed, core::RandomPurpose::generate);
    const std::uint32_t levels = 1 + random.below(300), rows = random.below(3000);
    std::vector<float> column;
    std::map<float, std::uint32_t> counts;  // -0 and 0 are one key
    for (std::uint32_t row = 0; row < rows; ++row) {
      const auto level = static_cast<float>(random.below(levels)) - 100.0f;
      column.push_back(random.below(9) == 0 ? std::numeric_limits<float>::quiet_NaN() : -0.25f * level);
      if (!std::isnan(column.back())) ++counts[column.back()];
    }
    std::vector<std::uint16_t> places(rows);
    const auto few = find_few_values(column, places);
    ASSERT_EQ(few.has_value(), counts.size() <= FewValues::most);
    if (!few) continue;
    ASSERT_EQ(few->values.size(), counts.size());
    std::size_t i = 0;
    for (const auto& [value, count] : counts) {
      EXPECT_EQ(few->values[i].value, value);
      EXPECT_FALSE(value == 0.0f && std::signbit(few->values[i].value));
      EXPECT_EQ(few->values[i++].rows, count);
    }
    for (std::size_t row = 0; row < rows; ++row) {
      if (std::isnan(column[row]))
        EXPECT_EQ(places[row], counts.size());
      else
        EXPECT_EQ(few->values[places[row]].value, column[row]);
    }
  }
}

TEST(FewValues, LeaveInfinityToOthers) {
  const std::vector<float> column{1, std::numeric_limits<float>::infinity()};
  std::vector<std::uint16_t> places(2);
  EXPECT_FALSE(find_few_values(column, places).has_value());
}

}  // namespace
}  // namespace cartwheel::tree
