#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"
#include "tree/bootstrap.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string bytes_of(const RandomForest& forest) {
  core::ByteWriter out;
  forest.write(out);
  return out.bytes();
}

bool same_node(const TreeNode& a, const TreeNode& b) {
  return a.feature == b.feature && a.threshold == b.threshold && a.missing_left == b.missing_left && a.left == b.left &&
         a.right == b.right && a.rows == b.rows && a.positives == b.positives;
}

class RandomForestTest : public ::testing::Test {
 protected:
  test::LooseLabels data{1, 600, 6};
  FeatureMatrix x = data.matrix();
  RandomForestOptions options = [] {
    RandomForestOptions o;
    o.n_estimators = 20;
    o.tree.seed = 42;
    return o;
  }();

  RandomForest fit() const { return RandomForest::fit(x, data.labels, options); }
};

TEST_F(RandomForestTest, TheFirstTreesOfManyAreThoseOfFew) {
  const auto many = fit();
  options.n_estimators = 7;
  const auto few = fit();
  ASSERT_EQ(few.tree_count(), 7);
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(std::ranges::equal(few.nodes(i), many.nodes(i), same_node));
  EXPECT_FALSE(std::ranges::equal(many.nodes(0), many.nodes(1), same_node));
}

TEST_F(RandomForestTest, ALimitedDepthIsTheTopOfTheUnlimitedForest) {
  const auto full = fit();
  options.tree.max_depth = 4;
  const auto top = fit();
  for (int tree = 0; tree < 20; ++tree) {
    const auto nodes = full.nodes(tree), top_nodes = top.nodes(tree);
    std::vector<int> depths(nodes.size());
    for (std::size_t i = 0; i < top_nodes.size(); ++i) {
      ASSERT_LE(depths[i], 4);
      TreeNode expected = nodes[i];
      if (depths[i] == 4) expected.feature = expected.left = expected.right = -1;
      EXPECT_EQ(top_nodes[i].feature, expected.feature);
      EXPECT_EQ(top_nodes[i].rows, expected.rows);
      EXPECT_EQ(top_nodes[i].positives, expected.positives);
      if (expected.feature < 0) continue;
      EXPECT_TRUE(same_node(top_nodes[i], expected));
      depths[static_cast<std::size_t>(expected.left)] = depths[static_cast<std::size_t>(expected.right)] =
          depths[i] + 1;
    }
  }
}

TEST_F(RandomForestTest, FitEachGivesTheBytesOfSeparateFits) {
  std::vector<RandomForestOptions> grid;
  for (const auto criterion : {Criterion::gini, Criterion::entropy})
    for (const int trees : {5, 12, 9})
      for (const int depth : {3, 0, 6}) {
        options.tree.criterion = criterion;
        options.n_estimators = trees;
        options.tree.max_depth = depth;
        options.oob_score = depth == 6;
        options.tree.max_bins = trees == 9 ? 30 : 255;
        grid.push_back(options);
      }
  const auto together = RandomForest::fit_each(x, data.labels, grid);
  ASSERT_EQ(together.size(), grid.size());
  for (std::size_t i = 0; i < grid.size(); ++i) {
    options = grid[i];
    const auto alone = fit();
    EXPECT_EQ(bytes_of(together[i]), bytes_of(alone)) << i;
    EXPECT_EQ(together[i].oob_score(), alone.oob_score());
    EXPECT_EQ(together[i].predict_proba(x), alone.predict_proba(x));
  }
  std::vector<const RandomForest*> forests;
  for (const RandomForest& forest : together) forests.push_back(&forest);
  const auto probabilities = RandomForest::predict_each(forests, x);
  for (std::size_t i = 0; i < grid.size(); ++i) EXPECT_EQ(probabilities[i], together[i].predict_proba(x)) << i;
  EXPECT_TRUE(RandomForest::fit_each(x, data.labels, {}).empty());
}

