#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>
#include <set>

#include "core/parallel.hpp"
#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::small_experiment;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

const SessionTable& shop() {
  static const SessionTable sessions = test::sessions_of(test::shop_events(1), small_experiment().session);
  return sessions;
}

const ExperimentResult& result() {
  static const ExperimentResult shared = run_experiment(shop(), small_experiment());
  return shared;
}

const BatchRow& row_of(const ExperimentResult& from, std::string_view batch, std::string_view model) {
  return *std::ranges::find_if(from.table, [&](const BatchRow& r) { return r.batch == batch && r.model == model; });
}

TEST(RunExperiment, TheTableIsByBatchThenModelsThenDummies) {
  std::vector<std::string> lines, expected;
  for (const BatchRow& row : result().table) lines.push_back(row.batch + " " + row.model);
  for (const char* batch : {"2016-08-21", "2016-08-27", "2016-09-02"})
    for (const char* model : {"bernoulli_nb", "decision_tree", "always_yes", "base_rate", "session_size"})
      expected.push_back(std::string(batch) + " " + model);
  EXPECT_EQ(lines, expected);
  ASSERT_EQ(result().models.size(), 6u);
  EXPECT_EQ(result().models[3].batch, "2016-08-27");
  EXPECT_EQ(result().models[3].model, "decision_tree");
}

TEST(RunExperiment, SearchRowsAreByBatchModelAndGrid) {
  ASSERT_EQ(result().search.size(), 3u * 12);
  for (std::size_t i = 0; i < result().search.size(); ++i) {
    const SearchRow& row = result().search[i];
    EXPECT_EQ(row.batch, result().batches[i / 12].name);
    const NamedGrid grid = small_experiment().models[i / 6 % 2];
    EXPECT_EQ(row.model, grid.name);
    EXPECT_EQ(row.model_parameters, combinations(grid.grid)[i % 6]);
    EXPECT_EQ(row.extractor, "V1");
    EXPECT_EQ(row.fold_scores.size(), 1u);
    EXPECT_EQ(row.mean, row.fold_scores[0]);
    EXPECT_EQ(row.standard_error, 0.0);
    EXPECT_EQ(row.shared_seconds > 0.0, i % 6 == 0) << i;  // on the first combination of each model
  }
}

TEST(RunExperiment, RowsAreMeasuredOnTheTestWindow) {
  for (const auto& [batch_name, model_name, pipeline] : result().models) {
    const BatchRow& row = row_of(result(), batch_name, model_name);
    const Batch& batch = *std::ranges::find(result().batches, batch_name, &Batch::name);
    const std::vector<std::uint32_t>& test = batch.final_fold.validation_rows;
    std::vector<std::uint8_t> y;
    for (const std::uint32_t r : test) y.push_back(shop().label[r]);
    const std::vector<double> p = pipeline.predict_proba(shop(), test);
    EXPECT_EQ(row.threshold, pipeline.threshold);
    EXPECT_EQ(row.confusion, confusion(y, p, pipeline.threshold));
    EXPECT_EQ(row.f1_score_optimized, row.confusion.f1());
    EXPECT_EQ(row.f1_score, confusion(y, p, default_threshold).f1());
    EXPECT_EQ(row.roc_auc, roc_auc(y, p));
    EXPECT_EQ(row.average_precision, average_precision(y, p));
    EXPECT_EQ(row.log_loss, log_loss(y, p));
    EXPECT_EQ(row.brier, brier_score(y, p));
    EXPECT_EQ(row.sessions, test.size());
    EXPECT_EQ(row.precision, row.confusion.precision());
    EXPECT_EQ(row.recall, row.confusion.recall());
    EXPECT_EQ(row.accuracy, row.confusion.accuracy());
    EXPECT_FALSE(row.dummy);
    EXPECT_EQ(pipeline.provenance.train_end, batch.validation.end);
    EXPECT_EQ(pipeline.provenance.train_rows, batch.final_fold.train_rows.size());
    EXPECT_EQ(row.best_params.at("V1.session_size"), ParameterValue(std::int64_t{3}));
  }
}

TEST(RunExperiment, ModelsBeatTheDummies) {
  for (const Batch& batch : result().batches)
    for (const char* model : {"bernoulli_nb", "decision_tree"})
      EXPECT_GT(row_of(result(), batch.name, model).f1_score_optimized,
                row_of(result(), batch.name, "always_yes").f1_score_optimized)
          << batch.name << ' ' << model;
}

