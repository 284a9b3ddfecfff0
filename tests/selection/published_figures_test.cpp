#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cartwheel/experiment.hpp>
#include <cartwheel/read_events.hpp>
#include <filesystem>

#include "core/time.hpp"

using namespace cartwheel;

// The figures that the published method reaches on two months of a real shop (data/README.md beside the log), made with
// pandas 1.5.3 and scikit-learn 1.2.1.
namespace {

const std::filesystem::path store = CARTWHEEL_SHARED_DATA_DIR "/store_2016-08_09.csv";

struct Published {
  const char* model;
  std::array<double, 4> f1_optimized;  ///< By batch.
};
constexpr std::array<Published, 4> published{{{"bernoulli_nb", {0.5936, 0.5925, 0.6200, 0.6502}},
                                              {"logistic_regression", {0.6778, 0.6757, 0.6859, 0.6671}},
                                              {"decision_tree", {0.7112, 0.6994, 0.6917, 0.6803}},
                                              {"random_forest", {0.7249, 0.7122, 0.7077, 0.7091}}}};

/// The published grid of each model.
ParameterGrid grid_of(std::string_view model) {
  const auto texts = [](std::initializer_list<const char*> all) {
    std::vector<ParameterValue> values;
    for (const char* text : all) values.emplace_back(std::string(text));
    return values;
  };
  const auto integers = [](std::initializer_list<std::int64_t> all) {
    return std::vector<ParameterValue>(all.begin(), all.end());
  };
  if (model == "bernoulli_nb") return {{"fit_prior", {true, false}}, {"alpha", {0.1, 0.5, 1.0}}};
  if (model == "logistic_regression") return {{"penalty", texts({"l1", "l2", "elasticnet", "none"})}};
  if (model == "decision_tree")
    return {{"criterion", texts({"entropy", "gini"})}, {"min_samples_leaf", integers({5, 15, 20})}};
  return {{"criterion", texts({"entropy", "gini"})},
          {"n_estimators", integers({50, 100})},
          {"max_depth", {std::string("none"), std::int64_t{10}}}};
}

const SessionTable& store_sessions() {
  static const SessionTable sessions = [] {
    SessionOptions options;
    options.label = Label::window;
    Account account;
    return build_sessions(read_events(std::array{store}, {}, account), options, account);
  }();
  return sessions;
}

BatchOptions published_batches() {
  constexpr std::int64_t day = core::microseconds_per_day;
  BatchOptions options;
  options.train = 21 * day;
  options.validation = options.test = options.step = 7 * day;
  return options;
}

TEST(PublishedMethod, CutsTheStoreLogIntoFourBatches) {
  if (!std::filesystem::exists(store)) GTEST_SKIP() << store << " is not here: the published figures were not checked";
  const std::vector<Batch> batches = make_batches(store_sessions(), published_batches());
  std::vector<std::string> names;
  std::vector<std::size_t> tested;
  for (const Batch& batch : batches) {
    names.push_back(batch.name);
    tested.push_back(batch.final_fold.validation_rows.size());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("2016-08-29", "2016-09-05", "2016-09-12", "2016-09-19"));
  EXPECT_THAT(tested, ::testing::ElementsAre(1581, 1375, 1553, 1560));
}

class PublishedFigures : public ::testing::TestWithParam<Published> {};

TEST_P(PublishedFigures, AreReached) {
  if (!std::filesystem::exists(store)) GTEST_SKIP() << store << " is not here: the published figures were not checked";
  const auto& [model, expected] = GetParam();
  ExperimentOptions options;
  options.session.label = Label::window;
  options.batches = published_batches();
  options.threshold.guard = false;
  options.extractors = {{"V1", {{"session_size", {std::int64_t{3}}}}}};
  options.models = {{model, grid_of(model)}};
  const ExperimentResult result = run_experiment(store_sessions(), options);

  double mean = 0.0, published_mean = 0.0;
  std::size_t batch = 0;
  fmt::print("     batch                  model    n   base     f1  f1_optimized  published     ap    auc  best\n");
  for (const BatchRow& row : result.table) {
    if (row.dummy) continue;
    ASSERT_LT(batch, expected.size());
    fmt::print("{} {:>22} {:4} {:.4f} {:.4f}        {:.4f}     {:.4f} {:.4f} {:.4f}  {}\n", row.batch, row.model,
               row.sessions, row.base_rate, row.f1_score, row.f1_score_optimized, expected[batch],
               row.average_precision, row.roc_auc.value_or(0.0), to_text(row.best_params));
    EXPECT_GE(row.f1_score_optimized, expected[batch] - 0.03) << row.batch;
    mean += row.f1_score_optimized / 4.0;
    published_mean += expected[batch++] / 4.0;
  }
  fmt::print("mean of f1_optimized: {:.4f}, published {:.4f}\n", mean, published_mean);
  EXPECT_EQ(batch, expected.size());
  EXPECT_GE(mean, published_mean - 0.01);
}

INSTANTIATE_TEST_SUITE_P(Models, PublishedFigures, ::testing::ValuesIn(published),
                         [](const auto& figures) { return std::string(figures.param.model); });

}  // namespace