TEST_F(RandomForestTest, BalancedSubsamplesGiveBothClassesTheSameWeight) {
  options.balanced_subsample = true;
  const auto forest = fit();
  for (int tree = 0; tree < forest.tree_count(); ++tree) EXPECT_DOUBLE_EQ(forest.nodes(tree)[0].probability, 0.5);
  options.tree.class_weight.rule = ClassWeight::Rule::balanced;
  EXPECT_THROW(fit(), ParameterError);
}

TEST_F(RandomForestTest, TheNumberOfThreadsDoesNotMatter) {
  options.oob_score = true;
  std::set<std::string> bytes;
  std::set<std::vector<double>> scores;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      const auto forest = fit();
      bytes.insert(bytes_of(forest));
      scores.insert(forest.predict_proba(x));
      const auto oob = forest.oob_probability();
      scores.insert(std::vector<double>(oob.begin(), oob.end()));
    });
  EXPECT_EQ(bytes.size(), 1u);
  EXPECT_EQ(scores.size(), 2u);
}

TEST_F(RandomForestTest, EachTreeGrowsOnItsOwnBootstrap) {
  const auto forest = fit();
  for (int tree = 0; tree < 20; ++tree) {
    const auto weights = tree::bootstrap_weights(42, static_cast<std::uint32_t>(tree), 600, 600);
    EXPECT_EQ(std::accumulate(weights.begin(), weights.end(), 0u), 600u);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(weights, 0u)), 600 * std::exp(-1.0), 50.0);
    EXPECT_EQ(forest.nodes(tree)[0].positives,
              std::inner_product(weights.begin(), weights.end(), data.labels.begin(), 0u));
  }
}

TEST_F(RandomForestTest, WithoutBootstrapAndWithAllFeaturesEveryTreeIsTheDecisionTree) {
  options.bootstrap = false;
  options.n_estimators = 3;
  options.tree.max_features.rule = MaxFeatures::Rule::all;
  const auto forest = fit();
  const auto tree = DecisionTree::fit(x, data.labels, options.tree);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(std::ranges::equal(forest.nodes(i), tree.nodes(), same_node));
}

TEST_F(RandomForestTest, MaxSamplesIsTheNumberOfDraws) {
  options.max_samples = {100, 0.0};
  EXPECT_EQ(fit().nodes(0)[0].rows, 100u);
  options.max_samples = {0, 0.25};
  EXPECT_EQ(fit().nodes(0)[0].rows, 150u);
  options.max_samples = {0, 1e-9};
  EXPECT_EQ(fit().nodes(0).size(), 1u);  // a single draw
}

TEST_F(RandomForestTest, TheScoreIsTheMeanOfTheTreesAddedInOrder) {
  const auto forest = fit();
  const auto probabilities = forest.predict_proba(x);
  std::vector<double> sums(600);
  for (int tree = 0; tree < 20; ++tree) {
    const auto nodes = forest.nodes(tree);
    for (std::size_t row = 0; row < 600; ++row) sums[row] += test::leaf_of(nodes, data.columns, row).probability;
  }
  for (std::size_t row = 0; row < 600; ++row) ASSERT_EQ(probabilities[row], sums[row] / 20.0);
}

TEST_F(RandomForestTest, OneRowAloneAndTheLeavesAgreeWithTheScore) {
  const auto forest = RandomForest::fit(x, data.labels, {.n_estimators = 37});
  const auto probabilities = forest.predict_proba(x);
  const auto leaves = forest.apply(x);
  ASSERT_EQ(leaves.size(), x.rows() * 37);
  std::vector<double> sums(x.rows());
  for (int t = 0; t < 37; ++t) {
    const auto nodes = forest.nodes(t);
    for (std::size_t row = 0; row < x.rows(); ++row) {
      const std::uint32_t leaf = leaves[row * 37 + static_cast<std::size_t>(t)];
      ASSERT_EQ(&nodes[leaf], &test::leaf_of(nodes, data.columns, row));
      sums[row] += nodes[leaf].probability;
    }
  }
  for (std::size_t row = 0; row < x.rows(); ++row) {
    std::vector<float> values;
    for (const auto& column : data.columns) values.push_back(column[row]);
    EXPECT_EQ(forest.predict_row(values), sums[row] / 37);
    EXPECT_EQ(probabilities[row], sums[row] / 37);
  }
}

