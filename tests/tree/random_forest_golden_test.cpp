#include <gtest/gtest.h>

#include <cartwheel/metrics.hpp>
#include <cartwheel/random_forest.hpp>
#include <numeric>

#include "support/counter_data.hpp"
#include "support/golden_file.hpp"

namespace cartwheel {
namespace {

/// Rows [begin, end) of made-up data.
FeatureMatrix matrix_of(const test::CounterData& data, std::size_t begin, std::size_t end) {
  FeatureMatrix x(end - begin);
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    FloatColumn column;
    for (std::size_t i = begin; i < end; ++i) column.values.push_back(static_cast<float>(data.columns[j][i]));
    x.add("f" + std::to_string(j), std::move(column));
  }
  return x;
}

// Two forests never draw the same numbers, so only the mean over seeds can be compared: its own error is about 0.0005.
TEST(RandomForestGolden, TheMeanAucIsScikitLearns) {
  const auto golden = test::golden_file("random_forest/random_forest.json");
  const auto train = golden.at("train").get<std::size_t>(), rows = train + golden.at("test").get<std::size_t>();
  for (const auto& expected : golden.at("cases")) {
    const auto data =
        test::make_counter_data(expected.at("seed"), static_cast<std::uint32_t>(rows),
                                expected.at("levels").get<std::vector<std::uint32_t>>(), expected.at("noise"));
    ASSERT_EQ(std::accumulate(data.labels.begin(), data.labels.end(), 0), expected.at("label_sum")) << "other data";
    const FeatureMatrix known = matrix_of(data, 0, train), unknown = matrix_of(data, train, rows);
    const std::vector<std::uint8_t> y(data.labels.begin(), data.labels.begin() + static_cast<std::ptrdiff_t>(train));
    const std::vector<std::uint8_t> truth(data.labels.begin() + static_cast<std::ptrdiff_t>(train), data.labels.end());

    RandomForestOptions options;
    options.n_estimators = expected.at("n_estimators");
    options.tree.criterion = expected.at("criterion") == "gini" ? Criterion::gini : Criterion::entropy;
    options.tree.max_depth = expected.at("max_depth");
    options.tree.min_samples_leaf.count = expected.at("min_samples_leaf");
    options.tree.max_features.rule =
        expected.at("max_features") == "sqrt" ? MaxFeatures::Rule::sqrt : MaxFeatures::Rule::log2;
    double sum = 0.0;
    const int seeds = golden.at("seeds");
    for (int seed = 0; seed < seeds; ++seed) {
      options.tree.seed = static_cast<std::uint64_t>(seed);
      sum += roc_auc(truth, RandomForest::fit(known, y, options).predict_proba(unknown)).value();
    }
    EXPECT_NEAR(sum / seeds, expected.at("mean_auc").get<double>(), 0.003) << expected.at("seed");
  }
}

}  // namespace
}  // namespace cartwheel