TEST(RunExperiment, DummiesHaveTheirKnownValues) {
  for (const Batch& batch : result().batches) {
    const BatchRow& always = row_of(result(), batch.name, "always_yes");
    const double b = always.base_rate;
    ASSERT_GT(b, 0.0);
    EXPECT_DOUBLE_EQ(always.f1_score, 2.0 * b / (1.0 + b));
    EXPECT_DOUBLE_EQ(always.f1_score_optimized, 2.0 * b / (1.0 + b));
    EXPECT_DOUBLE_EQ(always.precision, b);
    EXPECT_EQ(always.recall, 1.0);
    EXPECT_EQ(always.roc_auc, 0.5);
    const BatchRow& base = row_of(result(), batch.name, "base_rate");
    double train_rate = 0.0;
    for (const std::uint32_t row : batch.final_fold.train_rows) train_rate += shop().label[row];
    train_rate /= static_cast<double>(batch.final_fold.train_rows.size());
    EXPECT_NEAR(base.brier, b * (1.0 - train_rate) * (1.0 - train_rate) + (1.0 - b) * train_rate * train_rate, 1e-12);
    EXPECT_EQ(base.f1_score, 0.0);                        // a base rate below a half says no to all by default,
    EXPECT_EQ(base.f1_score_optimized, always.f1_score);  // and yes to all at the best cut
    EXPECT_TRUE(always.dummy && base.dummy);
    EXPECT_TRUE(base.best_params.empty());
    EXPECT_DOUBLE_EQ(base.average_precision, b);
  }
}

TEST(RunExperiment, TheSessionSizeDummyLearnsARateForEachSize) {
  ExperimentOptions options = small_experiment();
  options.session.short_sessions = ShortSessions::keep;
  options.session.size = 5;
  options.models.resize(1);
  const SessionTable sessions = test::sessions_of(test::shop_events(1), options.session);
  const ExperimentResult kept = run_experiment(sessions, options);
  const Batch& batch = kept.batches.at(0);
  std::map<std::uint32_t, std::pair<double, double>> sizes;
  for (const std::uint32_t row : batch.final_fold.train_rows) {
    sizes[sessions.event_count[row]].first += sessions.label[row];
    sizes[sessions.event_count[row]].second += 1.0;
  }
  ASSERT_GE(sizes.size(), 3u);
  double brier = 0.0;
  for (const std::uint32_t row : batch.final_fold.validation_rows) {
    const auto& [positives, rows] = sizes.at(sessions.event_count[row]);
    const double error = positives / rows - sessions.label[row];
    brier += error * error / static_cast<double>(batch.final_fold.validation_rows.size());
  }
  EXPECT_NEAR(row_of(kept, batch.name, "session_size").brier, brier, 1e-12);
}

TEST(RunExperiment, ACombinationThatFailsIsReportedAndLeftOut) {
  ExperimentOptions options = small_experiment();
  options.models[0].grid["alpha"] = {-1.0, 0.5};
  const ExperimentResult partly = run_experiment(shop(), options);
  for (const SearchRow& row : partly.search) {
    const bool bad = row.model == "bernoulli_nb" && row.model_parameters.at("alpha") == ParameterValue(-1.0);
    EXPECT_EQ(!row.error.empty(), bad) << row.error;
    EXPECT_EQ(row.fold_scores.empty(), bad);
    if (bad) {
      EXPECT_THAT(row.error, HasSubstr("alpha"));
    }
  }
  for (const Batch& batch : partly.batches)
    EXPECT_EQ(row_of(partly, batch.name, "bernoulli_nb").best_params.at("alpha"), ParameterValue(0.5));
  EXPECT_EQ(partly.account.count("combinations that failed"), 2 * 3);
  EXPECT_EQ(partly.account.count("combinations tried"), 10 * 3);
}

TEST(RunExperiment, AnExtractorCombinationThatFailsIsReported) {
  ExperimentOptions options = small_experiment();
  options.extractors[0].grid["session_size"] = {std::int64_t{50}, std::int64_t{3}};  // the window has 3 events
  const ExperimentResult partly = run_experiment(shop(), options);
  for (const SearchRow& row : partly.search)
    EXPECT_EQ(row.error.empty(), row.extractor_parameters.at("session_size") == ParameterValue(std::int64_t{3}));
  EXPECT_EQ(partly.table.size(), 15u);
}

TEST(RunExperiment, AllCombinationsFailingIsAnError) {
  ExperimentOptions options = small_experiment();
  options.models[1].grid["min_samples_leaf"] = {std::int64_t{-5}, std::int64_t{0}};
  EXPECT_THAT([&] { run_experiment(shop(), options); }, ThrowsMessage<ParameterError>(HasSubstr("min_samples_leaf")));

  options = small_experiment();
  options.extractors[0].grid["session_size"] = {std::int64_t{50}};
  EXPECT_THROW(run_experiment(shop(), options), Error);
}

