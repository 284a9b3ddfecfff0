#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>
#include <set>

#include "selection/plan.hpp"
#include "selection/search_space.hpp"
#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::small_experiment;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

std::vector<ParameterValue> texts(std::initializer_list<const char*> values) {
  std::vector<ParameterValue> all;
  for (const char* value : values) all.emplace_back(std::string(value));
  return all;
}

/// The shape of the published grid, with fewer trees; in three folds, on two extractor combinations.
ExperimentOptions published_shape() {
  ExperimentOptions options = small_experiment();
  options.batches.train = 26 * core::microseconds_per_day;
  options.batches.folds = 3;
  options.extractors[0].grid["session_size"] = {std::int64_t{2}, std::int64_t{3}};
  options.models = {{"bernoulli_nb", {{"fit_prior", {true, false}}, {"alpha", {0.1, 0.5, 1.0}}}},
                    {"logistic_regression", {{"penalty", texts({"l1", "l2", "elasticnet", "none"})}}},
                    {"decision_tree",
                     {{"criterion", texts({"entropy", "gini"})},
                      {"max_depth", {std::string("none"), std::int64_t{3}}},
                      {"min_samples_leaf", {std::int64_t{5}, std::int64_t{15}, std::int64_t{20}}}}},
                    {"random_forest",
                     {{"criterion", texts({"entropy", "gini"})},
                      {"n_estimators", {std::int64_t{3}, std::int64_t{6}}},
                      {"max_depth", {std::string("none"), std::int64_t{4}}}}}};
  return options;
}

const SessionTable& shop() {
  static const SessionTable sessions =
      test::sessions_of(test::shop_events(1, {.sessions = 500}), small_experiment().session);
  return sessions;
}

TEST(SharedWork, IsCountedAndIsWhatThePlanSays) {
  ExperimentOptions options = published_shape();
  const ExperimentPlan plan = plan_experiment(shop(), options);
  ASSERT_EQ(plan.batches.size(), 1u);
  const std::uint64_t folds = 3, extractors = 2;
  const std::uint64_t combinations = folds * extractors * (6 + 4 + 12 + 8);
  // One count for all of naive Bayes, one path, six trees, two forests; one scaler for naive Bayes and the regression.
  const SearchWork shared{folds * extractors, folds * extractors, folds * extractors * (1 + 1 + 6 + 2), combinations};
  const SearchWork alone{combinations, folds * extractors * (6 + 4), combinations, combinations};
  EXPECT_EQ(plan.shared, shared);
  EXPECT_EQ(plan.alone, alone);
  EXPECT_EQ(plan.final_fits, 4u);
  EXPECT_EQ(run_experiment(shop(), options).work, shared);
  options.share = false;
  EXPECT_EQ(run_experiment(shop(), options).work, alone);
}

TEST(SharedWork, GivesTheTableOfASearchThatSharesNothing) {
  ExperimentOptions options = published_shape();
  const auto linear = std::ranges::find(options.models, "logistic_regression", &NamedGrid::name);
  const NamedGrid regression = *linear;
  options.models.erase(linear);
  options.also = {SearchMetric::log_loss, SearchMetric::roc_auc};
  const std::string shared = test::text_of(run_experiment(shop(), options));
  options.share = false;
  EXPECT_EQ(test::text_of(run_experiment(shop(), options)), shared);

  // A path of penalties is warm-started: the same optimum, to the tolerance of the fits.
  options.models = {regression};
  options.metric = SearchMetric::log_loss;
  const ExperimentResult alone = run_experiment(shop(), options);
  options.share = true;
  const ExperimentResult path = run_experiment(shop(), options);
  ASSERT_EQ(path.search.size(), alone.search.size());
  for (std::size_t i = 0; i < path.search.size(); ++i) EXPECT_NEAR(path.search[i].mean, alone.search[i].mean, 1e-6);
}

TEST(SharedWork, AFailureStaysWithItsCombination) {
  ExperimentOptions options = small_experiment();
  options.batches.folds = 2;
  // More features than there are columns can be seen only on the matrix, in the middle of a shared fit.
  options.models = {{"decision_tree", {{"max_features", {std::int64_t{2}, std::int64_t{400}, std::int64_t{3}}}}}};
  const ExperimentResult result = run_experiment(shop(), options);
  for (const SearchRow& row : result.search)
    EXPECT_EQ(!row.error.empty(), row.model_parameters.at("max_features") == ParameterValue(std::int64_t{400}))
        << row.error;
}

