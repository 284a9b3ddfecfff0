#include "tree/sort_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

TEST(SortRows, IsTheStableSortByValue) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  for (const std::uint32_t size : {0u, 1u, 2u, 100u, 5000u}) {
    std::vector<float> values;
    while (values.size() < size) {
      const float value = std::bit_cast<float>(random.next_word());
      if (!std::isnan(value)) values.push_back(random.below(3) == 0 ? std::round(std::fmod(value, 5.0f)) : value);
    }
    std::vector<KeyedRow> rows;
    for (std::uint32_t row = 0; row < size; ++row) rows.push_back({sort_key(values[row]), row});
    std::vector<std::uint32_t> expected(size);
    for (std::uint32_t row = 0; row < size; ++row) expected[row] = row;
    std::ranges::stable_sort(expected, {}, [&](std::uint32_t row) { return values[row]; });
    sort_rows(rows);
    for (std::uint32_t i = 0; i < size; ++i) {
      ASSERT_EQ(rows[i].row, expected[i]);
      EXPECT_EQ(value_of_key(rows[i].key), values[expected[i]]);
    }
  }
}

TEST(SortRows, BothZerosAreOne) {
  EXPECT_EQ(sort_key(-0.0f), sort_key(0.0f));
  EXPECT_FALSE(std::signbit(value_of_key(sort_key(-0.0f))));
}

}  // namespace
}  // namespace cartwheel::tree
