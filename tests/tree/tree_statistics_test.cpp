#include <gmock/gmock.h>

#include <cartwheel/tree_statistics.hpp>

#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;

TEST(TreeStatistics, DescribeTheShape) {
  const auto tree = DecisionTree::fit(test::float_matrix({{1, 2, 2, 3, 3}, {0, 0, 5, 0, 5}, {7, 7, 7, 7, 7}}),
                                      std::vector<std::uint8_t>{0, 0, 1, 1, 1});
  const TreeStatistics statistics = tree_statistics(tree);
  EXPECT_EQ(statistics.nodes, 5u);
  EXPECT_EQ(statistics.leaves, 3u);
  EXPECT_EQ(statistics.depth, 2);
  EXPECT_DOUBLE_EQ(statistics.mean_depth, (2 * 1 + 3 * 2) / 5.0);
  EXPECT_EQ(statistics.smallest_leaf, 1u);
  EXPECT_EQ(statistics.largest_leaf, 2u);
  EXPECT_THAT(statistics.splits, ElementsAre(1, 1, 0));
}

TEST(TreeStatistics, OfEachTreeOfAForest) {
  const test::LooseLabels data(1, 300, 4);
  const auto forest = RandomForest::fit(data.matrix(), data.labels);
  const auto statistics = tree_statistics(forest);
  ASSERT_EQ(statistics.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    const TreeStatistics& one = statistics[static_cast<std::size_t>(i)];
    EXPECT_EQ(one.nodes, forest.nodes(i).size());
    EXPECT_EQ(one.leaves, one.nodes / 2 + 1);
  }
  const auto leaf = DecisionTree::fit(test::float_matrix({{3, 3}}), std::vector<std::uint8_t>{0, 1});
  EXPECT_EQ(tree_statistics(leaf), (TreeStatistics{1, 1, 0, 0.0, 2, 2, {0}}));
}

}  // namespace
}  // namespace cartwheel
