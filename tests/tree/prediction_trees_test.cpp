#include "tree/prediction_trees.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// The number of the leaf that takes a row, by the definition of TreeNode.
std::uint32_t leaf_of(const std::vector<TreeNode>& nodes, std::span<const float> row) {
  std::size_t at = 0;
  while (nodes[at].feature >= 0) {
    const TreeNode& node = nodes[at];
    const float value = row[static_cast<std::size_t>(node.feature)];
    bool left = std::isnan(value) ? node.missing_left : value <= node.threshold;
    if (!node.levels.empty()) {
      const bool listed = !std::isnan(value) && std::ranges::count(node.levels, static_cast<std::uint16_t>(value)) > 0;
      left = listed != node.missing_left;
    }
    at = static_cast<std::size_t>(left ? node.left : node.right);
  }
  return static_cast<std::uint32_t>(at);
}

/// Random trees over random columns of numbers and categories, and random rows for them.
struct RandomTrees {
  core::RandomStream random;
  ColumnLevels levels;
  std::vector<TreeNodes> trees;
  std::vector<float> values;
  std::size_t rows = 0;

  RandomTrees(std::uint64_t seed, bool with_levels) : random(seed, core::RandomPurpose::generate) {
    levels.resize(1 + random.below(6));
    for (auto& column : levels)
      if (with_levels && random.below(2) == 0) column.resize(2 + random.below(random.below(2) == 0 ? 5 : 300), "level");
    const std::uint32_t n_trees = 1 + random.below(40);
    for (std::uint32_t i = 0; i < n_trees; ++i) trees.push_back(tree());
    rows = 1 + random.below(40);
    for (std::size_t i = 0; i < rows; ++i)
      for (const auto& column : levels) values.push_back(value(column.size()));
  }

  float value(std::size_t n_levels) {
    if (random.below(4) == 0) return missing;
    if (n_levels > 0) return static_cast<float>(1 + random.below(static_cast<std::uint32_t>(n_levels) - 1));
    return static_cast<float>(random.below(20)) / 4.0f - 2.0f;
  }

  TreeNodes tree() {
    const auto count = [&] { return NodeCounts{{10, random.below(11)}, {}}; };
    TreeNodes result({}, count(), false);
    const std::uint32_t largest = random.below(80), open = 1 + random.below(3);
    for (std::size_t node = 0; node < result.size() && result.size() < largest; ++node) {
      if (node > 0 && random.below(3) >= open) continue;
      const std::uint32_t feature = random.below(static_cast<std::uint32_t>(levels.size()));
      const auto n_levels = static_cast<std::uint32_t>(levels[feature].size());
      std::vector<std::uint16_t> set;
      for (std::uint32_t level = 1; level < n_levels; ++level)
        if (random.below(3) == 0) set.push_back(static_cast<std::uint16_t>(level));
      if (n_levels > 0 && set.empty()) set.push_back(1);
      const float threshold = random.below(8) == 0 ? infinity : static_cast<float>(random.below(20)) / 4.0f - 2.0f;
      result.split(node, {static_cast<std::int32_t>(feature), threshold, random.below(2) == 0, set}, count(), count());
    }
    return result;
  }
};

/// What GroupedRows says that it is. @param rows  [n x stride]
GroupedRows grouped(std::span<const float> rows, std::size_t stride) {
  GroupedRows result(rows.size() / stride, stride);
  std::fill_n(result.group(0), result.groups() * result.group_size(), 0.0f);
  for (std::size_t row = 0; row < result.rows(); ++row)
    for (std::size_t slot = 0; slot < stride; ++slot)
      result.group(row / 8)[8 * slot + row % 8] = rows[row * stride + slot];
  return result;
}

class PredictionTreesProperty : public ::testing::TestWithParam<bool> {};

TEST_P(PredictionTreesProperty, TakeEachRowToTheLeafOfTheDefinition) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomTrees data(seed, GetParam());
    const PredictionRows layout(data.levels);
    const auto trees = make_prediction_trees(data.trees, layout);
    ASSERT_EQ(trees->size(), data.trees.size());
    std::vector<float> rows(data.rows * layout.stride());
    layout.fill(data.values, rows);
    const GroupedRows groups = grouped(rows, layout.stride());
    std::vector<std::uint32_t> leaves(data.rows * data.trees.size());
    std::vector<double> sums(data.rows, 0.125), expected(data.rows, 0.125), alone(data.rows);
    for (std::size_t t = 0; t < data.trees.size(); ++t) {
      trees->find_leaves(t, groups, leaves, data.trees.size());
      trees->add_probabilities(t, groups, sums);
      const auto nodes = data.trees[t].describe();
      for (std::size_t i = 0; i < data.rows; ++i) {
        const std::size_t columns = layout.columns();
        const std::uint32_t leaf = leaf_of(nodes, std::span(data.values).subspan(i * columns, columns));
        ASSERT_EQ(leaves[i * data.trees.size() + t], leaf) << "seed " << seed << ", tree " << t << ", row " << i;
        expected[i] += nodes[leaf].probability;
        alone[i] += nodes[leaf].probability;
      }
    }
    EXPECT_EQ(sums, expected);
    for (std::size_t i = 0; i < data.rows; ++i)
      EXPECT_EQ(trees->sum_probabilities(std::span(rows).subspan(i * layout.stride(), layout.stride()), trees->size()),
                alone[i]);
  }
}
INSTANTIATE_TEST_SUITE_P(Columns, PredictionTreesProperty, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "OfNumbersAndCategories" : "OfNumbers"; });

