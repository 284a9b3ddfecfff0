#include "support/sessions_by_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <numeric>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/random_log.hpp"
#include "support/session_table_bytes.hpp"

/// build_sessions against SessionState, the definition: the same bytes.
namespace cartwheel {
namespace {

using core::RandomStream;
using test::bytes_of;
using test::OwnedEvent;
using test::sessions_by_state;

template <class T>
void shuffle(std::vector<T>& values, RandomStream& random) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[random.below(static_cast<std::uint32_t>(i))]);
}

std::vector<std::uint64_t> any_order_of_rows(const EventLog& log, RandomStream& random) {
  std::vector<std::uint64_t> rows(log.size());
  std::iota(rows.begin(), rows.end(), std::uint64_t{0});
  shuffle(rows, random);
  return rows;
}

std::string bulk_bytes(const EventLog& log, const SessionOptions& options) {
  Account account;
  return bytes_of(build_sessions(log, options, account));
}

struct Case {
  Label label;
  ShortSessions short_sessions;
  bool named;
};

class SessionsByState : public ::testing::TestWithParam<Case> {
 protected:
  SessionOptions options(RandomStream& random) const {
    SessionOptions options;
    options.size = 1 + static_cast<int>(random.below(20));
    options.label = GetParam().label;
    options.short_sessions = GetParam().short_sessions;
    options.target_cart = random.below(3) > 0;
    options.target_purchase = !options.target_cart || random.below(2) == 0;
    options.horizon = 1 + random.below(200) * 60'000'000LL;
    options.gap = 1 + random.below(100) * 60'000'000LL;
    return options;
  }
  test::RandomLogShape shape(RandomStream& random) const {
    test::RandomLogShape shape;
    shape.events = random.below(600);
    shape.sessions = GetParam().named ? 1 + random.below(200) : 0;
    shape.users = 1 + random.below(30);
    shape.ticks = 1 + random.below(300);
    shape.one_missing_in = random.below(2) * 10;
    return shape;
  }
};

TEST_P(SessionsByState, BulkIsTheSameForAnyLogInAnyOrder) {
  RandomStream random(1, core::RandomPurpose::generate);
  std::size_t rows = 0;
  for (std::uint64_t draw = 0; draw < 60; ++draw) {
    std::vector<OwnedEvent> events = test::random_events(draw, shape(random));
    if (draw % 3 == 0) std::ranges::stable_sort(events, {}, &OwnedEvent::time);
    if (draw % 3 == 1) shuffle(events, random);
    const EventLog log = test::make_log(events);
    const SessionOptions session = options(random);
    const SessionTable expected = sessions_by_state(log, session, any_order_of_rows(log, random));
    ASSERT_EQ(bulk_bytes(log, session), bytes_of(expected)) << "draw " << draw;
    rows += expected.size();
  }
  EXPECT_GT(rows, 100u);
}

std::string name_of_case(const ::testing::TestParamInfo<Case>& info) {
  return std::string(name_of(info.param.label)) +
         (info.param.short_sessions == ShortSessions::keep ? "_keep" : "_leave_out") +
         (info.param.named ? "_named" : "_by_inactivity");
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Label label : {Label::future, Label::window, Label::session})
    for (const ShortSessions short_sessions : {ShortSessions::leave_out, ShortSessions::keep})
      for (const bool named : {true, false}) cases.push_back({label, short_sessions, named});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(AllDefinitions, SessionsByState, ::testing::ValuesIn(all_cases()), name_of_case);

/// Long enough for several blocks of events, with sessions that lie across them.
class SessionsByStateThreads : public ::testing::TestWithParam<bool> {};

TEST_P(SessionsByStateThreads, DoNotMatter) {
  const bool named = GetParam();
  RandomStream random(2, core::RandomPurpose::generate);
  test::RandomLogShape shape;
  shape.events = 140'000;
  shape.sessions = named ? 40'000 : 0;
  shape.users = 5'000;
  std::vector<OwnedEvent> events = test::random_events(3, shape);
  SessionOptions session;
  session.label = Label::session;
  session.short_sessions = named ? ShortSessions::leave_out : ShortSessions::keep;
  for (const bool in_order : {false, true}) {
    if (in_order) std::ranges::stable_sort(events, {}, &OwnedEvent::time);
    const EventLog log = test::make_log(events);
    const std::string expected = bytes_of(sessions_by_state(log, session, any_order_of_rows(log, random)));
    for (const int threads : {1, 2, 3, 7})
      core::with_threads(threads, [&] { ASSERT_EQ(bulk_bytes(log, session), expected) << threads << " threads"; });
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, SessionsByStateThreads, ::testing::Bool(),
                         [](const auto& test) { return std::string(test.param ? "Named" : "ByInactivity"); });

TEST(SessionsByStateLimits, WindowsOfHundredsOfEvents) {
  RandomStream random(4, core::RandomPurpose::generate);
  test::RandomLogShape shape;
  shape.events = 5'000;
  shape.sessions = 12;
  const EventLog log = test::random_log(5, shape);
  for (const int size : {254, 255, 256, 257, 400, 1000})
    for (const ShortSessions short_sessions : {ShortSessions::leave_out, ShortSessions::keep}) {
      SessionOptions session;
      session.size = size;
      session.label = Label::session;
      session.short_sessions = short_sessions;
      session.horizon = 2'000'000'000'000;
      EXPECT_EQ(bulk_bytes(log, session), bytes_of(sessions_by_state(log, session, any_order_of_rows(log, random))));
    }
}

}  // namespace
}  // namespace cartwheel
