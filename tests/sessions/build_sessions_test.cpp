#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/session_table.hpp>
#include <map>

#include "support/random_log.hpp"

namespace cartwheel {
namespace {

using test::random_log;
using test::RandomLogShape;
using ::testing::ElementsAre;
using ::testing::ThrowsMessage;

constexpr std::int64_t minute = 60'000'000;

RandomLogShape without_sessions() {
  RandomLogShape shape;
  shape.sessions = 0;
  shape.users = 12;
  return shape;
}

std::vector<std::pair<std::string, std::int64_t>> counts_of(const Account& account) {
  std::vector<std::pair<std::string, std::int64_t>> counts;
  for (const Account::Entry& entry : account.entries()) counts.emplace_back(entry.name, entry.count);
  return counts;
}

/// One session as a list of log rows in (time, row) order, found with maps and sorts.
using RowList = std::vector<std::size_t>;

std::vector<RowList> sessions_by_definition(const EventLog& log, const SessionOptions& options) {
  const bool by_inactivity = log.sessions().size() == 1;
  std::map<std::string, RowList> groups;
  for (std::size_t row = 0; row < log.size(); ++row) {
    const auto name = by_inactivity ? log.users()[log.user()[row]] : log.sessions()[log.session()[row]];
    if (!name.empty()) groups[std::string(name)].push_back(row);
  }
  std::vector<RowList> found;
  for (auto& [name, rows] : groups) {
    std::ranges::sort(rows, {}, [&](std::size_t row) { return std::pair(log.time()[row], row); });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i == 0 || (by_inactivity && log.time()[rows[i]] - log.time()[rows[i - 1]] > options.gap))
        found.emplace_back();
      found.back().push_back(rows[i]);
    }
  }
  std::ranges::sort(found, {}, [&](const RowList& rows) { return std::pair(log.time()[rows[0]], rows[0]); });
  return found;
}

class BuildSessionsLaws : public ::testing::TestWithParam<std::tuple<std::uint64_t, bool, Label, ShortSessions>> {
 protected:
  EventLog log() const {
    return random_log(std::get<0>(GetParam()), std::get<1>(GetParam()) ? RandomLogShape{} : without_sessions());
  }
  SessionOptions options() const {
    SessionOptions options;
    options.size = 2 + static_cast<int>(std::get<0>(GetParam()));
    options.label = std::get<2>(GetParam());
    options.short_sessions = std::get<3>(GetParam());
    options.horizon = 300 * minute;
    return options;
  }
};

TEST_P(BuildSessionsLaws, RowsAreThoseOfASlowGroupBy) {
  const EventLog events = log();
  Account account;
  const SessionTable table = build_sessions(events, options(), account);
  const std::vector<RowList> expected = sessions_by_definition(events, options());
  EXPECT_EQ(account.count("sessions"), std::ssize(expected));
  ASSERT_GT(table.size(), 5u);
  std::size_t r = 0;
  for (const RowList& rows : expected) {
    SessionState state;
    for (const std::size_t row : rows) state.add(events.event(row), options());
    SessionRow row;
    if (state.finish(options(), row) != LeftOut::none) continue;
    ASSERT_LT(r, table.size());
    EXPECT_EQ(table.start[r], events.time()[rows[0]]);
    EXPECT_EQ(table.start_sequence[r], rows[0]);
    EXPECT_EQ(table.session[r], events.session()[rows[0]]);
    EXPECT_EQ(table.user[r], events.user()[rows[0]]);
    EXPECT_EQ(table.window_end[r], row.window_end);
    EXPECT_EQ(table.label_time[r], row.label_time);
    EXPECT_EQ(table.label[r], row.label ? 1 : 0);
    ASSERT_EQ(table.event_count[r], row.window.size());
    const auto size = static_cast<std::size_t>(options().size);
    for (std::size_t i = 0; i < size; ++i) {
      const Event event = i < row.window.size() ? events.event(rows[i]) : Event{};
      const std::size_t at = r * size + i;
      EXPECT_EQ(table.time[at], event.time);
      EXPECT_EQ(table.price[at], event.price);
      EXPECT_EQ(table.type[at], event.type);
      EXPECT_EQ(table.product[at], event.product);
      EXPECT_EQ(table.category_id[at], event.category_id);
      EXPECT_EQ(table.category_code[at], event.category_code);
      EXPECT_EQ(table.brand[at], event.brand);
    }
    ++r;
  }
  EXPECT_EQ(r, table.size());
}

std::string name_of_case(const ::testing::TestParamInfo<BuildSessionsLaws::ParamType>& info) {
  const auto& [seed, named, label, short_sessions] = info.param;
  return std::string(named ? "named_" : "by_inactivity_") + std::string(name_of(label)) +
         (short_sessions == ShortSessions::keep ? "_keep_" : "_leave_out_") + std::to_string(seed);
}