TEST_F(RandomForestTest, OutOfBagIsWhatItsDefinitionSays) {
  options.oob_score = true;
  options.n_estimators = 6;  // few enough that some rows are in every sample
  const auto forest = fit();
  const auto oob = forest.oob_probability();
  ASSERT_EQ(oob.size(), 600u);
  std::vector<double> sums(600);
  std::vector<int> trees(600);
  for (int tree = 0; tree < 6; ++tree) {
    const auto nodes = forest.nodes(tree);
    const auto weights = tree::bootstrap_weights(42, static_cast<std::uint32_t>(tree), 600, 600);
    for (std::size_t row = 0; row < 600; ++row) {
      if (weights[row] != 0) continue;
      sums[row] += test::leaf_of(nodes, data.columns, row).probability;
      ++trees[row];
    }
  }
  int right = 0, scored = 0;
  for (std::size_t row = 0; row < 600; ++row) {
    if (trees[row] == 0) {
      EXPECT_TRUE(std::isnan(oob[row]));
      continue;
    }
    EXPECT_EQ(oob[row], sums[row] / trees[row]);
    ++scored;
    right += (oob[row] > 0.5) == (data.labels[row] == 1) ? 1 : 0;
  }
  ASSERT_LT(scored, 600);
  EXPECT_EQ(forest.oob_score(), static_cast<double>(right) / scored);
  ASSERT_EQ(forest.warnings().size(), 1u);
  EXPECT_THAT(forest.warnings()[0], HasSubstr(std::to_string(600 - scored) + " of 600 training rows"));
  options.oob_score = false;
  EXPECT_EQ(fit().oob_score(), std::nullopt);
  EXPECT_TRUE(fit().oob_probability().empty());
  EXPECT_TRUE(fit().warnings().empty());
}

TEST_F(RandomForestTest, ImportancesAreTheMeanOfTheTreesImpurityDecreases) {
  options.tree.max_depth = 5;
  const auto forest = fit();
  std::vector<double> expected(6);
  for (int tree = 0; tree < 20; ++tree) {
    std::vector<double> shares(6);
    double sum = 0.0;
    const auto nodes = forest.nodes(tree);
    for (const TreeNode& node : nodes) {
      if (node.feature < 0) continue;
      const auto size = [](const TreeNode& n) {
        const double p = static_cast<double>(n.positives) / n.rows;
        return n.rows * (1.0 - p * p - (1.0 - p) * (1.0 - p));
      };
      const double decrease = size(node) - size(nodes[static_cast<std::size_t>(node.left)]) -
                              size(nodes[static_cast<std::size_t>(node.right)]);
      shares[static_cast<std::size_t>(node.feature)] += decrease;
      sum += decrease;
    }
    for (std::size_t j = 0; j < 6; ++j) expected[j] += shares[j] / sum / 20.0;
  }
  const auto importances = forest.feature_importances();
  for (std::size_t j = 0; j < 6; ++j) EXPECT_NEAR(importances[j], expected[j], 1e-12);
  EXPECT_NEAR(std::accumulate(importances.begin(), importances.end(), 0.0), 1.0, 1e-12);
}

TEST_F(RandomForestTest, BalancedWeightsComeFromAllTrainingRows) {
  options.tree.class_weight.rule = ClassWeight::Rule::balanced;
  options.n_estimators = 5;
  const auto forest = fit();
  const double positives = static_cast<double>(std::ranges::count(data.labels, 1)), negatives = 600.0 - positives;
  for (int tree = 0; tree < 5; ++tree) {
    const TreeNode root = forest.nodes(tree)[0];
    const double w1 = root.positives / positives, w0 = (root.rows - root.positives) / negatives;
    EXPECT_NEAR(root.probability, w1 / (w0 + w1), 1e-15);
  }
}

