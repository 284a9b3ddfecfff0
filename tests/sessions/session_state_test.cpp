#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <limits>

#include "core/philox.hpp"

namespace cartwheel {
namespace {

using core::RandomPurpose;
using core::RandomStream;

bool operator==(const Event& a, const Event& b) {
  return a.time == b.time && a.sequence == b.sequence && a.price == b.price && a.product == b.product &&
         a.type == b.type;
}

/// A row that owns its window, so that it can outlive the state.
struct OwnedRow {
  LeftOut left_out = LeftOut::none;
  std::int64_t start = 0, window_end = 0, label_time = 0;
  std::uint64_t start_sequence = 0;
  Code user = missing_code, session = missing_code;
  bool label = false;
  std::vector<std::uint64_t> window;  ///< Sequences.
  friend bool operator==(const OwnedRow&, const OwnedRow&) = default;
};

void PrintTo(const OwnedRow& row, std::ostream* out) {
  *out << "left out " << static_cast<int>(row.left_out) << ", start " << row.start << "#" << row.start_sequence
       << ", window end " << row.window_end << ", label " << row.label << " at " << row.label_time << ", window";
  for (const auto sequence : row.window) *out << " " << sequence;
}

/// The definitions of windows and labels, word by word, over all events at once. Times are small here.
OwnedRow row_by_definition(std::vector<Event> events, const SessionOptions& options) {
  OwnedRow row;
  std::ranges::sort(events, [](const Event& a, const Event& b) {
    return std::pair(a.time, a.sequence) < std::pair(b.time, b.sequence);
  });
  const auto k = static_cast<std::size_t>(options.size);
  const bool keep = options.short_sessions == ShortSessions::keep;
  if (events.empty() || (!keep && events.size() < k)) {
    row.left_out = LeftOut::too_short;
    return row;
  }
  std::vector<Event> window;
  for (const Event& event : events)
    if (window.size() < k && (!keep || event.time <= events[0].time + options.horizon)) window.push_back(event);
  const std::int64_t window_end = window.size() < k ? events[0].time + options.horizon : window.back().time;
  bool in_window = false, after_window = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const bool is_target = (events[i].type == EventType::cart && options.target_cart) ||
                           (events[i].type == EventType::purchase && options.target_purchase);
    if (is_target && i < window.size()) in_window = true;
    if (is_target && i >= window.size() && events[i].time <= window_end + options.horizon) after_window = true;
  }
  if (options.label == Label::future && in_window) {
    row.left_out = LeftOut::target_in_window;
    return row;
  }
  row.start = events[0].time;
  row.start_sequence = events[0].sequence;
  row.user = events[0].user;
  row.session = events[0].session;
  row.window_end = window_end;
  row.label_time = options.label == Label::window ? window_end : window_end + options.horizon;
  row.label = options.label == Label::future   ? after_window
              : options.label == Label::window ? in_window
                                               : in_window || after_window;
  for (const Event& event : window) row.window.push_back(event.sequence);
  return row;
}

OwnedRow row_of(const std::vector<Event>& events, const SessionOptions& options) {
  SessionState state;
  for (const Event& event : events) state.add(event, options);
  EXPECT_EQ(state.event_count(), events.size());
  OwnedRow row;
  SessionRow found;
  row.left_out = state.finish(options, found);
  if (row.left_out != LeftOut::none) return row;
  row.start = found.start;
  row.start_sequence = found.start_sequence;
  row.user = found.user;
  row.session = found.session;
  row.window_end = found.window_end;
  row.label_time = found.label_time;
  row.label = found.label;
  for (const Event& event : found.window) {
    row.window.push_back(event.sequence);
    EXPECT_THAT(events, ::testing::Contains(::testing::Truly([&](const Event& e) { return e == event; })));
  }
  return row;
}

void shuffle(std::vector<Event>& events, RandomStream& random) {
  for (std::size_t i = events.size(); i > 1; --i)
    std::swap(events[i - 1], events[random.below(static_cast<std::uint32_t>(i))]);
}

/// Up to 12 events at 12 different times at most, so that most times are shared.
std::vector<Event> random_session(RandomStream& random) {
  std::vector<Event> events(random.below(13));
  const std::uint32_t times = 1 + random.below(12);
  for (std::size_t i = 0; i < events.size(); ++i) {
    Event& event = events[i];
    event.time = random.below(times);
    event.sequence = 100 + i;
    event.price = static_cast<std::int64_t>(i);
    event.product = static_cast<Code>(i + 1);
    event.user = static_cast<Code>(1 + random.below(3));
    event.session = 7;
    event.type = random.below(3) == 0 ? static_cast<EventType>(1 + random.below(4)) : EventType::view;
  }
  return events;
}

struct Case {
  Label label;
  ShortSessions short_sessions;
  bool target_cart, target_purchase;
};

class SessionStateLaws : public ::testing::TestWithParam<Case> {};

TEST_P(SessionStateLaws, AnyOrderOfEventsFollowsTheDefinition) {
  RandomStream random(1, RandomPurpose::generate);
  int rows = 0, positives = 0;
  for (int draw = 0; draw < 3000; ++draw) {
    std::vector<Event> events = random_session(random);
    SessionOptions options;
    options.size = 1 + static_cast<int>(random.below(8));
    options.label = GetParam().label;
    options.short_sessions = GetParam().short_sessions;
    options.target_cart = GetParam().target_cart;
    options.target_purchase = GetParam().target_purchase;
    options.horizon = 1 + random.below(6);
    const OwnedRow expected = row_by_definition(events, options);
    for (int order = 0; order < 4; ++order) {
      ASSERT_EQ(row_of(events, options), expected) << "draw " << draw << ", order " << order << ", k " << options.size;
      shuffle(events, random);
    }
    rows += expected.left_out == LeftOut::none;
    positives += expected.label;
  }
  EXPECT_GT(rows, 300);  // the draws must reach both answers
  EXPECT_GT(positives, 100);
  EXPECT_LT(positives, rows - 100);
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Label label : {Label::future, Label::window, Label::session})
    for (const ShortSessions short_sessions : {ShortSessions::leave_out, ShortSessions::keep})
      for (const int targets : {1, 2, 3})
        cases.push_back({label, short_sessions, (targets & 1) != 0, (targets & 2) != 0});
  return cases;
}

