#include "tree/prune.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/random_forest.hpp>
#include <cmath>
#include <functional>

#include "core/bytes.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"
#include "support/random_tree_task.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;

/// Pruning by its definition: before each cut, everything is measured anew.
struct SlowPruning {
  std::vector<TreeNode> nodes;

  std::size_t child(std::size_t i, bool right) const {
    return static_cast<std::size_t>(right ? nodes[i].right : nodes[i].left);
  }
  double risk(std::size_t i) const { return nodes[i].weight / nodes[0].weight * nodes[i].impurity; }
  double branch_risk(std::size_t i) const {
    return nodes[i].feature < 0 ? risk(i) : branch_risk(child(i, false)) + branch_risk(child(i, true));
  }
  int leaves(std::size_t i) const {
    return nodes[i].feature < 0 ? 1 : leaves(child(i, false)) + leaves(child(i, true));
  }
  void each_split(std::size_t i, const std::function<void(std::size_t)>& work) const {
    if (nodes[i].feature < 0) return;
    work(i);
    each_split(child(i, false), work);
    each_split(child(i, true), work);
  }
  double strength(std::size_t i) const { return (risk(i) - branch_risk(i)) / (leaves(i) - 1); }
  double weakest() const {
    double least = std::numeric_limits<double>::infinity();
    each_split(0, [&](std::size_t i) { least = std::min(least, strength(i)); });
    return least;
  }
  /// Cuts all that are as weak as `alpha`, but for rounding.
  void cut(double alpha) {
    while (weakest() <= alpha + 1e-12) {
      std::size_t found = 0;
      each_split(0, [&](std::size_t i) {
        if (strength(i) <= alpha + 1e-12) found = i;
      });
      nodes[found].feature = -1;
    }
  }
};

TEST(Prune, ThePathIsThatOfTheDefinition) {
  std::size_t cuts = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const test::OracleTask task = test::random_tree_task(seed);
    const auto tree = DecisionTree::fit(test::float_matrix(task.columns), task.labels, test::options_of(task));
    const PruningPath path = tree.cost_complexity_pruning_path();
    SlowPruning slow{tree.nodes()};
    ASSERT_EQ(path.ccp_alphas.size(), path.impurities.size());
    EXPECT_EQ(path.ccp_alphas[0], 0.0);
    EXPECT_NEAR(path.impurities[0], slow.branch_risk(0), 1e-14);
    for (std::size_t i = 1; i < path.ccp_alphas.size(); ++i) {
      if (i > 1 && path.ccp_alphas[i] < path.ccp_alphas[i - 1] + 1e-12) continue;  // cut together with the last
      ASSERT_NEAR(path.ccp_alphas[i], slow.weakest(), 1e-13) << "seed " << seed << ", cut " << i;
      std::size_t last = i;
      while (last + 1 < path.ccp_alphas.size() && path.ccp_alphas[last + 1] < path.ccp_alphas[last] + 1e-12) ++last;
      slow.cut(path.ccp_alphas[last]);
      EXPECT_NEAR(path.impurities[last], slow.branch_risk(0), 1e-13) << "seed " << seed << ", cut " << i;
      ++cuts;
    }
    EXPECT_EQ(slow.leaves(0), 1);
  }
  EXPECT_GT(cuts, 400u);
}

TEST(Prune, LeavesTheTreeOfTheDefinition) {
  const test::LooseLabels data(3, 800, 4);
  const auto full = DecisionTree::fit(data.matrix(), data.labels);
  const auto path = full.cost_complexity_pruning_path();
  ASSERT_GT(path.ccp_alphas.size(), 30u);
  for (const std::size_t i : {path.ccp_alphas.size() / 3, path.ccp_alphas.size() - 4}) {
    const double alpha = (path.ccp_alphas[i] + path.ccp_alphas[i + 1]) / 2;
    const auto pruned = DecisionTree::fit(data.matrix(), data.labels, {.ccp_alpha = alpha});
    SlowPruning slow{full.nodes()};
    slow.cut(alpha);
    const auto nodes = pruned.nodes();
    EXPECT_EQ(static_cast<std::size_t>(slow.leaves(0)), nodes.size() / 2 + 1);
    // Side by side: each node is the full tree's, with the counts of what was below it.
    std::vector<std::size_t> number{0};
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const TreeNode& expected = slow.nodes[number[k]];
      ASSERT_EQ(nodes[k].feature, expected.feature);
      EXPECT_EQ(nodes[k].rows, expected.rows);
      EXPECT_EQ(nodes[k].positives, expected.positives);
      EXPECT_EQ(nodes[k].probability, expected.probability);
      if (nodes[k].feature < 0) continue;
      EXPECT_EQ(nodes[k].threshold, expected.threshold);
      for (const bool right : {false, true}) number.push_back(slow.child(number[k], right));
    }
    // What is left has nothing more to cut.
    EXPECT_GT(pruned.cost_complexity_pruning_path().ccp_alphas[1], alpha);
  }
}