TEST_F(RandomForestTest, ReadsBackWhatItWrote) {
  options.oob_score = true;
  const auto forest = fit();
  const std::string bytes = bytes_of(forest);
  core::ByteReader in(bytes, "forest");
  const auto copy = RandomForest::read(in);
  in.expect_end();
  EXPECT_EQ(bytes_of(copy), bytes);
  EXPECT_EQ(copy.predict_proba(x), forest.predict_proba(x));
  EXPECT_EQ(copy.oob_score(), forest.oob_score());
  EXPECT_EQ(copy.warnings(), forest.warnings());
}

TEST_F(RandomForestTest, ATruncatedFileIsRefusedAtEveryByte) {
  options.n_estimators = 3;
  options.tree.max_depth = 3;
  const std::string bytes = bytes_of(fit());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    core::ByteReader in(std::string_view(bytes).substr(0, size), "forest");
    EXPECT_THROW(RandomForest::read(in), DataError) << size;
  }
}

TEST_F(RandomForestTest, AnAlteredFileIsRefusedOrStillAForest) {
  options.n_estimators = 3;
  options.tree.max_depth = 4;
  const std::string bytes = bytes_of(fit());
  for (std::size_t i = 0; i < 8 * bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i / 8] = static_cast<char>(static_cast<unsigned char>(altered[i / 8]) ^ 1u << (i % 8));
    core::ByteReader in(altered, "forest");
    try {
      const auto forest = RandomForest::read(in);
      if (forest.feature_names() != x.names()) continue;
      for (const double p : forest.predict_proba(x)) ASSERT_TRUE(p >= 0.0 && p <= 1.0);
    } catch (const DataError&) {
    }
  }
}

TEST_F(RandomForestTest, BadSettingsAreNamed) {
  const auto refuses = [&](const std::function<void(RandomForestOptions&)>& change, const char* text) {
    const RandomForestOptions before = options;
    change(options);
    EXPECT_THAT([&] { fit(); }, ThrowsMessage<ParameterError>(HasSubstr(text)));
    options = before;
  };
  refuses([](auto& o) { o.n_estimators = 0; }, "n_estimators is 0; it must be in [1, 100000]");
  refuses([](auto& o) { o.max_samples.count = 601; }, "max_samples is 601; it must be at most 600");
  refuses([](auto& o) { o.max_samples.count = -1; }, "max_samples is -1");
  refuses([](auto& o) { o.max_samples.share = 1.5; }, "max_samples is 1.5");
  refuses(
      [](auto& o) {
        o.max_samples.count = 5;
        o.bootstrap = false;
      },
      "bootstrap is false");
  refuses(
      [](auto& o) {
        o.oob_score = true;
        o.bootstrap = false;
      },
      "bootstrap is false");
  refuses([](auto& o) { o.tree.max_depth = -1; }, "max_depth is -1");
  EXPECT_THAT([&] { fit().nodes(20); }, ThrowsMessage<ParameterError>(HasSubstr("no tree 20")));
}

TEST_F(RandomForestTest, UnusableRowsAreRefused) {
  EXPECT_THAT([&] { RandomForest::fit(x, std::vector<std::uint8_t>(600, 0)); },
              ThrowsMessage<DataError>(HasSubstr("all 600 training rows have label 0")));
  EXPECT_THAT(
      [&] {
        RandomForest::fit(FeatureMatrix(2), std::vector<std::uint8_t>{0, 1});
      },
      ThrowsMessage<DataError>(HasSubstr("no columns")));
  EXPECT_THAT([&] { fit().predict_proba(test::float_matrix({{1}})); }, ThrowsMessage<DataError>(HasSubstr("'x1'")));
}

}  // namespace
}  // namespace cartwheel