TEST(RunExperiment, MisspeltNamesAreRefusedBeforeAnyWork) {
  ExperimentOptions options = small_experiment();
  options.progress = [](const Progress&) {
    ADD_FAILURE() << "work has started";
    return true;
  };
  const auto run = [&] { run_experiment(shop(), options); };
  const auto message = [](const char* part) { return ThrowsMessage<ParameterError>(HasSubstr(part)); };
  const ExperimentOptions good = options;
  options.models[0].grid["alhpa"] = {1.0, 2.0};
  EXPECT_THAT(run, message("did you mean alpha?"));
  options = good;
  options.models[0].name = "bernoully_nb";
  EXPECT_THAT(run, message("did you mean bernoulli_nb?"));
  options = good;
  options.extractors[0].name = "V7";
  EXPECT_THAT(run, message("V7"));
  options = good;
  options.extractors[0].grid["sesion_size"] = {std::int64_t{3}};
  EXPECT_THAT(run, message("did you mean session_size?"));
  options = good;
  options.models.push_back(options.models[0]);
  EXPECT_THAT(run, message("twice"));
  options = good;
  options.models.clear();
  EXPECT_THAT(run, message("names no model"));
  options = good;
  options.extractors.clear();
  EXPECT_THAT(run, message("names no extractor"));
  options = good;
  options.threshold.bootstrap_draws = 1;
  EXPECT_THAT(run, message("bootstrap_draws"));
}

TEST(RunExperiment, DoesNotDependOnTheNumberOfThreads) {
  ExperimentOptions options = small_experiment();
  options.batches.folds = 2;
  options.extractors[0].grid["session_size"] = {std::int64_t{2}, std::int64_t{3}};
  const std::string expected = test::text_of(run_experiment(shop(), options));
  for (const int threads : {1, 2, 7})
    core::with_threads(threads,
                       [&] { EXPECT_EQ(test::text_of(run_experiment(shop(), options)), expected) << threads; });
}

TEST(RunExperiment, TellsProgressAndStopsWhenAsked) {
  ExperimentOptions options = small_experiment();
  std::vector<std::uint64_t> done;
  options.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.total, 3u * (12 + 2));
    done.push_back(progress.done);
    return true;
  };
  run_experiment(shop(), options);
  ASSERT_EQ(done.size(), 3u * 14 + 1);
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], i);

  for (const std::uint64_t stop_after : {0u, 1u, 5u, 13u, 20u}) {
    std::uint64_t last = 0;
    options.progress = [&](const Progress& progress) {
      last = progress.done;
      return progress.done < stop_after;
    };
    EXPECT_THROW(run_experiment(shop(), options), Cancelled);
    EXPECT_EQ(last, stop_after) << "the callback was called again after it had asked to stop";
  }
}

TEST(RunExperiment, TheAccountCountsWhatTookNoPart) {
  const Account& account = result().account;
  std::int64_t purged = 0, late = 0;
  std::set<std::uint32_t> used;
  for (const Batch& batch : result().batches) {
    purged += batch.final_fold.purged;
    late += batch.folds[0].late;
    for (std::uint32_t row = 0; row < shop().size(); ++row)
      if (batch.train.begin <= shop().start[row] && shop().start[row] < batch.test.end) used.insert(row);
  }
  EXPECT_GT(purged, 0);  // slow sessions straddle the end of training
  EXPECT_GT(late, 0);
  EXPECT_EQ(account.count("training sessions purged, final fits"), purged);
  EXPECT_EQ(account.count("validation sessions left out of the choice"), late);
  EXPECT_EQ(account.count("sessions in no batch"), static_cast<std::int64_t>(shop().size() - used.size()));
  EXPECT_EQ(account.count("batches"), 3);
}

TEST(RunExperiment, SaysWhenTheLogEndsBeforeTheLabels) {
  ExperimentOptions options = small_experiment();
  options.session.label = Label::session;
  options.batches.train = 28 * core::microseconds_per_day;  // one batch, which tests up to the last day
  options.models.resize(1);
  const SessionTable sessions = test::sessions_of(test::shop_events(1), options.session);
  const ExperimentResult open = run_experiment(sessions, options);
  EXPECT_GT(open.account.count("test sessions whose label the log does not tell in full"), 0);
  EXPECT_THAT(open.table[0].warnings, ::testing::Contains(HasSubstr("log ends before the labels")));
  EXPECT_TRUE(result().table[0].warnings.empty());
}

}  // namespace
