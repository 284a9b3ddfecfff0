#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/calibration.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>

#include "support/experiment_settings.hpp"
#include "support/perturbations.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::OwnedEvent;
using test::small_experiment;

namespace {

/// Every step, with parameters that make it do something.
const std::vector<NamedStep>& every_step() {
  static const std::vector<NamedStep> steps{{"standard_scaler", {}},
                                            {"chi2", {{"k", std::int64_t{5}}}},
                                            {"mutual_information", {{"k", std::int64_t{5}}}},
                                            {"variance_threshold", {{"threshold", 0.05}}},
                                            {"pca", {{"components", 0.9}}},
                                            {"resample", {{"ratio", 1.0}}},
                                            {"resample", {{"ratio", 1.0}, {"strategy", std::string("over")}}},
                                            {"calibration", {}},
                                            {"calibration", {{"method", std::string("isotonic")}}}};
  return steps;
}

TEST(StepLaws, EveryStepIsInTheList) {
  for (const std::string_view name : step_names())
    EXPECT_TRUE(std::ranges::any_of(every_step(), [&](const NamedStep& step) { return step.name == name; })) << name;
}

/// Contract 1, on each step: whatever happens after the end of training, validation rows among it, it learns the same.
TEST(StepLaws, NoStepSeesAValidationRow) {
  const std::vector<OwnedEvent> events = test::shop_events(5);
  const ExperimentOptions options = small_experiment();
  const auto fitted = [&](const SessionTable& sessions, const NamedStep& step) {
    const Fold fold = make_batches(sessions, options.batches).front().folds.front();
    PipelineRecipe recipe;
    recipe.steps = {step};
    recipe.model = "logistic_regression";
    return to_bytes(
        fit_pipeline(sessions, fold.train_rows, fold.train.begin, fold.train_end, recipe, {options.seed, {}}));
  };
  const SessionTable before = test::sessions_of(events, options.session);
  const std::int64_t end = make_batches(before, options.batches).front().folds.front().train_end;
  for (const NamedStep& step : every_step()) {
    const std::string expected = fitted(before, step);
    for (const test::Perturbation& how : test::perturbations()) {
      SCOPED_TRACE(to_text({step}) + ": " + how.name);
      const SessionTable after = test::sessions_of(perturbed(events, how, end, 1), options.session);
      EXPECT_TRUE(fitted(after, step) == expected) << "the step has looked ahead";
    }
  }
}

TEST(StepLaws, ResamplingLeavesTheRowsThatJudgeAlone) {
  const SessionTable sessions = test::sessions_of(test::shop_events(6), small_experiment().session);
  const ExperimentResult plain = run_experiment(sessions, small_experiment());
  for (const char* strategy : {"under", "over"}) {
    ExperimentOptions options = small_experiment();
    options.steps = {{"resample", {{"ratio", {1.0}}, {"strategy", {std::string(strategy)}}}}};
    const ExperimentResult resampled = run_experiment(sessions, options);
    ASSERT_EQ(resampled.table.size(), plain.table.size());
    bool differs = false;
    for (std::size_t i = 0; i < plain.table.size(); ++i) {
      const BatchRow &a = plain.table[i], &b = resampled.table[i];
      EXPECT_EQ(a.sessions, b.sessions);
      EXPECT_EQ(a.base_rate, b.base_rate);
      EXPECT_EQ(b.confusion.total(), b.sessions);
      EXPECT_EQ(b.confusion.true_positive + b.confusion.false_negative,
                a.confusion.true_positive + a.confusion.false_negative);
      differs = differs || a.log_loss != b.log_loss;
    }
    EXPECT_TRUE(differs) << strategy;
  }
}

/// Probabilities are corrected for what resampling did to the share of positives.
TEST(StepLaws, ResamplingKeepsProbabilitiesHonest) {
  const ExperimentOptions options = small_experiment();
  const SessionTable sessions = test::sessions_of(test::shop_events(7), options.session);
  const Fold fold = make_batches(sessions, options.batches).front().folds.front();
  const auto mean_probability = [&](const std::vector<NamedStep>& steps) {
    PipelineRecipe recipe;
    recipe.steps = with_default_steps(steps, "logistic_regression");
    recipe.model = "logistic_regression";
    const Pipeline pipeline =
        fit_pipeline(sessions, fold.train_rows, fold.train.begin, fold.train_end, recipe, {options.seed, {}});
    double sum = 0.0;
    for (const double p : pipeline.predict_proba(sessions, fold.train_rows)) sum += p;
    return sum / static_cast<double>(fold.train_rows.size());
  };
  const double honest = mean_probability({});
  EXPECT_NEAR(mean_probability({{"resample", {{"ratio", 1.0}, {"strategy", std::string("over")}}}}), honest, 0.03);
  EXPECT_NEAR(mean_probability({{"resample", {{"ratio", 1.0}}}}), honest, 0.06);
}

TEST(StepLaws, CalibrationIsInTheGridAndInThePipeline) {
  const SessionTable sessions = test::sessions_of(test::shop_events(8), small_experiment().session);
  ExperimentOptions options = small_experiment();
  options.metric = SearchMetric::log_loss;
  options.steps = {
      {"calibration", {{"use", {true, false}}, {"method", {std::string("sigmoid"), std::string("isotonic")}}}}};
  const ExperimentResult result = run_experiment(sessions, options);
  bool calibrated = false;
  for (const SearchRow& row : result.search) EXPECT_EQ(row.error, "");
  for (const auto& [batch, model, pipeline] : result.models) {
    if (pipeline.steps.empty() || pipeline.steps.back()->name() != "calibration") continue;
    calibrated = true;
    const auto& step = dynamic_cast<const Calibration&>(*pipeline.steps.back());
    EXPECT_TRUE(step.fitted());
    const Pipeline back = from_bytes(to_bytes(pipeline), "bytes");
    const std::vector<std::uint32_t> rows{0, 1, 2};
    EXPECT_EQ(back.predict_proba(sessions, rows), pipeline.predict_proba(sessions, rows));
  }
  EXPECT_TRUE(calibrated) << "naive Bayes is far from calibrated, so it should have been chosen somewhere";
  for (const BatchRow& row : result.table) {
    std::uint64_t rows = 0;
    for (const ReliabilityBin& bin : row.reliability.bins) rows += bin.rows;
    EXPECT_EQ(rows, row.sessions);
  }
}

TEST(StepLaws, CalibrationComesLast) {
  const std::vector<NamedStep> steps{{"calibration", {}}};
  EXPECT_EQ(to_text(with_default_steps(steps, "bernoulli_nb")), "standard_scaler > calibration");
  const std::vector<NamedStep> too_early{{"calibration", {}}, {"pca", {}}};
  EXPECT_THROW(with_default_steps(too_early, "decision_tree"), ParameterError);
}

}  // namespace
