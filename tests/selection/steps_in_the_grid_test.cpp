#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>

#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::small_experiment;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

const SessionTable& shop() {
  static const SessionTable sessions = test::sessions_of(test::shop_events(1), small_experiment().session);
  return sessions;
}

TEST(StepsInTheGrid, AStepThatMayBeLeftOutDoublesTheCombinations) {
  ExperimentOptions options = small_experiment();
  options.steps = {{"standard_scaler", {{"use", {true, false}}}}};
  const ExperimentResult result = run_experiment(shop(), options);
  ASSERT_EQ(result.search.size(), 3u * 2 * 12);
  for (const SearchRow& row : result.search) EXPECT_LE(row.steps.size(), 1u);
  for (std::size_t i = 0; i < 6; ++i) {  // naive Bayes: with the step, as by default; then without it
    EXPECT_EQ(to_text(result.search[i].steps), "standard_scaler");
    EXPECT_EQ(to_text(result.search[i + 6].steps), "");
    EXPECT_NE(result.search[i].mean, result.search[i + 6].mean) << "columns as they are have other bits";
  }
  // Trees split between values, whatever their scale: the first of equals has the step.
  for (const BatchRow& row : result.table)
    if (row.model == "decision_tree") {
      EXPECT_FALSE(row.best_params.contains("standard_scaler.use"));
    }
}

TEST(StepsInTheGrid, TheChosenStepsAreInThePipeline) {
  ExperimentOptions options = small_experiment();
  options.steps = {{"standard_scaler", {{"use", {false}}}}};
  const ExperimentResult without = run_experiment(shop(), options);
  for (const auto& model : without.models) EXPECT_TRUE(model.pipeline.steps.empty());
  EXPECT_EQ(without.table[0].best_params.at("standard_scaler.use"), ParameterValue(false));
  options.steps = {{"standard_scaler", {}}};
  for (const auto& [batch, model, pipeline] : run_experiment(shop(), options).models) {
    ASSERT_EQ(pipeline.steps.size(), 1u) << model;
    EXPECT_EQ(pipeline.steps[0]->name(), "standard_scaler");
    EXPECT_EQ(pipeline.provenance.steps[0].name, "standard_scaler");
    EXPECT_EQ(to_bytes(from_bytes(to_bytes(pipeline), "bytes")), to_bytes(pipeline));
  }
}

TEST(StepsInTheGrid, WhatIsMisspeltIsRefusedBeforeAnyWork) {
  ExperimentOptions options = small_experiment();
  const auto run = [&] { run_experiment(shop(), options); };
  options.progress = [](const Progress&) -> bool { throw std::logic_error("work has begun"); };
  options.steps = {{"standard_scalar", {}}};
  EXPECT_THAT(run, ThrowsMessage<ParameterError>(HasSubstr("did you mean standard_scaler?")));
  options.steps = {{"standard_scaler", {{"uses", {true}}}}};
  EXPECT_THAT(run, ThrowsMessage<ParameterError>(HasSubstr("did you mean use?")));
  options.steps = {{"standard_scaler", {{"use", {1.5}}}}};
  EXPECT_THAT(run, ThrowsMessage<ParameterError>(HasSubstr("use is 1.5; it must be true or false")));
  options.steps = {{"standard_scaler", {}}, {"standard_scaler", {}}};
  EXPECT_THAT(run, ThrowsMessage<ParameterError>(HasSubstr("twice")));
}

}  // namespace
