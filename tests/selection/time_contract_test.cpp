#include <gmock/gmock.h>

#include <cartwheel/experiment.hpp>

#include "support/experiment_settings.hpp"
#include "support/perturbations.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using test::OwnedEvent;
using test::Perturbation;
using test::perturbations;
using test::perturbed;
using test::small_experiment;

// Contract 1: nothing that is fitted or chosen for a batch depends on what happens after its validation window.
namespace {

constexpr std::int64_t hour = core::microseconds_per_hour, day = core::microseconds_per_day;

/// What is chosen and fitted for one batch, but not what is measured on its test window.
std::string fitted(const ExperimentResult& result, const std::string& batch) {
  std::string text;
  for (const auto& model : result.models)
    if (model.batch == batch) text += to_bytes(model.pipeline);
  for (const BatchRow& row : result.table)
    if (row.batch == batch)
      text += row.model + ' ' + to_text(row.best_params) + ' ' + to_text(ParameterValue(row.threshold)) +
              (row.guard_held ? " held\n" : "\n");
  for (const SearchRow& row : result.search)
    if (row.batch == batch) text += to_text(row.model_parameters) + ' ' + to_text(ParameterValue(row.mean)) + '\n';
  return text;
}

struct Setting {
  const char* name;
  Label label;
  int folds;
  std::int64_t gap;
  const char* extractor = "V1";
};

class TimeContract : public ::testing::TestWithParam<Setting> {};

TEST_P(TimeContract, NothingFittedDependsOnLaterEvents) {
  ExperimentOptions options = small_experiment();
  options.session.label = GetParam().label;
  options.session.horizon = 20 * hour;
  options.batches.folds = GetParam().folds;
  options.batches.gap = GetParam().gap;
  options.threshold.bootstrap_draws = 50;
  options.extractors = {{GetParam().extractor, {}}};
  const std::vector<OwnedEvent> events = test::shop_events(3);
  const ExperimentResult before = run_experiment(test::sessions_of(events, options.session), options);
  const Batch& batch = before.batches.front();
  const std::string expected = fitted(before, batch.name);
  for (const Perturbation& how : perturbations())
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE(how.name);
      const std::vector<OwnedEvent> changed = perturbed(events, how, batch.validation.end, seed);
      const ExperimentResult after = run_experiment(test::sessions_of(changed, options.session), options);
      ASSERT_EQ(after.batches.front().name, batch.name);
      EXPECT_TRUE(fitted(after, batch.name) == expected) << "something fitted has looked ahead";
      EXPECT_NE(test::text_of(after), test::text_of(before)) << "the change changed nothing at all";
    }
}

INSTANTIATE_TEST_SUITE_P(Settings, TimeContract,
                         ::testing::Values(Setting{"window", Label::window, 1, 0},
                                           Setting{"future", Label::future, 1, 0},
                                           Setting{"session", Label::session, 2, 0},
                                           Setting{"future_with_gap", Label::future, 2, 6 * hour},
                                           Setting{"window_V2", Label::window, 1, 0, "V2"},
                                           Setting{"future_V2", Label::future, 2, 6 * hour, "V2"},
                                           Setting{"session_V2", Label::session, 1, 0, "V2"}),
                         [](const auto& setting) { return std::string(setting.param.name); });

TEST(TimeContract, TheTrainingRowsOfEveryFoldIgnoreLaterEvents) {
  SessionOptions session;
  session.horizon = 20 * hour;
  BatchOptions options = small_experiment().batches;
  options.folds = 3;
  options.validation = 4 * day;
  const std::vector<OwnedEvent> events = test::shop_events(4);
  const auto names = [](const SessionTable& sessions, const std::vector<std::uint32_t>& rows) {
    std::vector<std::string> all;
    for (const std::uint32_t row : rows)
      all.push_back(sessions.session_name(row) + (sessions.label[row] == 1 ? " yes" : " no"));
    return all;
  };
  const SessionTable before = test::sessions_of(events, session);
  const std::vector<Batch> batches = make_batches(before, options);
  for (std::size_t b = 0; b < batches.size(); ++b)
    for (std::size_t f = 0; f < batches[b].folds.size(); ++f) {
      const Fold& fold = batches[b].folds[f];
      for (const Perturbation& how : perturbations()) {
        SCOPED_TRACE(batches[b].name + " " + how.name);
        const SessionTable after = test::sessions_of(perturbed(events, how, fold.train_end, f), session);
        EXPECT_EQ(names(after, make_batches(after, options).at(b).folds.at(f).train_rows),
                  names(before, fold.train_rows));
      }
    }
}

}  // namespace
