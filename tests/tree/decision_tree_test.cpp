#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/decision_tree.hpp>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"
#include "support/random_tree_task.hpp"
#include "support/tree_oracle.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

std::string bytes_of(const DecisionTree& tree) {
  core::ByteWriter out;
  tree.write(out);
  return out.bytes();
}

TEST(DecisionTreeOracle, EveryNodeIsTheFirstOfTheHighestGain) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const test::OracleTask task = test::random_tree_task(seed);
    const auto tree = DecisionTree::fit(test::float_matrix(task.columns), task.labels, test::options_of(task));
    ASSERT_TRUE(test::same_tree(tree.nodes(), test::TreeOracle(task).grow())) << "seed " << seed;
  }
}

TEST(DecisionTreeOracle, CategoriesAndDrawnFeaturesAreWhatTheDefinitionSays) {
  int drawn = 0, by_level = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const test::OracleTask task = test::random_mixed_task(seed);
    const auto nodes = DecisionTree::fit(test::matrix_of(task), task.labels, test::options_of(task)).nodes();
    ASSERT_TRUE(test::same_tree(nodes, test::TreeOracle(task).grow())) << "seed " << seed;
    drawn += task.max_features < task.columns.size() && nodes.size() > 1 ? 1 : 0;
    by_level += std::ranges::any_of(nodes, [](const TreeNode& node) { return !node.levels.empty(); }) ? 1 : 0;
  }
  EXPECT_GE(drawn, 200);
  EXPECT_GE(by_level, 200);
}

TEST(DecisionTreeOracle, BalancedWeightsAreTheInverseOfTheCounts) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    test::OracleTask task = test::random_tree_task(seed);
    DecisionTreeOptions options = test::options_of(task);
    options.class_weight = {ClassWeight::Rule::balanced, {}};
    const auto positives = static_cast<std::uint64_t>(std::ranges::count(task.labels, 1));
    task.positive_factor = task.labels.size() - positives;
    task.negative_factor = positives;
    const auto tree = DecisionTree::fit(test::float_matrix(task.columns), task.labels, options);
    ASSERT_TRUE(test::same_tree(tree.nodes(), test::TreeOracle(task).grow())) << "seed " << seed;
    EXPECT_DOUBLE_EQ(tree.nodes()[0].probability, 0.5);
  }
}

TEST(DecisionTree, ChildrenAddUpToTheirParent) {
  const test::LooseLabels data(1, 2000, 4);
  const auto nodes = DecisionTree::fit(data.matrix(), data.labels).nodes();
  ASSERT_GT(nodes.size(), 100u);
  EXPECT_EQ(nodes[0].rows, 2000u);
  EXPECT_EQ(nodes[0].positives, static_cast<std::uint32_t>(std::ranges::count(data.labels, 1)));
  std::vector<int> parents(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].feature < 0) continue;
    const TreeNode &left = nodes[static_cast<std::size_t>(nodes[i].left)],
                   &right = nodes[static_cast<std::size_t>(nodes[i].right)];
    EXPECT_GT(nodes[i].left, static_cast<int>(i));
    EXPECT_EQ(left.rows + right.rows, nodes[i].rows);
    EXPECT_EQ(left.positives + right.positives, nodes[i].positives);
    ++parents[static_cast<std::size_t>(nodes[i].left)];
    ++parents[static_cast<std::size_t>(nodes[i].right)];
  }
  EXPECT_EQ(std::accumulate(parents.begin(), parents.end(), 0), static_cast<int>(nodes.size()) - 1);
  EXPECT_EQ(*std::max_element(parents.begin(), parents.end()), 1);
}

