#include <gmock/gmock.h>

#include <array>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

ExperimentOptions experiment(Label label) {
  ExperimentOptions options = test::small_experiment();
  options.session.label = label;
  options.session.horizon = 20 * core::microseconds_per_hour;
  options.models = {{"bernoulli_nb", {}}};
  return options;
}

Earliness early(const std::vector<test::OwnedEvent>& events, Label label, std::vector<int> sizes) {
  Account account;
  return run_earliness(test::make_log(events), experiment(label), sizes, account);
}

TEST(Earliness, ComparesTheSameSessionsAndCountsTargetsAhead) {
  const std::vector<test::OwnedEvent> events = test::shop_events(3, {40, 1500});
  const Earliness e = early(events, Label::future, {1, 2, 4});
  // By hand: sessions of four events or more, and the place of their first target.
  std::map<std::string, std::vector<test::OwnedEvent>> sessions;
  for (const test::OwnedEvent& event : events) sessions[event.session].push_back(event);
  std::uint64_t common = 0, with_target = 0;
  std::array<double, 5> ahead{};
  for (const auto& [name, own] : sessions) {
    if (own.size() < 4) continue;
    ++common;
    const auto target = std::ranges::find(own, EventType::cart, &test::OwnedEvent::type);
    // A target counts in the longest window, or within the horizon after it.
    if (target == own.end() ||
        (target - own.begin() >= 4 && target->time > own[3].time + experiment(Label::future).session.horizon))
      continue;
    ++with_target;
    for (int size : {1, 2, 4}) ahead[static_cast<std::size_t>(size)] += target - own.begin() >= size ? 1 : 0;
  }
  EXPECT_EQ(e.sessions, common);
  EXPECT_EQ(e.with_target, with_target);
  ASSERT_EQ(e.runs.size(), 3u);
  for (const EarlinessRun& run : e.runs)
    EXPECT_DOUBLE_EQ(run.targets_ahead, ahead[static_cast<std::size_t>(run.size)] / static_cast<double>(with_target));
  EXPECT_GT(e.runs[0].targets_ahead, e.runs[2].targets_ahead);
  for (const EarlinessRow& row : e.rows) {
    ASSERT_TRUE(row.f1_of_all);
    EXPECT_LE(*row.f1_of_all, 2 * row.precision * row.recall / std::max(row.precision + row.recall, 1e-9) + 1e-12);
  }
}

TEST(Earliness, LabelWindowKeepsEverySessionInEveryLength) {
  const Earliness e = early(test::shop_events(4, {40, 1500}), Label::window, {2, 3});
  ASSERT_EQ(e.rows.size(), 2u * 4);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(e.rows[i].model, e.rows[i + 4].model);
    EXPECT_EQ(e.rows[i].sessions, e.rows[i + 4].sessions);
    EXPECT_LE(e.rows[i].base_rate, e.rows[i + 4].base_rate);  // more of the session has been seen
    EXPECT_FALSE(e.rows[i].f1_of_all);
  }
}

TEST(Earliness, PagesFitATerminalAndJsonHasTheSize) {
  const Earliness e = early(test::shop_events(4, {40, 1200}), Label::future, {2, 3});
  std::istringstream lines(earliness_text(e));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 82u) << line;
  EXPECT_THAT(earliness_text(e), ::testing::HasSubstr("After how many events should the model be called?"));
  const auto rows = nlohmann::json::parse(earliness_json(e));
  EXPECT_EQ(rows.front()["session_size"], 2);
  EXPECT_EQ(rows.back()["session_size"], 3);
}

TEST(Earliness, RefusesSizesThatDoNotIncrease) {
  const auto events = test::shop_events(4, {40, 300});
  EXPECT_THROW(early(events, Label::future, {3, 3}), ParameterError);
  EXPECT_THROW(early(events, Label::future, {0, 3}), ParameterError);
  EXPECT_THROW(early(events, Label::future, {3, 900}), DataError);  // no session is as long as that
}

}  // namespace
}  // namespace cartwheel
