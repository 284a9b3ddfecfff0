#include <gtest/gtest.h>

#include <array>
#include <cartwheel/read_events.hpp>
#include <cartwheel/session_table.hpp>
#include <map>
#include <numeric>

#include "core/time.hpp"
#include "support/golden_file.hpp"
#include "support/shared_data.hpp"

namespace cartwheel {
namespace {

/// Sessions, positives and the sum of prices in windows, of one day.
using DayFigures = std::array<std::int64_t, 3>;

struct Case {
  const char* name;  ///< In the golden file.
  int size;
  Label label;
  ShortSessions short_sessions = ShortSessions::leave_out;
  bool by_inactivity = false;
};

/// The log with its session ids taken away.
EventLog without_sessions(const EventLog& log) {
  EventLogBuilder builder;
  for (std::size_t row = 0; row < log.size(); ++row)
    builder.add({.time = log.time()[row],
                 .type = log.type()[row],
                 .user = log.users()[log.user()[row]],
                 .price = log.price()[row]});
  return builder.build();
}

std::map<std::string, DayFigures> figures_by_day(const SessionTable& sessions) {
  std::map<std::string, DayFigures> days;
  const auto size = static_cast<std::size_t>(sessions.options.size);
  for (std::size_t r = 0; r < sessions.size(); ++r) {
    DayFigures& day = days[core::format_date(sessions.start[r])];
    day[0] += 1;
    day[1] += sessions.label[r];
    for (std::size_t i = r * size; i < r * size + sessions.event_count[r]; ++i)
      if (sessions.price[i] != missing_price) day[2] += sessions.price[i];
  }
  return days;
}

class StoreSessions : public ::testing::TestWithParam<Case> {};

TEST_P(StoreSessions, AgreeWithPandas) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const std::array files{test::shared_data("store_2016-08_09.csv")};
  const nlohmann::json golden = test::golden_file("sessions/store_2016-08_09.json")[GetParam().name];

  SessionOptions options;
  options.size = GetParam().size;
  options.label = GetParam().label;
  options.short_sessions = GetParam().short_sessions;
  Account account;
  const EventLog log = read_events(files, {}, account);
  const SessionTable sessions =
      build_sessions(GetParam().by_inactivity ? without_sessions(log) : log, options, account);

  EXPECT_EQ(account.count("sessions"), golden["sessions"]);
  EXPECT_EQ(account.count("sessions with fewer than 3 events, left out"), golden.value("too_short", 0));
  EXPECT_EQ(account.count("sessions with a target in the window, left out"), golden.value("target_in_window", 0));
  EXPECT_EQ(account.count("sessions kept"), golden["kept"]);
  EXPECT_EQ(account.count("sessions whose label time is after the log's end"), golden["label_not_complete"]);
  EXPECT_EQ(std::accumulate(sessions.event_count.begin(), sessions.event_count.end(), 0), golden["window_events"]);
  std::map<std::string, DayFigures> expected;
  for (const auto& day : golden["days"]) expected[day[0]] = {day[1], day[2], day[3]};
  EXPECT_EQ(figures_by_day(sessions), expected);
}

INSTANTIATE_TEST_SUITE_P(Definitions, StoreSessions,
                         ::testing::Values(Case{"window", 3, Label::window}, Case{"future", 3, Label::future},
                                           Case{"session", 3, Label::session},
                                           Case{"future_keep", 5, Label::future, ShortSessions::keep},
                                           Case{"inactivity", 3, Label::window, ShortSessions::leave_out, true}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace cartwheel