TEST(DecisionTree, TheOrderOfRowsDoesNotMatter) {
  const test::LooseLabels data(2, 1500, 5);
  std::vector<std::uint32_t> order(1500);
  std::iota(order.begin(), order.end(), 0u);
  core::RandomStream random(3, core::RandomPurpose::generate);
  for (std::uint32_t i = 1499; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  std::vector<std::uint8_t> labels;
  for (const auto row : order) labels.push_back(data.labels[row]);
  for (const int max_bins : {255, 16})
    EXPECT_EQ(bytes_of(DecisionTree::fit(data.matrix(), data.labels, {.max_bins = max_bins})),
              bytes_of(DecisionTree::fit(data.matrix().select_rows(order), labels, {.max_bins = max_bins})));
}

TEST(DecisionTree, TheNumberOfThreadsDoesNotMatter) {
  const test::LooseLabels data(4, 40'000, 6);  // enough rows for features to be searched in parallel
  const FeatureMatrix x = data.matrix();
  DecisionTreeOptions options;
  for (const auto rule : {MaxFeatures::Rule::all, MaxFeatures::Rule::sqrt}) {
    options.max_features.rule = rule;
    std::set<std::string> bytes;
    std::set<std::vector<double>> scores;
    for (const int threads : {1, 2, 7})
      core::with_threads(threads, [&] {
        const auto tree = DecisionTree::fit(x, data.labels, options);
        bytes.insert(bytes_of(tree));
        scores.insert(tree.predict_proba(x));
      });
    EXPECT_EQ(bytes.size(), 1u);
    EXPECT_EQ(scores.size(), 1u);
  }
}

TEST(DecisionTree, ALimitedDepthIsTheTopOfTheUnlimitedTree) {
  const test::LooseLabels data(5, 5000, 5);
  DecisionTreeOptions options;
  options.max_features = {MaxFeatures::Rule::count, 2, 0.0};
  options.seed = 11;
  const auto full = DecisionTree::fit(data.matrix(), data.labels, options);
  ASSERT_GT(full.depth(), 12);
  const auto nodes = full.nodes();
  std::vector<int> depths(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].feature >= 0)
      depths[static_cast<std::size_t>(nodes[i].left)] = depths[static_cast<std::size_t>(nodes[i].right)] =
          depths[i] + 1;
  for (const int depth : {1, 3, 10}) {
    options.max_depth = depth;
    const auto top = DecisionTree::fit(data.matrix(), data.labels, options);
    EXPECT_EQ(top.depth(), depth);
    const auto top_nodes = top.nodes();
    ASSERT_EQ(top_nodes.size(),
              static_cast<std::size_t>(std::ranges::count_if(depths, [&](int d) { return d <= depth; })));
    for (std::size_t i = 0; i < top_nodes.size(); ++i) {
      EXPECT_EQ(top_nodes[i].rows, nodes[i].rows);
      EXPECT_EQ(top_nodes[i].positives, nodes[i].positives);
      EXPECT_EQ(top_nodes[i].feature, depths[i] == depth ? -1 : nodes[i].feature);
      if (top_nodes[i].feature >= 0) {
        EXPECT_EQ(top_nodes[i].threshold, nodes[i].threshold);
      }
    }
  }
}

TEST(DecisionTree, FitEachGivesTheBytesOfSeparateFits) {
  const test::LooseLabels data(5, 3000, 5);
  const FeatureMatrix x = data.matrix();
  std::vector<DecisionTreeOptions> grid;
  for (const int depth : {4, 0, 9, 1})
    for (const std::int64_t leaf : {1, 20})
      for (const int max_bins : {16, 255})
        grid.push_back({.max_depth = depth, .min_samples_leaf = {leaf, 0}, .max_bins = max_bins});
  const auto together = DecisionTree::fit_each(x, data.labels, grid);
  ASSERT_EQ(together.size(), grid.size());
  for (std::size_t i = 0; i < grid.size(); ++i)
    EXPECT_EQ(bytes_of(together[i]), bytes_of(DecisionTree::fit(x, data.labels, grid[i]))) << i;
}

TEST(DecisionTree, PredictsTheLeafOfEachTrainingRow) {
  const test::LooseLabels data(6, 3000, 4);
  const FeatureMatrix x = data.matrix();
  const auto tree =
      DecisionTree::fit(x, data.labels, {.max_depth = 6, .class_weight = {ClassWeight::Rule::given, {1.0, 2.0}}});
  const auto nodes = tree.nodes();
  const auto probabilities = tree.predict_proba(x);
  std::vector<std::uint32_t> rows(nodes.size()), positives(nodes.size());
  for (std::size_t row = 0; row < 3000; ++row) {
    const TreeNode& leaf = test::leaf_of(nodes, data.columns, row);
    ASSERT_EQ(probabilities[row], leaf.probability);
    const auto at = static_cast<std::size_t>(&leaf - nodes.data());
    ++rows[at];
    positives[at] += data.labels[row];
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].feature >= 0) continue;
    EXPECT_EQ(rows[i], nodes[i].rows);
    EXPECT_EQ(positives[i], nodes[i].positives);
    EXPECT_DOUBLE_EQ(nodes[i].probability, 2.0 * positives[i] / (rows[i] + positives[i]));
  }
}

