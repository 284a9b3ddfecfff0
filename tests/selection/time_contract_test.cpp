#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/experiment.hpp>
#include <functional>

#include "core/philox.hpp"
#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

using namespace cartwheel;
using support::OwnedEvent;
using support::small_experiment;

// Contract 1: nothing that is fitted or chosen for a batch depends on what happens after its validation window.
namespace {

constexpr std::int64_t hour = core::microseconds_per_hour, day = core::microseconds_per_day;

struct Perturbation {
  const char* name;
  /// Changes one event that is later than `end`, the end of training.
  std::function<void(OwnedEvent&, core::RandomStream&, std::int64_t end)> change;
  bool erase = false, insert = false;
};

const std::vector<Perturbation>& perturbations() {
  static const std::vector<Perturbation> all{
      {"alter",
       [](OwnedEvent& event, core::RandomStream& random, std::int64_t) {
         event.type = random.below(2) == 0 ? EventType::purchase : EventType::remove_from_cart;
         event.product = "another product";
         event.category_code = event.brand = "";
         event.price = random.below(99'000'000);
         event.user = "user" + std::to_string(random.below(300));
       }},
      {"delete", [](OwnedEvent&, core::RandomStream&, std::int64_t) {}, true},
      {"insert",
       [](OwnedEvent& event, core::RandomStream& random, std::int64_t end) {
         event.type = EventType::cart;
         event.session = "session" + std::to_string(random.below(900));  // of any session, also of those before the end
         event.time = end + 1 + random.below(60) * 60'000'000;
         event.brand = "a brand never seen";
       },
       false, true},
      {"retime", [](OwnedEvent& event, core::RandomStream& random,
                    std::int64_t end) { event.time = std::max(end + 1, event.time - random.below(200) * hour); }},
      {"swap sessions", [](OwnedEvent& event, core::RandomStream& random,
                           std::int64_t) { event.session = "session" + std::to_string(random.below(900)); }},
  };
  return all;
}

/// Changes a third of the events later than `end`; the last event of all stays, and so does the number of batches.
std::vector<OwnedEvent> perturbed(const std::vector<OwnedEvent>& events, const Perturbation& how, std::int64_t end,
                                  std::uint64_t seed) {
  core::RandomStream random(seed, core::RandomPurpose::permutation);
  std::vector<OwnedEvent> out;
  for (std::size_t i = 0; i < events.size(); ++i) {
    OwnedEvent event = events[i];
    const bool hit = event.time > end && i + 1 < events.size() && random.below(3) == 0;
    if (!hit) {
      out.push_back(event);
      continue;
    }
    if (how.erase) continue;
    if (how.insert) out.push_back(event);
    how.change(event, random, end);
    out.push_back(event);
  }
  return out;
}

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
};

class TimeContract : public ::testing::TestWithParam<Setting> {};

TEST_P(TimeContract, NothingFittedDependsOnLaterEvents) {
  ExperimentOptions options = small_experiment();
  options.session.label = GetParam().label;
  options.session.horizon = 20 * hour;
  options.batches.folds = GetParam().folds;
  options.batches.gap = GetParam().gap;
  options.threshold.bootstrap_draws = 50;
  const std::vector<OwnedEvent> events = support::shop_events(3);
  const ExperimentResult before = run_experiment(support::sessions_of(events, options.session), options);
  const Batch& batch = before.batches.front();
  const std::string expected = fitted(before, batch.name);
  for (const Perturbation& how : perturbations())
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE(how.name);
      const std::vector<OwnedEvent> changed = perturbed(events, how, batch.validation.end, seed);
      const ExperimentResult after = run_experiment(support::sessions_of(changed, options.session), options);
      ASSERT_EQ(after.batches.front().name, batch.name);
      EXPECT_TRUE(fitted(after, batch.name) == expected) << "something fitted has looked ahead";
      EXPECT_NE(support::text_of(after), support::text_of(before)) << "the change changed nothing at all";
    }
}

INSTANTIATE_TEST_SUITE_P(Settings, TimeContract,
                         ::testing::Values(Setting{"window", Label::window, 1, 0},
                                           Setting{"future", Label::future, 1, 0},
                                           Setting{"session", Label::session, 2, 0},
                                           Setting{"future_with_gap", Label::future, 2, 6 * hour}),
                         [](const auto& setting) { return std::string(setting.param.name); });

TEST(TimeContract, TheTrainingRowsOfEveryFoldIgnoreLaterEvents) {
  SessionOptions session;
  session.horizon = 20 * hour;
  BatchOptions options = small_experiment().batches;
  options.folds = 3;
  options.validation = 4 * day;
  const std::vector<OwnedEvent> events = support::shop_events(4);
  const auto names = [](const SessionTable& sessions, const std::vector<std::uint32_t>& rows) {
    std::vector<std::string> all;
    for (const std::uint32_t row : rows)
      all.push_back(sessions.session_name(row) + (sessions.label[row] == 1 ? " yes" : " no"));
    return all;
  };
  const SessionTable before = support::sessions_of(events, session);
  const std::vector<Batch> batches = make_batches(before, options);
  for (std::size_t b = 0; b < batches.size(); ++b)
    for (std::size_t f = 0; f < batches[b].folds.size(); ++f) {
      const Fold& fold = batches[b].folds[f];
      for (const Perturbation& how : perturbations()) {
        SCOPED_TRACE(batches[b].name + " " + how.name);
        const SessionTable after = support::sessions_of(perturbed(events, how, fold.train_end, f), session);
        EXPECT_EQ(names(after, make_batches(after, options).at(b).folds.at(f).train_rows),
                  names(before, fold.train_rows));
      }
    }
}

}  // namespace