TEST(RandomSearch, DrawsDistinctCombinationsBySeed) {
  ExperimentOptions options = published_shape();
  options.method = SearchMethod::random;
  options.n_iter = 5;
  const auto drawn = [&] {
    std::vector<std::string> all;
    const selection::SearchSpace space = selection::expand(options);
    for (const selection::ModelTrials& model : space.models)
      for (const selection::Trial& trial : model.trials)
        all.push_back(model.model + " " + to_text(space.features[trial.features].parameters) + " " +
                      to_text(model.parameters[trial.parameters]));
    return all;
  };
  const std::vector<std::string> first = drawn();
  EXPECT_EQ(first.size(), 4u * 5);
  EXPECT_EQ(std::set(first.begin(), first.end()).size(), first.size());
  EXPECT_EQ(drawn(), first);
  options.seed = 8;
  EXPECT_NE(drawn(), first);
  // Over many seeds every combination has its turn.
  std::map<std::string, int> counts;
  for (options.seed = 0; options.seed < 400; ++options.seed)
    for (const std::string& one : drawn())
      if (one.starts_with("bernoulli_nb")) ++counts[one];
  ASSERT_EQ(counts.size(), 12u);
  for (const auto& [one, count] : counts) EXPECT_NEAR(count, 400.0 * 5 / 12, 60) << one;  // 6 standard deviations
  options.n_iter = 1'000'000;
  EXPECT_EQ(drawn().size(), 2u * (6 + 4 + 12 + 8)) << "what is not larger is tried in full";
  options.n_iter = 0;
  EXPECT_THAT([&] { run_experiment(shop(), options); }, ThrowsMessage<ParameterError>(HasSubstr("n_iter is 0")));
}

TEST(RandomSearch, ReportsWhatItTriedAndChoosesTheBestOfIt) {
  ExperimentOptions options = small_experiment();
  options.method = SearchMethod::random;
  options.n_iter = 3;
  const ExperimentResult result = run_experiment(shop(), options);
  ASSERT_EQ(result.search.size(), result.batches.size() * 2 * 3);
  for (const BatchRow& row : result.table) {
    if (row.dummy) continue;
    double best = -1.0;
    Parameters parameters;
    for (const SearchRow& tried : result.search)
      if (tried.batch == row.batch && tried.model == row.model && tried.mean > best) {
        best = tried.mean;
        parameters = tried.model_parameters;
      }
    for (const auto& [name, value] : parameters) EXPECT_EQ(row.best_params.at(name), value);
  }
}

TEST(SearchMetrics, OthersAreMeasuredBesideTheOneThatChooses) {
  ExperimentOptions options = small_experiment();
  options.batches.folds = 2;
  options.also = {SearchMetric::log_loss, SearchMetric::f1};
  const ExperimentResult several = run_experiment(shop(), options);
  options.also = {};
  options.metric = SearchMetric::log_loss;
  const ExperimentResult by_loss = run_experiment(shop(), options);
  ASSERT_EQ(several.search.size(), by_loss.search.size());
  for (std::size_t i = 0; i < several.search.size(); ++i) {
    ASSERT_EQ(several.search[i].also.size(), 2u);
    EXPECT_EQ(several.search[i].also[0].mean, by_loss.search[i].mean);
    EXPECT_EQ(several.search[i].also[0].standard_error, by_loss.search[i].standard_error);
    EXPECT_EQ(several.search[i].also[1].mean, several.search[i].mean);
  }
}

TEST(ChoiceRule, TakesTheSimplestWithinOneStandardError) {
  ExperimentOptions options = published_shape();
  options.rule = ChoiceRule::one_standard_error;
  options.models.erase(options.models.begin() + 1);
  options.models[1].grid = {{"max_depth", {std::string("none"), std::int64_t{2}, std::int64_t{4}, std::int64_t{8}}}};
  const ExperimentResult result = run_experiment(shop(), options);
  const auto depth_of = [](const Parameters& parameters) {
    const auto* depth = std::get_if<std::int64_t>(&parameters.at("max_depth"));
    return depth == nullptr ? std::numeric_limits<std::int64_t>::max() : *depth;
  };
  const SearchRow* best = nullptr;
  for (const SearchRow& row : result.search)
    if (row.model == "decision_tree" && (best == nullptr || row.mean > best->mean)) best = &row;
  std::int64_t simplest = std::numeric_limits<std::int64_t>::max();
  for (const SearchRow& row : result.search)
    if (row.model == "decision_tree" && row.mean >= best->mean - best->standard_error)
      simplest = std::min(simplest, depth_of(row.model_parameters));
  EXPECT_EQ(depth_of(result.table[1].best_params), simplest);
  options.batches.folds = 1;
  EXPECT_THAT([&] { run_experiment(shop(), options); },
              ThrowsMessage<ParameterError>(HasSubstr("one fold has no standard error")));
}

}  // namespace