TEST(DecisionTree, AppliesToTheLeafItPredictsBy) {
  const test::LooseLabels data(6, 3000, 4);
  const FeatureMatrix x = data.matrix();
  const auto tree = DecisionTree::fit(x, data.labels);
  const auto nodes = tree.nodes();
  const auto leaves = tree.apply(x);
  const auto probabilities = tree.predict_proba(x);
  ASSERT_EQ(leaves.size(), 3000u);
  for (std::size_t row = 0; row < 3000; ++row) {
    EXPECT_EQ(&nodes[leaves[row]], &test::leaf_of(nodes, data.columns, row));
    std::vector<float> values;
    for (const auto& column : data.columns) values.push_back(column[row]);
    EXPECT_EQ(tree.predict_row(values), probabilities[row]);
  }
  EXPECT_THAT([&] { tree.predict_row(std::vector<float>(3)); },
              ThrowsMessage<DataError>(HasSubstr("the row has 3 values; the fit had 4 columns")));
}

TEST(DecisionTree, ColumnTypesAreStorageOnly) {
  const std::vector<float> bit{1, 0, 1, 1, 0, 0, 1, 0}, sparse{0, 0, 5, 0, missing, 0, -1, 0};
  const std::vector<std::uint8_t> labels{1, 0, 1, 0, 1, 1, 0, 0};
  FeatureMatrix typed(8);
  typed.add("x0", BitColumn{{0b01001101}});
  typed.add("x1", SparseColumn{{2, 4, 6}, {5, missing, -1}});
  const auto plain = test::float_matrix({bit, sparse});
  const auto tree = DecisionTree::fit(typed, labels);
  EXPECT_GT(tree.depth(), 1);
  EXPECT_EQ(bytes_of(tree), bytes_of(DecisionTree::fit(plain, labels)));
  EXPECT_EQ(tree.predict_proba(typed), tree.predict_proba(plain));
}

TEST(DecisionTree, MissingAloneCanBeTheSplit) {
  const auto x = test::float_matrix({{1, 2, missing, missing, 1, 2}});
  const auto tree = DecisionTree::fit(x, std::vector<std::uint8_t>{0, 0, 1, 1, 0, 0});
  const auto nodes = tree.nodes();
  ASSERT_EQ(nodes.size(), 3u);
  EXPECT_EQ(nodes[0].threshold, std::numeric_limits<float>::infinity());
  EXPECT_FALSE(nodes[0].missing_left);
  EXPECT_THAT(tree.predict_proba(test::float_matrix({{1000, missing, -1000}})), ElementsAre(0.0, 1.0, 0.0));
}

TEST(DecisionTree, MissingValuesUnseenInTrainingFollowTheLargerChild) {
  const auto right = DecisionTree::fit(test::float_matrix({{1, 2, 2}}), std::vector<std::uint8_t>{0, 1, 1});
  EXPECT_FALSE(right.nodes()[0].missing_left);
  EXPECT_THAT(right.predict_proba(test::float_matrix({{missing}})), ElementsAre(1.0));
  const auto tie = DecisionTree::fit(test::float_matrix({{1, 2}}), std::vector<std::uint8_t>{0, 1});
  EXPECT_TRUE(tie.nodes()[0].missing_left);
}

TEST(DecisionTree, NothingToSplitIsASingleLeaf) {
  for (const auto& column : {std::vector<float>{3, 3, 3}, std::vector<float>{missing, missing, missing},
                             std::vector<float>{0.0f, -0.0f, 0.0f}}) {
    const auto tree = DecisionTree::fit(test::float_matrix({column}), std::vector<std::uint8_t>{1, 0, 1});
    EXPECT_EQ(tree.nodes().size(), 1u);
    EXPECT_EQ(tree.depth(), 0);
    EXPECT_THAT(tree.feature_importances(), ElementsAre(0.0));
    EXPECT_DOUBLE_EQ(tree.predict_proba(test::float_matrix({{7}}))[0], 2.0 / 3.0);
  }
}

