#include "tree/histogram.hpp"

#include <gtest/gtest.h>

#include <cartwheel/decision_tree.hpp>
#include <map>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

/// Rows of a node, some of them drawn several times, and the bins of one column.
struct Node {
  std::vector<TreeRow> rows;
  std::vector<std::uint16_t> bins;

  Node(std::uint64_t seed, std::uint32_t count, std::uint32_t cells) {
    core::RandomStream random(seed, core::RandomPurpose::generate);
    bins.resize(4 * count);
    for (auto& bin : bins) bin = static_cast<std::uint16_t>(random.below(cells) & random.below(cells));
    for (std::uint32_t i = 0; i < count; ++i)
      rows.emplace_back(4 * i + random.below(4), 1 + random.below(3), static_cast<std::uint8_t>(random.below(2)));
  }

  std::map<std::uint32_t, PresentBin> naive() const {
    std::map<std::uint32_t, PresentBin> sums;
    for (const TreeRow& row : rows) {
      PresentBin& sum = sums.try_emplace(bins[row.row], PresentBin{bins[row.row], 0, {}}).first->second;
      ++sum.distinct_rows;
      sum.counts = sum.counts + unpack(row.cell());
    }
    return sums;
  }
};

void expect_naive(const Node& node, std::span<const PresentBin> present) {
  const auto expected = node.naive();
  ASSERT_EQ(present.size(), expected.size());
  std::size_t i = 0;
  for (const auto& [bin, sum] : expected) {
    EXPECT_EQ(present[i].bin, bin);
    EXPECT_EQ(present[i].distinct_rows, sum.distinct_rows);
    EXPECT_EQ(present[i].counts, sum.counts);
    ++i;
  }
}

TEST(Histogram, EqualsTheNaiveSumInBothWidthsForFewRowsAndMany) {
  Histogram histogram;  // one object for all, so that nothing may be left behind by the call before
  for (const std::uint32_t cells : {2u, 100u, 256u})
    for (const std::uint32_t rows : {1u, 50u, 1000u}) {
      const Node node(cells + rows, rows, cells);
      const std::vector<std::uint8_t> narrow(node.bins.begin(), node.bins.end());
      expect_naive(node, histogram.build(std::span<const TreeRow>(node.rows), std::span<const std::uint8_t>(narrow), cells, true));
      expect_naive(node, histogram.build(std::span<const TreeRow>(node.rows), std::span<const std::uint16_t>(node.bins), cells, true));
    }
  for (const std::uint32_t cells : {300u, 60'000u})
    for (const std::uint32_t rows : {1u, 299u, 300u, 5000u, 70'000u}) {
      const Node node(cells + rows, rows, cells);
      expect_naive(node, histogram.build(std::span<const TreeRow>(node.rows), std::span<const std::uint16_t>(node.bins), cells, true));
    }
}

TEST(Histogram, HoldsTheLargestCounts) {
  const std::vector<TreeRow> rows{{0, max_row_weight, 1}, {1, max_row_weight, 1}, {2, 1, 0}};
  const std::vector<std::uint8_t> bins{3, 3, 3};
  Histogram histogram;
  const auto present = histogram.build(std::span(rows), std::span(bins), 4, false);
  ASSERT_EQ(present.size(), 1u);
  EXPECT_EQ(present[0].counts, (Counts{0xffffffffu, 0xfffffffeu}));
}

TEST(Histogram, ATreeIsExactBeyondAByteOfBins) {
  FloatColumn column;
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < 3000; ++i) {
    column.values.push_back(static_cast<float>((i * 7919) % 3000));
    labels.push_back(static_cast<std::uint8_t>((i * 7919) % 3000 / 3 % 2));  // changes at every third value
  }
  FeatureMatrix x(3000);
  x.add("x", column);
  const DecisionTree tree = DecisionTree::fit(x, labels);
  for (const TreeNode& node : tree.nodes()) EXPECT_TRUE(node.feature >= 0 || node.impurity == 0.0);
  EXPECT_EQ(tree.nodes().size(), 2u * 1000 - 1);
}

}  // namespace
}  // namespace cartwheel::tree
