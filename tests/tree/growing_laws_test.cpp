#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <vector>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"
#include "support/random_tree_task.hpp"
#include "tree/bootstrap.hpp"
#include "tree/grow_settings.hpp"

/// Laws of growing that hold for every tree: what must not change the result, and what must change it in a known way.
namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class M>
std::string bytes_of(const M& model) {
  core::ByteWriter out;
  model.write(out);
  return out.bytes();
}

/// Numbers of few and many values, bits, and categories of few and many levels, with missing values.
struct MixedTask {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;

  MixedTask(std::uint64_t seed, std::uint32_t rows) : x(rows) {
    const test::LooseLabels numbers(seed, rows, 6);
    y = numbers.labels;
    core::RandomStream random(seed, core::RandomPurpose::generate, 1);
    for (std::size_t j = 0; j < 6; ++j) x.add("number" + std::to_string(j), FloatColumn{numbers.columns[j]});
    for (const std::uint32_t levels : {4u, 400u}) {
      CategoryColumn column{{}, {""}};
      for (std::uint32_t level = 1; level < levels; ++level) column.levels.push_back("level" + std::to_string(level));
      for (std::uint32_t row = 0; row < rows; ++row)
        column.codes.push_back((random.below(levels) + y[row] * random.below(levels)) % levels);
      x.add("category" + std::to_string(levels), std::move(column));
    }
    BitColumn bits{std::vector<std::uint64_t>((rows + 63) / 64)};
    for (std::uint32_t row = 0; row < rows; ++row) bits.words[row / 64] |= std::uint64_t{random.below(2)} << (row % 64);
    x.add("bit", bits);
  }
};

TEST(GrowingLaws, NeitherThreadsNorLayoutsNorBlocksChangeAByte) {
  const MixedTask task(3, 5000);
  const tree::BinnedColumns binned = tree::bin_columns(task.x, 255), exact = tree::bin_columns(task.x, 65'535);
  std::vector<std::uint64_t> units;
  for (std::uint32_t row = 0; row < binned.rows; ++row) units.push_back(1 + row * 7919 % 1000);
  const auto draws = tree::bootstrap_weights(5, 0, binned.rows, binned.rows);
  const std::vector<tree::TreeSample> samples{{0, {}}, {1, draws}};
  for (const bool entropy : {false, true})
    for (const bool with_units : {false, true})
      for (const std::int64_t leaf : {1, 3})
        for (const tree::BinnedColumns* columns : {&binned, &exact}) {
          DecisionTreeOptions options;
          options.criterion = entropy ? Criterion::entropy : Criterion::gini;
          options.min_samples_leaf.count = leaf;
          options.max_features.rule = entropy ? MaxFeatures::Rule::all : MaxFeatures::Rule::sqrt;
          tree::GrowSettings settings = tree::make_grow_settings(options, {binned.rows, 1}, binned.columns);
          if (with_units) settings.units = units;
          std::set<std::string> results;
          const std::size_t never = 1u << 30;
          for (const tree::GrowPlan& plan :
               {tree::GrowPlan{}, tree::GrowPlan{0, 0, 0}, tree::GrowPlan{0, 0, never}, tree::GrowPlan{300, 0, 0},
                tree::GrowPlan{300, 40, 2}, tree::GrowPlan{never, never, 0}, tree::GrowPlan{never, 100, 0},
                tree::GrowPlan{300, 40, 8, 0}, tree::GrowPlan{300, 40, 8, 5}, tree::GrowPlan{300, 40, 8, 32, false}})
            for (const int threads : plan.sparse == 2 ? std::vector<int>{1, 2, 7} : std::vector<int>{2})
              core::with_threads(threads, [&] {
                settings.plan = plan;
                core::ByteWriter out;
                for (const auto& nodes : tree::make_cpu_grower(*columns, task.y, settings)->grow(samples)) {
                  EXPECT_GT(nodes.size(), 300u);
                  nodes.write(out);
                }
                results.insert(out.bytes());
              });
          EXPECT_EQ(results.size(), 1u) << entropy << with_units << leaf;
        }
}

/// Integer weights in the oracle are sample weights here; the oracle counts weights where a tree counts rows.
::testing::AssertionResult same_splits(const std::vector<TreeNode>& nodes, std::vector<test::OracleNode> oracle,
                                       const test::OracleTask& task) {
  if (nodes.size() != oracle.size()) return ::testing::AssertionFailure() << "sizes differ";
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double positives = static_cast<double>(task.positive_factor * oracle[i].positives),
                 negatives = static_cast<double>(task.negative_factor * (oracle[i].rows - oracle[i].positives));
    if (std::abs(nodes[i].probability - positives / (positives + negatives)) > 1e-12)
      return ::testing::AssertionFailure() << "probability of node " << i;
    oracle[i].rows = nodes[i].rows;
    oracle[i].positives = nodes[i].positives;
  }
  return test::same_tree(nodes, oracle);
}