TEST(DecisionTree, AGainOfNothingMaySplit) {
  // Exclusive or: no single split helps, and two do.
  const auto x = test::float_matrix({{0, 0, 1, 1}, {0, 1, 0, 1}});
  for (const auto criterion : {Criterion::gini, Criterion::entropy}) {
    const auto tree = DecisionTree::fit(x, std::vector<std::uint8_t>{0, 1, 1, 0}, {.criterion = criterion});
    EXPECT_EQ(tree.nodes()[0].feature, 0);
    EXPECT_THAT(tree.predict_proba(x), ElementsAre(0.0, 1.0, 1.0, 0.0));
    EXPECT_THAT(tree.feature_importances(), ElementsAre(0.0, 1.0));
  }
}

TEST(DecisionTree, AThresholdIsTheMidpointRoundedDown) {
  const float low = 1.0f, high = std::nextafter(1.0f, 2.0f);
  const std::vector<std::uint8_t> labels{0, 1};
  EXPECT_EQ(DecisionTree::fit(test::float_matrix({{low, high}}), labels).nodes()[0].threshold, low);
  EXPECT_EQ(DecisionTree::fit(test::float_matrix({{-high, -low}}), labels).nodes()[0].threshold, -high);
  EXPECT_EQ(DecisionTree::fit(test::float_matrix({{1, 4}}), labels).nodes()[0].threshold, 2.5f);
  const float largest = std::numeric_limits<float>::max();
  EXPECT_EQ(DecisionTree::fit(test::float_matrix({{-largest, largest}}), labels).nodes()[0].threshold, 0.0f);
  const float tiny = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(DecisionTree::fit(test::float_matrix({{-tiny, 0}}), labels).nodes()[0].threshold, -tiny);
}

TEST(DecisionTree, OnlyTheChosenFeaturesAreLookedAt) {
  // Each column is a better split than the next: with two of four drawn, the first is the root in half of the draws,
  // the second in a third, the third in a sixth. The constant column counts for nothing.
  std::vector<std::vector<float>> columns(5);
  std::vector<std::uint8_t> labels;
  for (std::uint32_t row = 0; row < 64; ++row) {
    labels.push_back(row < 32 ? 0 : 1);
    columns[0].push_back(7.0f);
    for (std::uint32_t j = 1; j < 5; ++j) {
      const bool flipped = row % 32 < j * 3;
      columns[j].push_back((labels.back() != 0) != flipped ? 1.0f : 0.0f);
    }
  }
  DecisionTreeOptions options;
  options.max_depth = 1;
  options.max_features = {MaxFeatures::Rule::count, 2, 0.0};
  std::vector<int> chosen(5);
  for (options.seed = 0; options.seed < 1200; ++options.seed)
    ++chosen[static_cast<std::size_t>(
        DecisionTree::fit(test::float_matrix(columns), labels, options).nodes()[0].feature)];
  EXPECT_EQ(chosen[0], 0);
  EXPECT_NEAR(chosen[1], 600, 60);
  EXPECT_NEAR(chosen[2], 400, 60);
  EXPECT_NEAR(chosen[3], 200, 60);
  EXPECT_EQ(chosen[4], 0);
}

TEST(DecisionTree, TheSearchGoesOnUntilASplitIsFound) {
  // Only the last column has a split that leaves three rows on each side.
  const auto x = test::float_matrix({{1, 0, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}, {0, 0, 0, 0, 1, 0}, {0, 1, 0, 1, 0, 1}});
  DecisionTreeOptions options;
  options.min_samples_leaf.count = 3;
  options.max_features = {MaxFeatures::Rule::count, 1, 0.0};
  for (options.seed = 0; options.seed < 50; ++options.seed)
    EXPECT_EQ(DecisionTree::fit(x, std::vector<std::uint8_t>{0, 1, 0, 1, 1, 0}, options).nodes()[0].feature, 3);
}

TEST(DecisionTree, FewBinsStillSeparateTrainingRowsAsPredicted) {
  const test::LooseLabels data(7, 2000, 5);
  const auto tree = DecisionTree::fit(data.matrix(), data.labels, {.max_bins = 3});
  const auto probabilities = tree.predict_proba(data.matrix());
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  EXPECT_NEAR(sum, static_cast<double>(std::ranges::count(data.labels, 1)), 1e-9);
}