TEST(PredictionTrees, ATreeAsDeepAsItIsWideOverVeryManyColumns) {
  // The places of values do not fit 16 bits here.
  constexpr std::uint32_t columns = 70'000, splits = 4'200;
  TreeNodes chain({}, {{splits, 0}, {}}, false);
  for (std::uint32_t i = 0; i < splits; ++i)
    chain.split(chain.size() - (i == 0 ? 1 : 2), {static_cast<std::int32_t>(columns - 1 - i), 0.5f, false, {}},
                {{splits - i, 1}, {}}, {{1, i % 2}, {}});
  const PredictionRows layout(ColumnLevels{columns});
  const auto trees = make_prediction_trees({&chain, 1}, layout);
  std::vector<float> values(std::size_t{2} * columns), rows(2 * layout.stride());
  values[columns + columns - 1 - 4'001] = 1.0f;  // the second row leaves the chain there
  layout.fill(values, rows);
  std::vector<std::uint32_t> leaves(2);
  trees->find_leaves(0, grouped(rows, layout.stride()), leaves, 1);
  EXPECT_THAT(leaves, ::testing::ElementsAre(chain.size() - 2, 2 * 4'002));
  EXPECT_EQ(trees->sum_probabilities(std::span(rows).subspan(layout.stride()), 1), 1.0);
}

TEST(PredictionRows, WhatIsNoLevelIsMissing) {
  const PredictionRows layout(ColumnLevels{{"", "a", "b"}, {}});
  std::vector<float> row(layout.stride());
  for (const float value : {missing, 0.0f, -1.0f, 3.0f, infinity, -infinity}) {
    layout.fill(std::vector<float>{value, missing}, row);
    EXPECT_EQ(row[PredictionRows::slot(0, false)], 0.0f);
    EXPECT_EQ(row[PredictionRows::slot(0, true)], 0.0f);
  }
  layout.fill(std::vector<float>{2.0f, missing}, row);
  EXPECT_EQ(row[PredictionRows::slot(0, true)], 2.0f);
  EXPECT_TRUE(std::isnan(row[PredictionRows::slot(1, false)]));
  EXPECT_EQ(row[PredictionRows::slot(1, true)], -infinity);
}

/// Columns of all kinds, more rows than a group has, some of them missing a value.
TEST(PredictionRows, AGroupIsEightRowsSideBySide) {
  constexpr std::size_t rows = 21;
  FeatureMatrix x(rows);
  FloatColumn numbers{std::vector<float>(rows)};
  BitColumn bits{{0x155aa}};
  CategoryColumn names{std::vector<std::uint32_t>(rows), {"", "a", "b", "unseen"}};
  SparseColumn sparse{{3, 8, 20}, {1.5f, missing, -2.0f}};
  for (std::size_t i = 0; i < rows; ++i) {
    numbers.values[i] = i % 5 == 0 ? missing : static_cast<float>(i);
    names.codes[i] = static_cast<std::uint32_t>(i % 4);
  }
  x.add("numbers", numbers);
  x.add("bits", bits);
  x.add("names", names);
  x.add("sparse", sparse);
  const ColumnLevels levels{{}, {}, {"", "a", "b"}, {}};
  const RowValues values(x, levels);
  const PredictionRows layout(levels);
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, rows}, {3, 20}, {8, 16}, {5, 6}}) {
    std::vector<float> dense((end - begin) * x.columns()), expected((end - begin) * layout.stride());
    values.copy(begin, end, dense);
    layout.fill(dense, expected);
    const GroupedRows groups = layout.group(values, begin, end);
    ASSERT_EQ(groups.rows(), end - begin);
    for (std::size_t row = 0; row < end - begin; ++row)
      for (std::size_t slot = 0; slot < layout.stride(); ++slot) {
        const float found = groups.group(row / 8)[8 * slot + row % 8], wanted = expected[row * layout.stride() + slot];
        ASSERT_TRUE(std::isnan(wanted) ? std::isnan(found) : found == wanted) << "row " << row << ", slot " << slot;
      }
  }
}

}  // namespace
}  // namespace cartwheel::tree
