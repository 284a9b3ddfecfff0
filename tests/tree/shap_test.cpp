#include <gmock/gmock.h>

#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/shap.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/parallel.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"
#include "support/random_tree_task.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// The prediction where only the columns in `known` (bits) are: the definition. @param row  numbers, or levels' places.
double expected_prediction(const std::vector<TreeNode>& nodes, const std::vector<float>& row, unsigned known,
                           std::size_t at = 0) {
  const TreeNode& node = nodes[at];
  if (node.feature < 0) return node.probability;
  const auto left = static_cast<std::size_t>(node.left), right = static_cast<std::size_t>(node.right);
  if ((known >> node.feature & 1) != 0) {
    const float value = row[static_cast<std::size_t>(node.feature)];
    bool goes_left = std::isnan(value) ? node.missing_left : value <= node.threshold;
    if (!node.levels.empty()) {
      const bool listed = !std::isnan(value) && std::ranges::count(node.levels, static_cast<std::uint16_t>(value)) > 0;
      goes_left = listed != node.missing_left;
    }
    return expected_prediction(nodes, row, known, goes_left ? left : right);
  }
  return (nodes[left].weight * expected_prediction(nodes, row, known, left) +
          nodes[right].weight * expected_prediction(nodes, row, known, right)) /
         node.weight;
}

/// Shapley's values by their definition: the mean over all orders of the columns.
std::vector<double> brute_force(const std::vector<TreeNode>& nodes, const std::vector<float>& row) {
  const auto n = static_cast<unsigned>(row.size());
  std::vector<double> prediction(std::size_t{1} << n), values(n), factorial(n + 1, 1.0);
  for (unsigned k = 1; k <= n; ++k) factorial[k] = factorial[k - 1] * k;
  for (unsigned known = 0; known < prediction.size(); ++known)
    prediction[known] = expected_prediction(nodes, row, known);
  for (unsigned j = 0; j < n; ++j)
    for (unsigned known = 0; known < prediction.size(); ++known) {
      if ((known >> j & 1) != 0) continue;
      const auto size = static_cast<unsigned>(std::popcount(known));
      values[j] +=
          factorial[size] * factorial[n - 1 - size] / factorial[n] * (prediction[known | 1u << j] - prediction[known]);
    }
  return values;
}

std::vector<float> row_of(const std::vector<std::vector<float>>& columns, std::size_t row) {
  std::vector<float> values;
  for (const auto& column : columns) values.push_back(column[row]);
  return values;
}

TEST(Shap, EqualsTheDefinitionOnSmallTrees) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const test::OracleTask task = test::random_tree_task(seed);
    const FeatureMatrix x = test::float_matrix(task.columns);
    const auto tree = DecisionTree::fit(x, task.labels, test::options_of(task));
    const auto nodes = tree.nodes();
    const ShapValues shap = shap_values(tree, x);
    ASSERT_EQ(shap.columns, task.columns.size());
    ASSERT_EQ(shap.values.size(), x.rows() * x.columns());
    EXPECT_EQ(shap.base, nodes[0].probability);
    for (std::size_t row = 0; row < x.rows(); ++row) {
      const auto expected = brute_force(nodes, row_of(task.columns, row));
      for (std::size_t j = 0; j < expected.size(); ++j)
        ASSERT_NEAR(shap.row(row)[j], expected[j], 1e-14) << "seed " << seed << ", row " << row << ", column " << j;
      compared += expected.size();
    }
  }
  EXPECT_GT(compared, 10'000u);
}