TEST(GrowingLaws, SampleWeightsCountInGainsAsTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    test::OracleTask task = test::random_tree_task(seed);
    core::RandomStream random(seed, core::RandomPurpose::bootstrap_rows);
    std::vector<double> weights;
    for (std::size_t row = 0; row < task.labels.size(); ++row) {
      task.weights.push_back(row < 2 ? 1 + random.below(3) : random.below(4));
      weights.push_back(0.375 * task.weights.back());
    }
    const auto tree = DecisionTree::fit(test::float_matrix(task.columns), task.labels, test::options_of(task), weights);
    ASSERT_TRUE(same_splits(tree.nodes(), test::TreeOracle(task).grow(), task)) << "seed " << seed;
  }
}

TEST(GrowingLaws, ARowOfWeightTwoIsTheRowTwice) {
  const MixedTask task(4, 1500);
  std::vector<double> weights;
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> labels;
  for (std::uint32_t row = 0; row < 1500; ++row) {
    weights.push_back(1.0 + row % 3);
    for (std::uint32_t i = 0; i <= row % 3; ++i) {
      rows.push_back(row);
      labels.push_back(task.y[row]);
    }
  }
  for (const auto rule : {ClassWeight::Rule::none, ClassWeight::Rule::balanced})
    for (const auto criterion : {Criterion::gini, Criterion::entropy}) {
      DecisionTreeOptions options{.criterion = criterion, .class_weight = {rule, {}}};
      const auto weighted = DecisionTree::fit(task.x, task.y, options, weights),
                 repeated = DecisionTree::fit(task.x.select_rows(rows), labels, options);
      const auto a = weighted.nodes(), b = repeated.nodes();
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        ASSERT_EQ(a[i].feature, b[i].feature) << i;
        ASSERT_EQ(a[i].threshold, b[i].threshold);
        ASSERT_EQ(a[i].levels, b[i].levels);
        ASSERT_DOUBLE_EQ(a[i].weight, b[i].weight);
      }
      EXPECT_EQ(weighted.predict_proba(task.x), repeated.predict_proba(task.x));
    }
}

TEST(GrowingLaws, ARowOfWeightZeroIsNotThere) {
  const MixedTask task(5, 800);
  std::vector<double> weights;
  std::vector<std::uint32_t> rows;
  std::vector<std::uint8_t> labels;
  for (std::uint32_t row = 0; row < 800; ++row) {
    weights.push_back(row % 4 == 1 ? 0.0 : 1.5);
    if (weights.back() == 0.0) continue;
    rows.push_back(row);
    labels.push_back(task.y[row]);
  }
  const FeatureMatrix kept = task.x.select_rows(rows);
  const std::vector<double> kept_weights(rows.size(), 1.5);
  RandomForestOptions options;
  options.n_estimators = 4;
  options.oob_score = true;
  const auto with = RandomForest::fit(task.x, task.y, options, weights),
             without = RandomForest::fit(kept, labels, options, kept_weights);
  EXPECT_EQ(with.nodes(2).size(), without.nodes(2).size());
  EXPECT_EQ(with.predict_proba(task.x), without.predict_proba(task.x));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double a = with.oob_probability()[rows[i]], b = without.oob_probability()[i];
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
  }
  EXPECT_TRUE(std::isnan(with.oob_probability()[1]));
  // Equal weights are no weights.
  const auto plain = RandomForest::fit(kept, labels, options);
  EXPECT_EQ(without.predict_proba(task.x), plain.predict_proba(task.x));
}