std::string name_of_case(const ::testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return std::string(name_of(c.label)) + (c.short_sessions == ShortSessions::keep ? "_keep" : "_leave_out") +
         (c.target_cart ? "_cart" : "") + (c.target_purchase ? "_purchase" : "");
}

INSTANTIATE_TEST_SUITE_P(AllDefinitions, SessionStateLaws, ::testing::ValuesIn(all_cases()), name_of_case);

/// Events at the given times, views except the targets; sequence = position.
std::vector<Event> events_at(const std::vector<std::int64_t>& times, const std::vector<std::size_t>& targets) {
  std::vector<Event> events(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    events[i].time = times[i];
    events[i].sequence = i;
  }
  for (const std::size_t i : targets) events[i].type = EventType::purchase;
  return events;
}

TEST(SessionState, ATargetAtTheWindowsLastTimeButLaterInTheLogIsAfterTheWindow) {
  const SessionOptions options;
  const OwnedRow row = row_of(events_at({10, 20, 30, 30}, {3}), options);
  EXPECT_EQ(row.left_out, LeftOut::none);
  EXPECT_TRUE(row.label);
  EXPECT_EQ(row.window_end, 30);
}

TEST(SessionState, TheHorizonsLastMicrosecondCounts) {
  SessionOptions options;
  options.horizon = 100;
  EXPECT_TRUE(row_of(events_at({10, 20, 30, 130}, {3}), options).label);
  EXPECT_FALSE(row_of(events_at({10, 20, 30, 131}, {3}), options).label);
  EXPECT_EQ(row_of(events_at({10, 20, 30, 131}, {3}), options).label_time, 130);
}

TEST(SessionState, ALateArrivalPushesATargetOutOfTheWindow) {
  const SessionOptions options;
  SessionState state;
  const std::vector<Event> events = events_at({10, 20, 30, 15}, {2});
  SessionRow row;
  for (std::size_t i = 0; i < 3; ++i) state.add(events[i], options);
  EXPECT_EQ(state.finish(options, row), LeftOut::target_in_window);
  state.add(events[3], options);
  ASSERT_EQ(state.finish(options, row), LeftOut::none);
  EXPECT_TRUE(row.label);
  EXPECT_EQ(row.window_end, 20);
}

TEST(SessionState, AShortSessionIsClosedAtStartPlusHorizon) {
  SessionOptions options;
  options.short_sessions = ShortSessions::keep;
  options.horizon = 100;
  const OwnedRow row = row_of(events_at({10, 110, 111}, {2}), options);
  EXPECT_THAT(row.window, ::testing::ElementsAre(0, 1));
  EXPECT_EQ(row.window_end, 110);
  EXPECT_EQ(row.label_time, 210);
  EXPECT_TRUE(row.label);
}

TEST(SessionState, WithoutEventsThereIsNoRow) {
  SessionOptions options;
  SessionRow row;
  for (const ShortSessions short_sessions : {ShortSessions::leave_out, ShortSessions::keep}) {
    options.short_sessions = short_sessions;
    EXPECT_EQ(SessionState().finish(options, row), LeftOut::too_short);
  }
}

TEST(SessionState, TimesAtTheLimitsDoNotOverflow) {
  constexpr auto first = std::numeric_limits<std::int64_t>::min(), last = std::numeric_limits<std::int64_t>::max();
  SessionOptions options;
  const OwnedRow row = row_of(events_at({last - 2, last - 1, last - 1, last}, {3}), options);
  EXPECT_TRUE(row.label);
  EXPECT_EQ(row.label_time, last);
  EXPECT_FALSE(row_of(events_at({first, first, first, last}, {3}), options).label);
  options.short_sessions = ShortSessions::keep;
  EXPECT_EQ(row_of(events_at({last}, {}), options).window_end, last);
}

}  // namespace
}  // namespace cartwheel
