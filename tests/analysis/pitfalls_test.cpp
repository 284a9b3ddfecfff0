#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/pitfalls.hpp>
#include <cartwheel/report.hpp>
#include <sstream>

#include "analysis/session_totals.hpp"
#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

using analysis::SessionTotals;
constexpr std::int64_t day = core::microseconds_per_day;

Pitfalls shown(const std::vector<test::OwnedEvent>& events, Label label = Label::future,
               const std::string& model = "") {
  ExperimentOptions experiment = test::small_experiment();
  experiment.session.label = label;
  experiment.session.horizon = 20 * core::microseconds_per_hour;
  PitfallsOptions options;
  options.model = model;
  Account account;
  return show_pitfalls(test::make_log(events), experiment, options, account);
}

const PitfallStep& step(const Pitfalls& p, std::string_view name) {
  return *std::ranges::find(p.steps, name, &PitfallStep::name);
}

TEST(Pitfalls, TheNaiveTablePromisesWhatTheModelDoesNotKeep) {
  const Pitfalls p = shown(test::shop_events(3, {40, 2000}));
  ASSERT_EQ(p.steps.size(), 7u);
  EXPECT_EQ(p.model, "decision_tree");  // there is no forest in this experiment
  const PitfallStep &naive = p.steps.front(), &honest = p.steps.back();
  EXPECT_GT(naive.claimed.accuracy, 0.9);  // the number of event types gives the label away
  EXPECT_LT(naive.later.f1, naive.claimed.f1 - 0.4);
  EXPECT_LT(std::abs(honest.gap()), std::abs(naive.gap()) / 2);
  for (const PitfallStep& s : p.steps) {  // all judged on the same later sessions
    EXPECT_EQ(s.later.sessions, honest.later.sessions);
    EXPECT_EQ(s.later.base_rate, honest.later.base_rate);
  }
  EXPECT_EQ(step(p, "f1").claimed.f1, naive.claimed.f1);
  EXPECT_GT(step(p, "missing").claimed.sessions, naive.claimed.sessions);
}

TEST(Pitfalls, TheHonestStepIsWhatTheExperimentDoes) {
  ExperimentOptions experiment = test::small_experiment();
  experiment.threshold.guard = false;
  experiment.models = {{"bernoulli_nb", {}}};
  const EventLog log = test::make_log(test::shop_events(5, {40, 1500}));
  Account account;
  const Pitfalls p = show_pitfalls(log, experiment, {}, account);
  const SessionTable sessions = build_sessions(log, experiment.session, account);
  double f1 = 0.0;
  int batches = 0;
  for (const BatchRow& row : run_experiment(sessions, experiment).table)
    if (row.model == "bernoulli_nb") {
      f1 += row.f1_score_optimized;
      ++batches;
    }
  EXPECT_EQ(p.batches.size(), static_cast<std::size_t>(batches));
  EXPECT_NEAR(p.steps.back().later.f1, f1 / batches, 1e-12);
}

TEST(Pitfalls, WorksWithoutBrandsOrCategoriesAndRefusesUnknownModels) {
  std::vector<test::OwnedEvent> events = test::shop_events(3, {40, 800});
  for (test::OwnedEvent& event : events) event.brand = event.category_code = event.category_id = "";
  EXPECT_EQ(shown(events, Label::window, "bernoulli_nb").model, "bernoulli_nb");
  EXPECT_THROW(shown(events, Label::window, "decision_tre"), ParameterError);
}

TEST(Pitfalls, PagesFitATerminal) {
  std::istringstream lines(pitfalls_text(shown(test::shop_events(3, {40, 800}))));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 90u) << line;
}

TEST(SessionTotals, AreTheNaiveAggregatesOfWholeSessions) {
  std::vector<test::OwnedEvent> events(5);
  const std::int64_t begin = test::ShopShape{}.begin;
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i] = {begin + static_cast<std::int64_t>(i), EventType::view, "p", "1", "a.b", "x", "u", "s", 20'000};
  }
  events[1].price = 10'000;
  events[2].brand = "";
  events[3].type = EventType::cart;
  events[4].time = begin + 3 * day;  // after what is known
  const EventLog log = test::make_log(events);
  for (const bool drop : {false, true}) {
    const auto totals = analysis::totals_of_sessions(log, {}, {begin, begin + day}, drop);
    ASSERT_EQ(totals.size(), 1u);
    EXPECT_EQ(totals[0].events, drop ? 3u : 4u);
    EXPECT_EQ(totals[0].brands, 3u);
    EXPECT_EQ(totals[0].price_sum, drop ? 50'000 : 70'000);
    EXPECT_EQ(totals[0].price_min, 10'000);
    EXPECT_TRUE(totals[0].target);
    const FeatureMatrix x = analysis::features_of(totals, true);
    std::vector<float> types(1);
    x.copy_column(x.columns() - 1, types);
    EXPECT_EQ(types[0], 2.0f);
  }
}

}  // namespace
}  // namespace cartwheel
