#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cartwheel/feature_matrix.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "core/philox.hpp"
#include "support/tree_oracle.hpp"

namespace cartwheel::test {

/// A small random data set with all that makes trees hard: few distinct values, equal rows, missing values, ties.
inline OracleTask random_tree_task(std::uint64_t seed) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  OracleTask task;
  const std::uint32_t rows = 2 + random.below(random.below(2) == 0 ? 12 : 60);
  const std::uint32_t columns = 1 + random.below(4);
  const bool with_missing = random.below(2) == 0;
  task.columns.resize(columns);
  for (auto& column : task.columns) {
    const std::uint32_t levels = 1 + random.below(random.below(3) == 0 ? 40 : 5);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const bool missing = with_missing && random.below(4) == 0;
      column.push_back(missing ? std::numeric_limits<float>::quiet_NaN()
                               : (static_cast<float>(random.below(levels)) - 2.0f) * 0.375f);
    }
  }
  for (std::uint32_t row = 0; row < rows; ++row) task.labels.push_back(random.below(2) == 0 ? 1 : 0);
  task.labels[0] = 0;
  task.labels[1] = 1;
  task.criterion = random.below(2) == 0 ? Criterion::gini : Criterion::entropy;
  if (random.below(3) == 0) {
    task.negative_factor = 1 + random.below(5);
    task.positive_factor = 1 + random.below(5);
  }
  if (random.below(3) == 0) task.max_depth = 1 + random.below(4);
  if (random.below(3) == 0) task.min_samples_split = 2 + random.below(6);
  if (random.below(3) == 0) task.min_samples_leaf = 1 + random.below(4);
  if (random.below(4) == 0) task.min_impurity_decrease = 0.0123 * random.below(4);
  return task;
}

/// The same, but that some columns are categories, and a node may look at some features only.
inline OracleTask random_mixed_task(std::uint64_t seed) {
  OracleTask task = random_tree_task(seed);
  core::RandomStream random(seed, core::RandomPurpose::generate, 1);
  for (auto& column : task.columns) {
    task.by_level.push_back(random.below(2) == 0);
    if (!task.by_level.back()) continue;
    std::vector<float> levels;
    for (const float value : column)
      if (!std::isnan(value)) levels.push_back(value);
    std::ranges::sort(levels);
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    for (float& value : column)
      if (!std::isnan(value)) value = static_cast<float>(1 + (std::ranges::find(levels, value) - levels.begin()));
  }
  if (random.below(2) == 0) task.max_features = 1 + random.below(static_cast<std::uint32_t>(task.columns.size()));
  task.seed = seed;
  return task;
}

/// The columns of a task.
inline FeatureMatrix matrix_of(const OracleTask& task) {
  FeatureMatrix x(task.labels.size());
  for (std::size_t j = 0; j < task.columns.size(); ++j) {
    const std::string name = "x" + std::to_string(j);
    if (task.by_level.empty() || !task.by_level[j]) {
      x.add(name, FloatColumn{task.columns[j]});
      continue;
    }
    CategoryColumn column{{}, {""}};
    for (const float value : task.columns[j]) {
      column.codes.push_back(std::isnan(value) ? 0u : static_cast<std::uint32_t>(value));
      while (column.levels.size() <= column.codes.back())  // places are in order of bytes
        column.levels.push_back(std::string(1, static_cast<char>('0' + column.levels.size())));
    }
    x.add(name, column);
  }
  return x;
}

/// The options of the same task. Two factors become class weights.
inline DecisionTreeOptions options_of(const OracleTask& task) {
  DecisionTreeOptions options;
  options.criterion = task.criterion;
  options.max_depth = task.max_depth > 1000 ? 0 : static_cast<int>(task.max_depth);
  options.min_samples_split.count = static_cast<std::int64_t>(task.min_samples_split);
  options.min_samples_leaf.count = static_cast<std::int64_t>(task.min_samples_leaf);
  options.min_impurity_decrease = task.min_impurity_decrease;
  if (task.max_features < task.columns.size())
    options.max_features = {MaxFeatures::Rule::count, static_cast<std::int64_t>(task.max_features), 0.0};
  options.seed = task.seed;
  options.class_weight.rule = ClassWeight::Rule::given;
  options.class_weight.weights = {static_cast<double>(task.negative_factor), static_cast<double>(task.positive_factor)};
  return options;
}

/// Whether `nodes` are the oracle's: the same splits, thresholds (as float32 rounded down), counts and sides.
inline ::testing::AssertionResult same_tree(const std::vector<TreeNode>& nodes,
                                            const std::vector<OracleNode>& expected) {
  if (nodes.size() != expected.size())
    return ::testing::AssertionFailure() << nodes.size() << " nodes, the oracle has " << expected.size();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    const OracleNode& oracle = expected[i];
    const bool same_links = node.feature == oracle.feature && node.left == oracle.left && node.right == oracle.right &&
                            node.missing_left == oracle.missing_left && node.rows == oracle.rows &&
                            node.positives == oracle.positives;
    if (node.levels != oracle.levels) return ::testing::AssertionFailure() << "levels of node " << i;
    const bool same_threshold =
        node.feature < 0 || !node.levels.empty() || node.threshold == oracle.threshold ||
        (node.threshold < oracle.threshold &&
         std::nextafter(node.threshold, std::numeric_limits<float>::infinity()) > oracle.threshold);
    if (!same_links || !same_threshold)
      return ::testing::AssertionFailure()
             << "node " << i << ": x" << node.feature << " <= " << node.threshold << ", missing "
             << (node.missing_left ? "left" : "right") << ", " << node.rows << " rows, " << node.positives
             << " positives; the oracle has x" << oracle.feature << " <= " << oracle.threshold << ", missing "
             << (oracle.missing_left ? "left" : "right") << ", " << oracle.rows << " rows, " << oracle.positives;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace cartwheel::test