TEST(Shap, EqualsTheDefinitionOnDeepTreesThatSplitAColumnOften) {
  const test::LooseLabels data(11, 3000, 7);
  const auto tree = DecisionTree::fit(data.matrix(), data.labels);
  const auto nodes = tree.nodes();
  ASSERT_GT(tree.depth(), 12);
  const auto some = data.matrix().select_rows(std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const ShapValues shap = shap_values(tree, some);
  for (std::size_t row = 0; row < 11; ++row) {
    const auto expected = brute_force(nodes, row_of(data.columns, row));
    for (std::size_t j = 0; j < 7; ++j) EXPECT_NEAR(shap.row(row)[j], expected[j], 1e-13);
  }
}

TEST(Shap, AForestsValuesAreTheMeanOfItsTrees) {
  const test::LooseLabels data(12, 400, 5);
  RandomForestOptions options;
  options.n_estimators = 21;  // more than are worked at a time
  options.tree.class_weight = {ClassWeight::Rule::given, {1.0, 3.0}};
  const auto forest = RandomForest::fit(data.matrix(), data.labels, options);
  const ShapValues shap = shap_values(forest, data.matrix());
  for (const std::size_t row : {0u, 77u, 399u}) {
    std::vector<double> expected(5);
    for (int i = 0; i < 21; ++i) {
      const auto values = brute_force(forest.nodes(i), row_of(data.columns, row));
      for (std::size_t j = 0; j < 5; ++j) expected[j] += values[j] / 21;
    }
    for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(shap.row(row)[j], expected[j], 1e-14);
  }
}

TEST(Shap, ValuesAddUpToThePrediction) {
  for (const std::uint32_t columns : {1u, 3u, 12u, 40u}) {
    const test::LooseLabels data(20 + columns, 700, columns);
    RandomForestOptions options;
    options.n_estimators = 10;
    const auto forest = RandomForest::fit(data.matrix(), data.labels, options);
    const ShapValues shap = shap_values(forest, data.matrix());
    const auto predictions = forest.predict_proba(data.matrix());
    for (std::size_t row = 0; row < predictions.size(); ++row) {
      const auto values = shap.row(row);
      ASSERT_NEAR(shap.base + std::accumulate(values.begin(), values.end(), 0.0), predictions[row], 1e-13);
    }
  }
}

TEST(Shap, LevelsOfCategoriesAreHandled) {
  FeatureMatrix x(40);
  CategoryColumn colour{{}, {"", "red", "green", "blue", "black"}};
  FloatColumn price;
  std::vector<std::uint8_t> labels;
  for (std::uint32_t row = 0; row < 40; ++row) {
    colour.codes.push_back(row * 7 % 5);
    price.values.push_back(row % 6 == 5 ? missing : static_cast<float>(row % 6));
    labels.push_back((row * 7 % 5) % 2 != (row % 6 < 3 ? 0u : 1u) || row % 11 == 0 ? 1 : 0);
  }
  x.add("colour", colour);
  x.add("price", price);
  const auto tree = DecisionTree::fit(x, labels);
  const auto nodes = tree.nodes();
  ASSERT_TRUE(std::ranges::any_of(nodes, [](const TreeNode& node) { return !node.levels.empty(); }));
  const ShapValues shap = shap_values(tree, x);
  for (std::size_t row = 0; row < 40; ++row) {
    const auto& levels = tree.levels()[0];
    const std::string& name = colour.levels[colour.codes[row]];
    const auto place = std::ranges::find(levels, name) - levels.begin();
    const auto expected = brute_force(nodes, {name.empty() ? missing : static_cast<float>(place), price.values[row]});
    for (std::size_t j = 0; j < 2; ++j) EXPECT_NEAR(shap.row(row)[j], expected[j], 1e-15);
  }
}

TEST(Shap, AColumnThatNoTreeSplitsHasNothing) {
  const auto x = test::float_matrix({{1, 2, 3, 4}, {7, 7, 7, 7}});
  const auto shap = shap_values(DecisionTree::fit(x, std::vector<std::uint8_t>{0, 0, 1, 1}), x);
  EXPECT_THAT(shap.values, ::testing::ElementsAre(-0.5, 0.0, -0.5, 0.0, 0.5, 0.0, 0.5, 0.0));
  EXPECT_EQ(shap.base, 0.5);
}

TEST(Shap, ASingleLeafHasOnlyABase) {
  const auto x = test::float_matrix({{3, 3, 3}});
  const auto shap = shap_values(DecisionTree::fit(x, std::vector<std::uint8_t>{1, 0, 1}), x);
  EXPECT_DOUBLE_EQ(shap.base, 2.0 / 3.0);
  EXPECT_THAT(shap.values, ::testing::Each(0.0));
  EXPECT_TRUE(
      shap_values(DecisionTree::fit(x, std::vector<std::uint8_t>{1, 0, 1}), test::float_matrix({{}})).values.empty());
}

TEST(Shap, TheNumberOfThreadsAndOfRowsDoesNotMatter) {
  const test::LooseLabels data(14, 300, 5);
  const auto forest = RandomForest::fit(data.matrix(), data.labels, {.n_estimators = 18});
  const FeatureMatrix x = data.matrix();
  std::set<std::vector<double>> results;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] { results.insert(shap_values(forest, x).values); });
  ASSERT_EQ(results.size(), 1u);
  const auto alone = shap_values(forest, x.select_rows(std::vector<std::uint32_t>{123}));
  for (std::size_t j = 0; j < 5; ++j) EXPECT_EQ(alone.values[j], (*results.begin())[123 * 5 + j]);
}

TEST(Shap, OtherModelsAndColumnsAreRefused) {
  const auto x = test::float_matrix({{0, 1, 0, 1}});
  const std::vector<std::uint8_t> labels{0, 1, 1, 0};
  EXPECT_THAT([&] { shap_values(BernoulliNB::fit(x, labels), x); },
              ThrowsMessage<ParameterError>(HasSubstr("bernoulli_nb")));
  EXPECT_THAT(
      [&] {
        shap_values(DecisionTree::fit(x, labels), test::float_matrix({{1}, {2}}));
      },
      ThrowsMessage<DataError>(HasSubstr("'x1'")));
}

}  // namespace
}  // namespace cartwheel