TEST(GrowingLaws, WeightsThatNoTreeCanCountAreRefused) {
  const auto x = test::float_matrix({{1, 2, 3}});
  const std::vector<std::uint8_t> y{0, 1, 0};
  EXPECT_THAT(
      [&] {
        DecisionTree::fit(x, y, {}, std::vector<double>{1.0, 1.0, 1e-20});
      },
      ThrowsMessage<DataError>(HasSubstr("the weight of row 2 is 1e-20, which is nothing beside")));
  EXPECT_THROW(DecisionTree::fit(x, y, {}, std::vector<double>{1.0, 1.0}), DataError);
  EXPECT_THROW(DecisionTree::fit(x, y, {}, std::vector<double>{1.0, -1.0, 1.0}), DataError);
  EXPECT_THROW(DecisionTree::fit(x, y, {}, std::vector<double>{1.0, 0.0, 1.0}), DataError);
  EXPECT_EQ(DecisionTree::fit(x, y, {}, std::vector<double>{1e100, 1e100, 1e95}).nodes().size(), 5u);
}

/// Weighted gini impurity of the two sides together, by the definition.
double impurity_of_parts(const std::vector<std::uint32_t>& codes, const std::vector<std::uint8_t>& y,
                         const std::function<bool(std::uint32_t)>& goes_left) {
  double rows[2] = {0, 0}, positives[2] = {0, 0};
  for (std::size_t row = 0; row < y.size(); ++row) {
    const int side = goes_left(codes[row]) ? 0 : 1;
    rows[side] += 1;
    positives[side] += y[row];
  }
  double sum = 0.0;
  for (const int side : {0, 1})
    if (rows[side] > 0) sum += 2.0 * positives[side] * (rows[side] - positives[side]) / rows[side];
  return sum;
}

TEST(GrowingLaws, ASplitOfACategoryIsTheBestOfAllSubsets) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    core::RandomStream random(seed, core::RandomPurpose::generate);
    const std::uint32_t levels = 2 + random.below(6), rows = 4 + random.below(60);
    CategoryColumn column{{}, {""}};
    for (std::uint32_t level = 1; level < levels; ++level)
      column.levels.push_back(std::string(1, static_cast<char>('z' - level)));
    std::vector<std::uint8_t> y;
    for (std::uint32_t row = 0; row < rows; ++row) {
      column.codes.push_back(random.below(levels));
      y.push_back(static_cast<std::uint8_t>(random.below(2)));
    }
    y[0] = 0;
    y[1] = 1;
    FeatureMatrix x(rows);
    x.add("c", column);
    const auto tree = DecisionTree::fit(x, y, {.max_depth = 1});
    double best = std::numeric_limits<double>::infinity();
    for (std::uint32_t set = 0; set < 1u << levels; ++set) {  // missing is a level of its own here
      const auto left = [&](std::uint32_t code) { return (set >> code & 1) != 0; };
      const auto in_set = std::ranges::count_if(column.codes, left);
      if (in_set > 0 && in_set < static_cast<std::ptrdiff_t>(rows))
        best = std::min(best, impurity_of_parts(column.codes, y, left));
    }
    const auto nodes = tree.nodes();
    if (nodes.size() == 1) {
      EXPECT_TRUE(std::isinf(best)) << seed;
      continue;
    }
    const auto probabilities = tree.predict_proba(x);
    const double left = nodes[1].probability;
    std::vector<std::uint32_t> sides;
    for (const double p : probabilities) sides.push_back(p == left ? 1 : 0);
    if (nodes[1].probability == nodes[2].probability) continue;
    EXPECT_NEAR(impurity_of_parts(sides, y, [](std::uint32_t side) { return side == 1; }), best, 1e-9) << seed;
  }
}

TEST(GrowingLaws, TwoLevelsAreOneBit) {
  core::RandomStream random(8, core::RandomPurpose::generate);
  constexpr std::uint32_t rows = 700;
  const test::LooseLabels numbers(8, rows, 3);
  CategoryColumn category{{}, {"", "no", "yes"}};
  std::vector<float> bit;
  for (std::uint32_t row = 0; row < rows; ++row) {
    category.codes.push_back(1 + random.below(2));
    bit.push_back(category.codes.back() == 2 ? 1.0f : 0.0f);
  }
  FeatureMatrix natively(rows), one_hot(rows);
  natively.add("c", category);
  one_hot.add("c", FloatColumn{bit});
  for (std::size_t j = 0; j < 3; ++j) {
    natively.add("x" + std::to_string(j), FloatColumn{numbers.columns[j]});
    one_hot.add("x" + std::to_string(j), FloatColumn{numbers.columns[j]});
  }
  const auto a = DecisionTree::fit(natively, numbers.labels), b = DecisionTree::fit(one_hot, numbers.labels);
  EXPECT_EQ(a.nodes().size(), b.nodes().size());
  EXPECT_EQ(a.predict_proba(natively), b.predict_proba(one_hot));
}