TEST(Prune, NothingGoesAtZeroAndAllAtTheEnd) {
  const auto x = test::float_matrix({{0, 0, 1, 1}, {0, 1, 0, 1}});
  const std::vector<std::uint8_t> labels{0, 1, 1, 0};  // the first split saves nothing
  EXPECT_EQ(DecisionTree::fit(x, labels, {.ccp_alpha = 0.0}).nodes().size(), 7u);
  EXPECT_EQ(DecisionTree::fit(x, labels, {.ccp_alpha = 1e-9}).nodes().size(), 7u);
  EXPECT_EQ(DecisionTree::fit(x, labels, {.ccp_alpha = 0.2}).nodes().size(), 1u);
  // The lower splits save 1/4 each for a leaf more, all three together 1/2 for three leaves more.
  EXPECT_THAT(DecisionTree::fit(x, labels).cost_complexity_pruning_path().ccp_alphas,
              ElementsAre(0.0, ::testing::DoubleEq(0.5 / 3)));
  const auto leaf = DecisionTree::fit(test::float_matrix({{1, 1}}), std::vector<std::uint8_t>{0, 1});
  EXPECT_THAT(leaf.cost_complexity_pruning_path().impurities, ElementsAre(0.5));
}

TEST(Prune, AForestsTreesArePrunedEachForItself) {
  const test::LooseLabels data(4, 500, 4);
  RandomForestOptions options;
  options.n_estimators = 5;
  const auto full = RandomForest::fit(data.matrix(), data.labels, options);
  options.tree.ccp_alpha = 0.003;
  const auto pruned = RandomForest::fit(data.matrix(), data.labels, options);
  for (int i = 0; i < 5; ++i) {
    SlowPruning slow{full.nodes(i)};
    slow.cut(0.003);
    EXPECT_EQ(static_cast<std::size_t>(slow.leaves(0)), pruned.nodes(i).size() / 2 + 1);
    EXPECT_LT(pruned.nodes(i).size(), full.nodes(i).size());
  }
}

TEST(Prune, LevelSetsAndWeightsSurvive) {
  const std::vector<std::uint16_t> first{1, 2}, second{4};
  tree::TreeNodes nodes({}, {{10, 4}, {100, 40}}, true), expected = nodes;
  nodes.split(0, {2, 0.0f, true, first}, {{6, 1}, {60, 10}}, {{4, 3}, {40, 30}});
  nodes.split(1, {0, 1.0f, false, {}}, {{3, 1}, {30, 10}}, {{3, 0}, {30, 0}});
  nodes.split(2, {2, 0.0f, false, second}, {{2, 2}, {20, 20}}, {{2, 1}, {20, 10}});
  expected.split(0, {2, 0.0f, true, first}, {{6, 1}, {60, 10}}, {{4, 3}, {40, 30}});
  expected.split(2, {2, 0.0f, false, second}, {{2, 2}, {20, 20}}, {{2, 1}, {20, 10}});
  std::vector<bool> leaves(7);
  leaves[1] = true;
  const auto bytes = [](const tree::TreeNodes& tree) {
    core::ByteWriter out;
    tree.write(out);
    return out.bytes();
  };
  EXPECT_EQ(bytes(nodes.cut_at(leaves)), bytes(expected));
}

}  // namespace
}  // namespace cartwheel