TEST(DecisionTree, ReadsBackWhatItWrote) {
  const test::LooseLabels data(8, 500, 3);
  const auto tree = DecisionTree::fit(data.matrix(), data.labels, {.criterion = Criterion::entropy});
  const std::string bytes = bytes_of(tree);
  core::ByteReader in(bytes, "tree");
  const auto copy = DecisionTree::read(in);
  in.expect_end();
  EXPECT_EQ(bytes_of(copy), bytes);
  EXPECT_EQ(copy.feature_names(), tree.feature_names());
  EXPECT_EQ(copy.predict_proba(data.matrix()), tree.predict_proba(data.matrix()));
  EXPECT_EQ(copy.feature_importances(), tree.feature_importances());
}

TEST(DecisionTree, ATruncatedFileIsRefusedAtEveryByte) {
  const test::LooseLabels data(9, 60, 2);
  const std::string bytes = bytes_of(DecisionTree::fit(data.matrix(), data.labels));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    core::ByteReader in(std::string_view(bytes).substr(0, size), "tree");
    EXPECT_THROW(DecisionTree::read(in), DataError) << size;
  }
}

TEST(DecisionTree, AnAlteredFileIsRefusedOrStillATree) {
  const test::LooseLabels data(10, 60, 2);
  const FeatureMatrix x = data.matrix();
  const std::string bytes = bytes_of(DecisionTree::fit(x, data.labels));
  core::RandomStream random(5, core::RandomPurpose::generate);
  for (std::size_t i = 0; i < 8 * bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i / 8] = static_cast<char>(static_cast<unsigned char>(altered[i / 8]) ^ 1u << (i % 8));
    if (i % 3 == 0)
      altered[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<char>(random.below(256));
    core::ByteReader in(altered, "tree");
    try {
      const auto tree = DecisionTree::read(in);
      const auto nodes = tree.nodes();
      if (tree.feature_names() != x.names()) continue;
      for (const double p : tree.predict_proba(x)) EXPECT_TRUE(p >= 0.0 && p <= 1.0);
    } catch (const DataError&) {
    }
  }
}

TEST(DecisionTree, WrongColumnsAreNamed) {
  const auto tree = DecisionTree::fit(test::float_matrix({{1, 2}, {1, 2}}), std::vector<std::uint8_t>{0, 1});
  FeatureMatrix renamed(1), longer(1);
  renamed.add("x0", FloatColumn{{1}});
  renamed.add("price", FloatColumn{{1}});
  EXPECT_THAT([&] { tree.predict_proba(renamed); }, ThrowsMessage<DataError>(HasSubstr("column 1 is 'price'")));
  EXPECT_THAT([&] { tree.predict_proba(test::float_matrix({{1}})); }, ThrowsMessage<DataError>(HasSubstr("'x1'")));
  EXPECT_THAT(
      [&] {
        tree.predict_proba(test::float_matrix({{1}, {1}, {1}}));
      },
      ThrowsMessage<DataError>(HasSubstr("'x2'")));
}

TEST(DecisionTree, UnusableRowsAreRefused) {
  const auto x = test::float_matrix({{1, 2, 3}});
  using Labels = std::vector<std::uint8_t>;
  EXPECT_THAT(
      [&] {
        DecisionTree::fit(x, Labels{1, 1, 1});
      },
      ThrowsMessage<DataError>(HasSubstr("all 3 training rows have label 1")));
  EXPECT_THAT([&] { DecisionTree::fit(x, Labels{0, 1}); }, ThrowsMessage<DataError>(HasSubstr("2 labels for 3 rows")));
  EXPECT_THAT([&] { DecisionTree::fit(x, Labels{0, 1, 2}); }, ThrowsMessage<DataError>(HasSubstr("row 2")));
  EXPECT_THAT([&] { DecisionTree::fit(FeatureMatrix(0), Labels{}); },
              ThrowsMessage<DataError>(HasSubstr("no training rows")));
  EXPECT_THAT(
      [&] {
        DecisionTree::fit(FeatureMatrix(3), Labels{0, 1, 0});
      },
      ThrowsMessage<DataError>(HasSubstr("no columns")));
}

TEST(DecisionTree, PredictsNothingForNoRows) {
  const auto tree = DecisionTree::fit(test::float_matrix({{1, 2}}), std::vector<std::uint8_t>{0, 1});
  EXPECT_TRUE(tree.predict_proba(test::float_matrix({{}})).empty());
}

}  // namespace
}  // namespace cartwheel
