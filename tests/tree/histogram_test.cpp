#include "tree/histogram.hpp"

#include <gtest/gtest.h>

#include <cartwheel/decision_tree.hpp>
#include <map>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

using Bin = PresentBin<Counts>;

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

  std::map<std::uint32_t, Bin> naive() const {
    std::map<std::uint32_t, Bin> sums;
    for (const TreeRow& row : rows) {
      Bin& sum = sums.try_emplace(bins[row.row], Bin{bins[row.row], 0, {}}).first->second;
      ++sum.distinct_rows;
      sum.counts = sum.counts + unpack(row.cell());
    }
    return sums;
  }
};

void expect_naive(const Node& node, std::span<const Bin> present) {
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

TEST(Histogram, EqualsTheNaiveSumForFewRowsAndMany) {
  Histogram<TreeRow> histogram;  // one object for all, so that nothing may be left behind by the call before
  for (const std::uint32_t cells : {2u, 100u, 256u})
    for (const std::uint32_t rows : {1u, 50u, 1000u})
      for (const std::size_t columns : {1, 2, 3, 4})
        for (const std::size_t stride : {1, 7}) {
          std::vector<Node> nodes;
          std::vector<std::vector<std::uint8_t>> bytes;
          std::vector<StridedBins> bins;
          for (std::size_t k = 0; k < columns; ++k) {
            nodes.emplace_back(cells + rows + k, rows, cells);
            nodes[k].rows = nodes[0].rows;
            bytes.emplace_back(nodes[k].bins.size() * stride);
            for (std::size_t row = 0; row < nodes[k].bins.size(); ++row)
              bytes[k][row * stride] = static_cast<std::uint8_t>(nodes[k].bins[row]);
          }
          for (const auto& column : bytes) bins.push_back({column.data(), stride, cells});
          histogram.sum(nodes[0].rows, bins, true);
          for (std::size_t k = 0; k < columns; ++k) expect_naive(nodes[k], histogram.take(k));
        }
  for (const std::uint32_t cells : {300u, 60'000u})
    for (const std::uint32_t rows : {1u, 299u, 300u, 5000u, 70'000u}) {
      const Node node(cells + rows, rows, cells);
      const StridedBins bins{reinterpret_cast<const std::uint8_t*>(node.bins.data()), 2, cells};
      expect_naive(node, histogram.sum_wide(node.rows, bins, true));
    }
}

TEST(Histogram, HoldsTheLargestCounts) {
  const std::vector<TreeRow> rows{{0, max_row_weight, 1}, {1, max_row_weight, 1}, {2, 1, 0}};
  const std::vector<std::uint8_t> bytes{3, 3, 3};
  const StridedBins bins{bytes.data(), 1, 4};
  Histogram<TreeRow> histogram;
  histogram.sum(rows, {&bins, 1}, false);
  const auto present = histogram.take(0);
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
