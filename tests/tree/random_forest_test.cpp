#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "support/labelled_rows.hpp"
#include "tree/bootstrap.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

RandomForestOptions forest_options(int trees, std::uint64_t seed = 3) {
  RandomForestOptions options;
  options.n_estimators = trees;
  options.tree.seed = seed;
  return options;
}

std::string bytes_of(const RandomForest& forest) {
  core::ByteWriter out;
  forest.write(out);
  return out.bytes();
}

void expect_same_nodes(const std::vector<TreeNode>& a, const std::vector<TreeNode>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].feature, b[i].feature);
    EXPECT_EQ(a[i].threshold, b[i].threshold);
    EXPECT_EQ(a[i].rows, b[i].rows);
    EXPECT_EQ(a[i].positives, b[i].positives);
  }
}

/// Whether two trees have the same splits and counts down to a depth.
void expect_same_top(const std::vector<TreeNode>& whole, std::int32_t i, const std::vector<TreeNode>& top,
                     std::int32_t j, int depth) {
  const TreeNode &a = whole[static_cast<std::size_t>(i)], &b = top[static_cast<std::size_t>(j)];
  ASSERT_EQ(a.rows, b.rows);
  ASSERT_EQ(a.positives, b.positives);
  if (depth == 0) return;
  ASSERT_EQ(a.feature, b.feature);
  if (a.feature < 0) return;
  ASSERT_EQ(a.threshold, b.threshold);
  expect_same_top(whole, a.left, top, b.left, depth - 1);
  expect_same_top(whole, a.right, top, b.right, depth - 1);
}

class RandomForestLaws : public ::testing::Test {
 protected:
  const test::LabelledRows rows_ = test::random_rows(5, 700, 8);
  const FeatureMatrix x_ = rows_.matrix();
};

TEST_F(RandomForestLaws, ATreeDoesNotDependOnHowManyThereAre) {
  const RandomForest few = RandomForest::fit(x_, rows_.y, forest_options(20));
  const RandomForest many = RandomForest::fit(x_, rows_.y, forest_options(40));
  ASSERT_EQ(many.tree_count(), 40);
  for (int i = 0; i < 20; ++i) expect_same_nodes(few.nodes(i), many.nodes(i));
}

TEST_F(RandomForestLaws, AShallowForestIsTheTopOfADeepOne) {
  RandomForestOptions shallow = forest_options(10);
  shallow.tree.max_depth = 4;
  const RandomForest top = RandomForest::fit(x_, rows_.y, shallow);
  const RandomForest whole = RandomForest::fit(x_, rows_.y, forest_options(10));
  for (int i = 0; i < 10; ++i) expect_same_top(whole.nodes(i), 0, top.nodes(i), 0, 4);
}

TEST_F(RandomForestLaws, TheNumberOfThreadsDoesNotMatter) {
  std::vector<std::string> bytes;
  std::vector<std::vector<double>> oob, scores;
  for (const int threads : {1, 2, 7}) {
    core::with_threads(threads, [&] {
      RandomForestOptions options = forest_options(20);
      options.oob_score = true;
      const RandomForest forest = RandomForest::fit(x_, rows_.y, options);
      bytes.push_back(bytes_of(forest));
      oob.emplace_back(forest.oob_probability().begin(), forest.oob_probability().end());
      scores.push_back(forest.predict_proba(x_));
    });
  }
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
  EXPECT_EQ(oob[0], oob[2]);
  EXPECT_EQ(scores[0], scores[2]);
}

TEST_F(RandomForestLaws, TheSeedDecides) {
  EXPECT_NE(bytes_of(RandomForest::fit(x_, rows_.y, forest_options(3, 1))),
            bytes_of(RandomForest::fit(x_, rows_.y, forest_options(3, 2))));
}

