#include "tree/histogram.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

struct Sums {
  std::uint32_t distinct_rows = 0, rows = 0, positives = 0;
};

TEST(Histogram, EqualsTheNaiveSumsForAnyShape) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  Histogram histogram;  // one for all: stale cells would show
  for (int i = 0; i < 500; ++i) {
    const std::uint32_t cells = 1 + random.below(i % 2 == 0 ? 4 : max_cells),
                        size = random.below(i % 3 == 0 ? 600 : 20);
    const bool count_distinct = random.below(2) == 0;
    std::vector<std::uint8_t> bins(1000);
    for (auto& bin : bins) bin = static_cast<std::uint8_t>(random.below(cells));
    std::vector<TreeRow> rows;
    std::map<std::uint32_t, Sums> expected;
    for (std::uint32_t r = 0; r < size; ++r) {
      const std::uint32_t weight = count_distinct ? 1 + random.below(3) : 1, row = random.below(1000);
      const auto label = static_cast<std::uint8_t>(random.below(2));
      rows.emplace_back(row, weight, label);
      Sums& sums = expected[bins[row]];
      sums.distinct_rows += 1;
      sums.rows += weight;
      sums.positives += weight * label;
    }
    const auto present = histogram.build(rows, bins, cells, count_distinct);
    ASSERT_EQ(present.size(), expected.size());
    auto next = expected.begin();
    for (const PresentBin& bin : present) {
      EXPECT_EQ(bin.bin, next->first);
      EXPECT_EQ(bin.distinct_rows, next->second.distinct_rows);
      EXPECT_EQ(bin.counts, (Counts{next->second.rows, next->second.positives}));
      ++next;
    }
  }
}

TEST(Histogram, HoldsTheLargestCounts) {
  const std::vector<TreeRow> rows{{0, max_row_weight, 1}, {1, max_row_weight, 1}, {2, 1, 0}};
  const std::vector<std::uint8_t> bins{3, 3, 3};
  Histogram histogram;
  const auto present = histogram.build(rows, bins, 4, false);
  ASSERT_EQ(present.size(), 1u);
  EXPECT_EQ(present[0].counts, (Counts{0xffffffffu, 0xfffffffeu}));
}

}  // namespace
}  // namespace cartwheel::tree