INSTANTIATE_TEST_SUITE_P(Logs, BuildSessionsLaws,
                         ::testing::Combine(::testing::Values(1u, 2u), ::testing::Bool(),
                                            ::testing::Values(Label::future, Label::window, Label::session),
                                            ::testing::Values(ShortSessions::leave_out, ShortSessions::keep)),
                         name_of_case);

/// A log of one product's events: (user, session, minute, type).
struct Line {
  const char* user;
  const char* session;
  std::int64_t minutes;
  EventType type = EventType::view;
};

EventLog log_of(const std::vector<Line>& lines) {
  EventLogBuilder builder;
  for (const Line& line : lines)
    builder.add(
        {.time = line.minutes * minute, .type = line.type, .product = "p", .user = line.user, .session = line.session});
  return builder.build();
}

TEST(BuildSessions, TheAccountSaysWhatBecameOfEveryEventAndSession) {
  const EventLog log = log_of({{"a", "kept", 0},
                               {"a", "kept", 1},
                               {"a", "kept", 2},
                               {"a", "kept", 3, EventType::cart},
                               {"b", "short", 4},
                               {"b", "", 5},
                               {"c", "target", 6},
                               {"c", "target", 7, EventType::purchase},
                               {"c", "target", 8},
                               {"d", "late", 1500},
                               {"d", "late", 1500},
                               {"d", "late", 1501}});
  Account account;
  const SessionTable table = build_sessions(log, {}, account);
  EXPECT_EQ(counts_of(account), (std::vector<std::pair<std::string, std::int64_t>>{
                                    {"events", 12},
                                    {"events without a session, left out", 1},
                                    {"sessions", 4},
                                    {"sessions with fewer than 3 events, left out", 1},
                                    {"sessions with a target in the window, left out", 1},
                                    {"sessions kept", 2},
                                    {"sessions whose label time is after the log's end", 1}}));
  EXPECT_THAT(table.label, ElementsAre(1, 0));
  EXPECT_EQ(table.log_begin, 0);
  EXPECT_EQ(table.log_end, 1501 * minute);
  EXPECT_EQ(table.session_name(0), "kept");
  EXPECT_EQ(table.session_name(1), "late");
}

TEST(BuildSessions, OnlyLabelFutureLeavesOutTargetsAndOnlyLeaveOutShortSessions) {
  const EventLog log = log_of({{"a", "s", 0, EventType::cart}});
  SessionOptions options;
  options.label = Label::window;
  options.short_sessions = ShortSessions::keep;
  Account account;
  const SessionTable table = build_sessions(log, options, account);
  EXPECT_THAT(counts_of(account),
              ElementsAre(std::pair<std::string, std::int64_t>{"events", 1},
                          std::pair<std::string, std::int64_t>{"events without a session, left out", 0},
                          std::pair<std::string, std::int64_t>{"sessions", 1},
                          std::pair<std::string, std::int64_t>{"sessions kept", 1},
                          std::pair<std::string, std::int64_t>{"sessions whose label time is after the log's end", 1}));
  EXPECT_THAT(table.event_count, ElementsAre(1));
  EXPECT_THAT(table.label, ElementsAre(1));
}

TEST(BuildSessions, WithoutSessionIdsAPauseLongerThanTheGapStartsASession) {
  const EventLog log = log_of({{"a", "", 60},
                               {"b", "", 0},
                               {"a", "", 0},
                               {"a", "", 30},  // a pause of exactly the gap does not cut
                               {"", "", 10},
                               {"a", "", 91},  // one of a minute more does
                               {"a", "", 100},
                               {"b", "", 1}});
  SessionOptions options;
  options.size = 2;
  Account account;
  const SessionTable table = build_sessions(log, options, account);
  EXPECT_EQ(account.count("events without a session, left out"), 1);
  EXPECT_EQ(account.count("sessions"), 3);
  EXPECT_THAT(table.start, ElementsAre(0, 0, 91 * minute));
  EXPECT_THAT(table.start_sequence, ElementsAre(1, 2, 5));
  EXPECT_THAT(table.window_end, ElementsAre(1 * minute, 30 * minute, 100 * minute));
  EXPECT_THAT(table.session, ElementsAre(0, 0, 0));
  EXPECT_EQ(table.session_name(0), "b@1970-01-01 00:00:00");
  EXPECT_EQ(table.session_name(2), "a@1970-01-01 01:31:00");
}

TEST(BuildSessions, AnEmptyLogGivesAnEmptyTable) {
  Account account;
  const SessionTable table = build_sessions(EventLog(), {}, account);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(account.count("sessions"), 0);
}

TEST(BuildSessions, OptionsAreCheckedFirst) {
  SessionOptions options;
  options.size = 0;
  Account account;
  EXPECT_THAT([&] { build_sessions(EventLog(), options, account); },
              ThrowsMessage<ParameterError>(::testing::HasSubstr("session.size")));
}

}  // namespace
}  // namespace cartwheel
