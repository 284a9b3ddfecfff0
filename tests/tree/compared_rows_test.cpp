#include "tree/compared_rows.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/philox.hpp"
#include "tree/find_split.hpp"

namespace cartwheel::tree {
namespace {

/// A node, its rows somewhere among others, and one column.
struct Node {
  std::vector<TreeRow> rows;
  std::vector<std::uint16_t> bins;
  Counts counts;

  Node(std::uint64_t seed, std::uint32_t size, std::uint32_t cells) {
    core::RandomStream random(seed, core::RandomPurpose::generate, size, cells);
    const std::uint32_t present = 1 + random.below(random.below(2) == 0 ? 4 : cells);
    for (std::uint32_t row = 0; row < 3 * size; ++row)
      bins.push_back(static_cast<std::uint16_t>(cells - present + random.below(present)));
    for (std::uint32_t i = 0; i < size; ++i) {
      rows.emplace_back(3 * i + random.below(3), 1 + random.below(4), static_cast<std::uint8_t>(random.below(2)));
      counts = counts + rows.back().counts();
    }
  }
};

TEST(ComparedRows, FindTheSplitOfTheHistogram) {
  ComparedRows compared;
  Histogram<TreeRow> histogram;
  int constant = 0, missing_ones = 0, splits = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    for (const std::uint32_t size : {1u, 2u, 3u, 7u, 15u, 16u, 17u, 31u, 32u})
      for (const std::uint32_t cells : {257u, 300u, 65'536u})
        for (const auto criterion : {Criterion::gini, Criterion::entropy}) {
          const Node node(seed, size, cells);
          if (node.counts.positives == 0 || node.counts.negatives() == 0) continue;
          const StridedBins column{reinterpret_cast<const std::uint8_t*>(node.bins.data()), 2, cells};
          const std::uint32_t missing = seed % 2 == 0 ? cells - 1 : no_bin, leaf = seed % 3 == 0 ? 2 : 1;
          const GainOrder<Counts> order({criterion, 1.0, seed % 5 == 0 ? 1.5 : 1.0}, node.counts, {});
          const auto present = histogram.sum_wide(node.rows, column, true);
          compared.take(node.rows);
          Split expected, found;
          const auto outcome = compared.find_split(order, 4, column, missing, leaf, found);
          EXPECT_EQ(outcome == ComparedRows::Outcome::constant, present.size() == 1);
          EXPECT_EQ(outcome == ComparedRows::Outcome::has_missing, present.size() > 1 && present.back().bin == missing);
          constant += outcome == ComparedRows::Outcome::constant ? 1 : 0;
          missing_ones += outcome == ComparedRows::Outcome::has_missing ? 1 : 0;
          if (outcome != ComparedRows::Outcome::varies) continue;
          find_split(order, 4, std::span<const PresentBin<Counts>>(present), missing, leaf, expected);
          ASSERT_EQ(found.found(), expected.found());
          if (!found.found()) continue;
          ++splits;
          EXPECT_EQ(found.bin, expected.bin);
          EXPECT_EQ(found.next_bin, expected.next_bin);
          EXPECT_EQ(found.missing_left, expected.missing_left);
          EXPECT_EQ(found.left, expected.left);
          EXPECT_EQ(found.score, expected.score);
        }
  EXPECT_GT(constant, 100);
  EXPECT_GT(missing_ones, 100);
  EXPECT_GT(splits, 1000);
}

}  // namespace
}  // namespace cartwheel::tree
