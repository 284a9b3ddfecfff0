#include <gmock/gmock.h>

#include <cartwheel/decision_tree.hpp>
#include <numeric>

#include "support/counter_data.hpp"
#include "support/float_matrix.hpp"
#include "support/golden_file.hpp"
#include "support/tree_oracle.hpp"

/// scikit-learn breaks ties at random, so its tree is the one that ours must equal only where no node has a tie; the
/// oracle says where. Figures: tests/golden/decision_tree/make.py.
namespace cartwheel {
namespace {

struct Case {
  nlohmann::json golden;
  test::CounterData data;
  std::vector<std::vector<float>> columns;
};

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  const auto document = test::golden_file("decision_tree/decision_tree.json");
  for (const auto& golden : document["cases"]) {
    Case one{golden, test::make_counter_data(golden["seed"], golden["rows"], golden["levels"], golden["noise"]), {}};
    for (const auto& column : one.data.columns) {
      one.columns.emplace_back();
      for (const std::uint32_t level : column) one.columns.back().push_back(static_cast<float>(level) / 8.0f);
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

CountOrShare count_or_share(const nlohmann::json& value) {
  if (value.is_number_integer()) return {value, 0.0};
  return {0, value};
}

DecisionTreeOptions options_of(const nlohmann::json& golden) {
  DecisionTreeOptions options;
  options.criterion = golden["criterion"] == "gini" ? Criterion::gini : Criterion::entropy;
  options.max_depth = golden["max_depth"];
  options.min_samples_split = count_or_share(golden["min_samples_split"]);
  options.min_samples_leaf = count_or_share(golden["min_samples_leaf"]);
  options.min_impurity_decrease = golden["min_impurity_decrease"];
  if (golden["class_weight"].is_array()) options.class_weight = {ClassWeight::Rule::given, golden["class_weight"]};
  if (golden["class_weight"].is_string()) options.class_weight.rule = ClassWeight::Rule::balanced;
  return options;
}

std::size_t resolve(const CountOrShare& value, std::size_t least, std::size_t rows) {
  if (value.share == 0.0) return static_cast<std::size_t>(value.count);
  return std::max(least, static_cast<std::size_t>(std::ceil(value.share * static_cast<double>(rows))));
}

test::OracleTask oracle_task(const Case& one, const DecisionTreeOptions& options) {
  test::OracleTask task{one.columns, one.data.labels, {}};
  const std::size_t rows = task.labels.size();
  task.criterion = options.criterion;
  if (options.class_weight.rule == ClassWeight::Rule::given) {
    task.negative_factor = static_cast<std::uint64_t>(options.class_weight.weights[0]);
    task.positive_factor = static_cast<std::uint64_t>(options.class_weight.weights[1]);
  } else if (options.class_weight.rule == ClassWeight::Rule::balanced) {
    task.negative_factor = static_cast<std::uint64_t>(std::ranges::count(task.labels, 1));
    task.positive_factor = rows - task.negative_factor;
    const auto divisor = std::gcd(task.negative_factor, task.positive_factor);
    task.negative_factor /= divisor;
    task.positive_factor /= divisor;
  }
  if (options.max_depth > 0) task.max_depth = static_cast<std::size_t>(options.max_depth);
  task.min_samples_split = resolve(options.min_samples_split, 2, rows);
  task.min_samples_leaf = resolve(options.min_samples_leaf, 1, rows);
  task.min_impurity_decrease = options.min_impurity_decrease;
  return task;
}

TEST(DecisionTreeGolden, TreesWithoutTiesAreScikitLearns) {
  int without_ties = 0;
  for (const Case& one : read_cases()) {
    SCOPED_TRACE(one.golden["seed"]);
    std::uint64_t checksum = std::accumulate(one.data.labels.begin(), one.data.labels.end(), std::uint64_t{0});
    for (const auto& column : one.data.columns)
      checksum += std::accumulate(column.begin(), column.end(), std::uint64_t{0});
    ASSERT_EQ(checksum, one.golden["checksum"].get<std::uint64_t>()) << "the data are not those of the script";
    const DecisionTreeOptions options = options_of(one.golden["options"]);
    if (std::ranges::any_of(test::TreeOracle(oracle_task(one, options)).grow(), &test::OracleNode::tied)) continue;
    ++without_ties;
    const auto tree = DecisionTree::fit(test::float_matrix(one.columns), one.data.labels, options);
    const auto nodes = tree.nodes();
    ASSERT_EQ(nodes.size(), one.golden["feature"].size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      EXPECT_EQ(nodes[i].feature, one.golden["feature"][i].get<int>()) << "node " << i;
      // Midpoints of multiples of 1/8 below 128: exact in both.
      EXPECT_EQ(static_cast<double>(nodes[i].threshold), one.golden["threshold"][i].get<double>()) << "node " << i;
      EXPECT_EQ(nodes[i].rows, one.golden["counts"][i][0].get<std::uint32_t>()) << "node " << i;
      EXPECT_EQ(nodes[i].positives, one.golden["counts"][i][1].get<std::uint32_t>()) << "node " << i;
      // 14 digits are stored, and scikit-learn's impurity comes from other operations.
      EXPECT_NEAR(nodes[i].impurity, one.golden["impurity"][i].get<double>(), 1e-12) << "node " << i;
    }
    const auto importances = tree.feature_importances();
    for (std::size_t j = 0; j < importances.size(); ++j)
      EXPECT_NEAR(importances[j], one.golden["importances"][j].get<double>(), 1e-11);
  }
  RecordProperty("without_ties", without_ties);
  EXPECT_GE(without_ties, 75);
}

}  // namespace
}  // namespace cartwheel