TEST(GrowingLaws, CodesAndLevelsWithoutRowsLeaveNoTrace) {
  const MixedTask task(9, 900);
  FeatureMatrix recoded(900);
  for (std::size_t j = 0; j < task.x.columns(); ++j) {
    FeatureMatrix::Column column = task.x.column(j);
    if (auto* const category = std::get_if<CategoryColumn>(&column)) {
      const auto last =
          static_cast<std::uint32_t>(category->levels.size());  // code c becomes last - c, after a new level
      std::vector<std::string> levels{""};
      levels.resize(last);
      for (std::uint32_t code = 1; code < last; ++code) levels[last - code] = category->levels[code];
      levels.push_back("of the future");
      for (std::uint32_t& code : category->codes) code = code == 0 ? 0 : last - code;
      category->levels = levels;
    }
    recoded.add(task.x.names()[j], column);
  }
  const auto tree = DecisionTree::fit(task.x, task.y);
  EXPECT_EQ(bytes_of(DecisionTree::fit(recoded, task.y)), bytes_of(tree));
  EXPECT_EQ(tree.predict_proba(recoded), tree.predict_proba(task.x));
  EXPECT_EQ(tree.levels()[6], (std::vector<std::string>{"", "level1", "level2", "level3"}));
  const std::string bytes = bytes_of(tree);
  core::ByteReader in(bytes, "tree");
  EXPECT_EQ(DecisionTree::read(in).predict_proba(recoded), tree.predict_proba(task.x));
}

TEST(GrowingLaws, ALevelUnseenInTrainingGoesWhereMissingGoes) {
  FeatureMatrix x(6), later(3);
  x.add("c", CategoryColumn{{1, 1, 2, 2, 3, 3}, {"", "a", "b", "c"}});
  later.add("c", CategoryColumn{{0, 1, 2}, {"", "new", "b"}});
  const auto tree = DecisionTree::fit(x, std::vector<std::uint8_t>{0, 0, 1, 1, 0, 0});
  ASSERT_EQ(tree.nodes().size(), 3u);
  EXPECT_THAT(tree.predict_proba(later), ::testing::ElementsAre(0.0, 0.0, 1.0));  // the larger side is a and c
}

TEST(GrowingLaws, TheOrderOfColumnsDoesNotMatterWhereNoTwoGainTheSame) {
  const test::LooseLabels data(10, 4000, 5);
  FeatureMatrix forth(4000), back(4000);
  for (std::size_t j = 0; j < 5; ++j) {
    forth.add("x" + std::to_string(j), FloatColumn{data.columns[j]});
    back.add("x" + std::to_string(4 - j), FloatColumn{data.columns[4 - j]});
  }
  const DecisionTreeOptions options{.max_depth = 5, .min_samples_leaf = {20, 0}};
  EXPECT_EQ(DecisionTree::fit(forth, data.labels, options).predict_proba(forth),
            DecisionTree::fit(back, data.labels, options).predict_proba(back));
}

TEST(GrowingLaws, FewerBinsLoseNoMoreThanStated) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    core::RandomStream random(seed, core::RandomPurpose::generate);
    std::vector<float> column;
    std::vector<std::uint8_t> y;
    for (int row = 0; row < 600; ++row) {
      const double u = random.uniform();
      column.push_back(static_cast<float>(random.below(3) == 0 ? std::floor(u * 5.0) / 5.0 : u * u * u));
      y.push_back(random.uniform() < 0.2 + 0.6 * (std::abs(u - 0.4) < 0.1) ? 1 : 0);
    }
    const auto x = test::float_matrix({column});
    const auto decrease = [&](int max_bins) {
      const auto nodes = DecisionTree::fit(x, y, {.max_depth = 1, .max_bins = max_bins}).nodes();
      if (nodes.size() == 1) return 0.0;
      return nodes[0].impurity -
             (nodes[1].rows * nodes[1].impurity + nodes[2].rows * nodes[2].impurity) / nodes[0].rows;
    };
    for (const int max_bins : {2, 8, 32}) {
      EXPECT_GE(decrease(max_bins), decrease(65'535) - 4.0 / max_bins);
      EXPECT_LE(decrease(max_bins), decrease(65'535) + 1e-12);
    }
    EXPECT_EQ(decrease(600), decrease(65'535));  // as many bins as rows
  }
}

}  // namespace
}  // namespace cartwheel