TEST_F(RandomForestLaws, WithoutBootstrapAndWithAllFeaturesEveryTreeIsTheDecisionTree) {
  RandomForestOptions options = forest_options(2);
  options.bootstrap = false;
  options.tree.max_features.rule = MaxFeatures::Rule::all;
  const RandomForest forest = RandomForest::fit(x_, rows_.y, options);
  DecisionTreeOptions tree_options = options.tree;
  const DecisionTree tree = DecisionTree::fit(x_, rows_.y, tree_options);
  expect_same_nodes(forest.nodes(0), tree.nodes());
  expect_same_nodes(forest.nodes(1), tree.nodes());
  EXPECT_EQ(forest.predict_proba(x_), tree.predict_proba(x_));
}

TEST_F(RandomForestLaws, TheProbabilityIsTheMeanOfTheTreesInOrder) {
  const RandomForest forest = RandomForest::fit(x_, rows_.y, forest_options(7));
  const std::vector<double> probability = forest.predict_proba(x_);
  for (std::size_t row = 0; row < 50; ++row) {
    double sum = 0.0;
    for (int t = 0; t < 7; ++t) {
      const auto nodes = forest.nodes(t);
      std::size_t at = 0;
      while (nodes[at].feature >= 0) {
        const float value = rows_.columns[static_cast<std::size_t>(nodes[at].feature)][row];
        at = static_cast<std::size_t>(value <= nodes[at].threshold ? nodes[at].left : nodes[at].right);
      }
      sum += nodes[at].probability;
    }
    EXPECT_EQ(probability[row], sum / 7.0);
  }
}

TEST_F(RandomForestLaws, OutOfBagScoresEqualTheirDefinition) {
  RandomForestOptions options = forest_options(5);
  options.oob_score = true;
  const RandomForest forest = RandomForest::fit(x_, rows_.y, options);
  const auto n = static_cast<std::uint32_t>(rows_.rows());
  std::uint64_t right = 0, scored = 0;
  for (std::uint32_t row = 0; row < n; ++row) {
    double sum = 0.0, trees = 0.0;
    const FeatureMatrix one = x_.select_rows({{row}});
    for (std::uint32_t t = 0; t < 5; ++t) {
      if (tree::bootstrap_weights(options.tree.seed, t, n, n)[row] != 0) continue;
      const auto nodes = forest.nodes(static_cast<int>(t));
      std::size_t at = 0;
      while (nodes[at].feature >= 0) {
        const float value = rows_.columns[static_cast<std::size_t>(nodes[at].feature)][row];
        at = static_cast<std::size_t>(value <= nodes[at].threshold ? nodes[at].left : nodes[at].right);
      }
      sum += nodes[at].probability;
      trees += 1.0;
    }
    if (trees == 0.0) {
      EXPECT_TRUE(std::isnan(forest.oob_probability()[row]));
      continue;
    }
    EXPECT_EQ(forest.oob_probability()[row], sum / trees);
    ++scored;
    right += (sum / trees > 0.5) == (rows_.y[row] == 1);
  }
  EXPECT_LT(scored, n) << "the case of a row that every tree drew does not occur";
  EXPECT_EQ(forest.oob_score(), static_cast<double>(right) / static_cast<double>(scored));
  EXPECT_THAT(forest.warnings(), ::testing::ElementsAre(HasSubstr("no out-of-bag score")));
}

TEST_F(RandomForestLaws, ImportancesEqualASlowRecomputation) {
  const RandomForest forest = RandomForest::fit(x_, rows_.y, forest_options(6));
  std::vector<double> expected(x_.columns());
  for (int t = 0; t < 6; ++t) {
    std::vector<double> tree(x_.columns());
    double total = 0.0;
    const auto nodes = forest.nodes(t);
    for (const TreeNode& node : nodes) {
      if (node.feature < 0) continue;
      const auto weighted = [](const TreeNode& n) {
        const double p = static_cast<double>(n.positives) / n.rows;
        return n.rows * 2.0 * p * (1.0 - p);
      };
      const double decrease = weighted(node) - weighted(nodes[static_cast<std::size_t>(node.left)]) -
                              weighted(nodes[static_cast<std::size_t>(node.right)]);
      tree[static_cast<std::size_t>(node.feature)] += decrease;
      total += decrease;
    }
    for (std::size_t j = 0; j < tree.size(); ++j) expected[j] += tree[j] / total / 6.0;
  }
  const std::vector<double> importances = forest.feature_importances();
  for (std::size_t j = 0; j < expected.size(); ++j) EXPECT_NEAR(importances[j], expected[j], 1e-12);
}

