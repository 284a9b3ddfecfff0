#include "selection/search.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>

#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::small_experiment;

namespace {

std::vector<std::uint8_t> labels(const SessionTable& sessions, const std::vector<std::uint32_t>& rows) {
  std::vector<std::uint8_t> y;
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  return y;
}

double higher_is_better(SearchMetric metric, const std::vector<std::uint8_t>& y, const std::vector<double>& p) {
  if (metric == SearchMetric::f1) return confusion(y, p, default_threshold).f1();
  if (metric == SearchMetric::average_precision) return average_precision(y, p);
  if (metric == SearchMetric::roc_auc) return roc_auc(y, p).value();
  return metric == SearchMetric::log_loss ? -log_loss(y, p) : -brier_score(y, p);
}

/// What a search would choose for one model, had it all the time in the world: a whole pipeline for each fit.
struct SlowChoice {
  double mean = -std::numeric_limits<double>::infinity();
  Parameters extractor_parameters, parameters;
  std::vector<double> scores;
};
SlowChoice choose_slowly(const SessionTable& sessions, const Batch& batch, const ExperimentOptions& options,
                         const NamedGrid& model) {
  SlowChoice best;
  for (const Parameters& extractor : combinations(options.extractors[0].grid))
    for (const Parameters& parameters : combinations(model.grid)) {
      SlowChoice tried{0.0, extractor, parameters, {}};
      for (const Fold& fold : batch.folds) {
        const Pipeline pipeline =
            fit_pipeline(sessions, fold.train_rows, fold.train.begin, fold.train_end,
                         {options.extractors[0].name, extractor, default_steps(model.name), model.name, parameters},
                         FitContext{options.seed});
        const std::vector<double> p = pipeline.predict_proba(sessions, fold.validation_rows);
        tried.mean += higher_is_better(options.metric, labels(sessions, fold.validation_rows), p);
        tried.scores.insert(tried.scores.end(), p.begin(), p.end());
      }
      tried.mean /= static_cast<double>(batch.folds.size());
      if (tried.mean > best.mean) best = tried;
    }
  return best;
}

class SearchByMetric : public ::testing::TestWithParam<SearchMetric> {};

TEST_P(SearchByMetric, ChoosesWhatASlowSearchChooses) {
  ExperimentOptions options = small_experiment();
  options.metric = GetParam();
  options.batches.folds = 2;
  options.threshold.guard = false;
  options.extractors[0].grid["session_size"] = {std::int64_t{2}, std::int64_t{3}};
  const SessionTable sessions = test::sessions_of(test::shop_events(2), options.session);
  const ExperimentResult result = run_experiment(sessions, options);
  std::size_t model_number = 0;
  for (const Batch& batch : result.batches)
    for (const NamedGrid& model : options.models) {
      SCOPED_TRACE(batch.name + " " + model.name);
      const SlowChoice best = choose_slowly(sessions, batch, options, model);
      const BatchRow& row = *std::ranges::find_if(
          result.table, [&](const BatchRow& r) { return r.batch == batch.name && r.model == model.name; });
      Parameters expected = best.parameters;
      expected.emplace("V1.session_size", best.extractor_parameters.at("session_size"));
      EXPECT_EQ(row.best_params, expected);
      // The threshold comes from the same out-of-fold scores.
      std::vector<std::uint8_t> y;
      for (const Fold& fold : batch.folds)
        std::ranges::copy(labels(sessions, fold.validation_rows), std::back_inserter(y));
      EXPECT_EQ(row.threshold, tune_threshold(y, best.scores, options.threshold).threshold);
      // The final fit has the bytes of a pipeline fitted by itself.
      const Fold& fold = batch.final_fold;
      Pipeline alone =
          fit_pipeline(sessions, fold.train_rows, fold.train.begin, fold.train_end,
                       {"V1", best.extractor_parameters, default_steps(model.name), model.name, best.parameters},
                       FitContext{options.seed});
      alone.threshold = row.threshold;
      EXPECT_EQ(to_bytes(result.models[model_number++].pipeline), to_bytes(alone));
    }
}
INSTANTIATE_TEST_SUITE_P(Metrics, SearchByMetric,
                         ::testing::Values(SearchMetric::f1, SearchMetric::average_precision, SearchMetric::roc_auc,
                                           SearchMetric::log_loss, SearchMetric::brier),
                         [](const auto& metric) { return std::string(name_of(metric.param)); });

TEST(Search, MeanAndErrorAreThoseOfTheFolds) {
  ExperimentOptions options = small_experiment();
  options.batches.folds = 3;
  const SessionTable sessions = test::sessions_of(test::shop_events(2), options.session);
  for (const SearchRow& row : run_experiment(sessions, options).search) {
    ASSERT_EQ(row.fold_scores.size(), 3u);
    const double mean = (row.fold_scores[0] + row.fold_scores[1] + row.fold_scores[2]) / 3.0;
    double squares = 0.0;
    for (const double score : row.fold_scores) squares += (score - mean) * (score - mean);
    EXPECT_NEAR(row.mean, mean, 1e-15);
    EXPECT_NEAR(row.standard_error, std::sqrt(squares / 2.0 / 3.0), 1e-15);
  }
}

TEST(Search, TheFirstOfEqualCombinationsIsChosen) {
  ExperimentOptions options = small_experiment();
  // A leaf of more rows than there are: every tree is its root, and all combinations score alike.
  options.models = {
      {"decision_tree", {{"min_samples_leaf", {std::int64_t{100'000}, std::int64_t{90'000}, std::int64_t{95'000}}}}}};
  const SessionTable sessions = test::sessions_of(test::shop_events(2), options.session);
  for (const BatchRow& row : run_experiment(sessions, options).table)
    if (!row.dummy) {
      EXPECT_EQ(row.best_params.at("min_samples_leaf"), ParameterValue(std::int64_t{100'000}));
    }
}

TEST(Search, AMetricThatOneClassLeavesUndefinedSaysSo) {
  ExperimentOptions options = small_experiment();
  SessionTable sessions = test::sessions_of(test::shop_events(2), options.session);
  const Batch batch = make_batches(sessions, options.batches).at(0);
  for (const std::uint32_t row : batch.folds[0].validation_rows) sessions.label[row] = 0;
  options.metric = SearchMetric::roc_auc;
  EXPECT_THAT([&] { run_experiment(sessions, options); },
              ::testing::ThrowsMessage<DataError>(::testing::AllOf(::testing::HasSubstr("batch 2016-08-21"),
                                                                   ::testing::HasSubstr("use another metric"))));
}

TEST(Search, AWishToStopIsNotACombinationsFailure) {
  const ExperimentOptions options = small_experiment();
  const SessionTable sessions = test::sessions_of(test::shop_events(2), options.session);
  const Batch batch = make_batches(sessions, options.batches).at(0);
  const ProgressCallback stop = [](const Progress& progress) { return progress.done == 0; };
  selection::ProgressMeter meter(stop, "fitting models", 12);
  const selection::SearchSpace space = selection::expand(options);
  const selection::SearchPlan plan = selection::make_plan(space, true);
  selection::SearchJournal journal("", "", false);
  selection::WorkCounter work;
  EXPECT_THROW(selection::search(sessions, batch, 0, {options, space, plan, journal, meter, work}), Cancelled);
}

}  // namespace