TEST_F(RandomForestLaws, MaxSamplesLimitsTheDraws) {
  RandomForestOptions options = forest_options(3);
  options.max_samples.count = 100;
  const RandomForest hundred = RandomForest::fit(x_, rows_.y, options);
  for (int t = 0; t < 3; ++t) EXPECT_EQ(hundred.nodes(t)[0].rows, 100u);
  options.max_samples = {0, 0.25};
  EXPECT_EQ(RandomForest::fit(x_, rows_.y, options).nodes(0)[0].rows, 175u);
}

TEST(BootstrapWeights, AddUpAndAreDrawnEvenly) {
  constexpr std::uint32_t rows = 1000;
  std::vector<std::uint64_t> total(rows);
  std::uint64_t never = 0;
  for (std::uint32_t tree = 0; tree < 200; ++tree) {
    const auto weights = tree::bootstrap_weights(9, tree, rows, rows);
    std::uint64_t sum = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      sum += weights[row];
      total[row] += weights[row];
      never += weights[row] == 0;
    }
    ASSERT_EQ(sum, rows);
  }
  EXPECT_NEAR(static_cast<double>(never) / (200.0 * rows), std::exp(-1.0), 0.005);
  double chi_square = 0.0;
  for (const std::uint64_t count : total) chi_square += std::pow(static_cast<double>(count) - 200.0, 2) / 200.0;
  EXPECT_NEAR(chi_square, 999.0, 5.0 * std::sqrt(2.0 * 999.0));
}

TEST_F(RandomForestLaws, ReadsBackWhatItWrote) {
  RandomForestOptions options = forest_options(4);
  options.oob_score = true;
  const RandomForest forest = RandomForest::fit(x_, rows_.y, options);
  const std::string bytes = bytes_of(forest);
  core::ByteReader in(bytes, "forest");
  const RandomForest copy = RandomForest::read(in);
  in.expect_end();
  EXPECT_EQ(bytes_of(copy), bytes);
  EXPECT_EQ(copy.predict_proba(x_), forest.predict_proba(x_));
  EXPECT_EQ(copy.oob_score(), forest.oob_score());
}

TEST_F(RandomForestLaws, WhatCannotBeIsRefused) {
  const auto refuses = [&](const auto& change, const std::string& part) {
    RandomForestOptions options = forest_options(2);
    change(options);
    EXPECT_THAT([&] { RandomForest::fit(x_, rows_.y, options); }, ThrowsMessage<ParameterError>(HasSubstr(part)));
  };
  refuses([](auto& o) { o.n_estimators = 0; }, "n_estimators is 0");
  refuses([](auto& o) { o.max_samples.count = 701; }, "max_samples is 701");
  refuses([](auto& o) { o.max_samples.share = 1.5; }, "max_samples is 1.5");
  refuses([](auto& o) { o.bootstrap = false, o.max_samples.count = 5; }, "without bootstrap");
  refuses([](auto& o) { o.bootstrap = false, o.oob_score = true; }, "oob_score needs bootstrap");
  refuses([](auto& o) { o.tree.max_features = {MaxFeatures::Rule::count, 9, 0.0}; }, "max_features is 9");
  const std::vector<std::uint8_t> one_class(rows_.rows(), 1);
  EXPECT_THAT([&] { RandomForest::fit(x_, one_class, forest_options(2)); },
              ThrowsMessage<DataError>(HasSubstr("both classes")));
}

}  // namespace
}  // namespace cartwheel
