#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/history_store.hpp>
#include <map>

#include "features/history_columns.hpp"
#include "support/feature_rows.hpp"
#include "support/random_log.hpp"
#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

using test::OwnedEvent;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::int64_t minute = 60'000'000;

TEST(HistoryStore, CountsEventsVisitsAndTargets) {
  HistoryStore store;
  EXPECT_FALSE(store.find("ada").has_value());
  store.add("ada", "s1", EventType::view, 1 * minute);
  store.add("ada", "s1", EventType::cart, 2 * minute);
  store.add("bob", "s2", EventType::view, 3 * minute);
  store.add("ada", "s3", EventType::purchase, 4 * minute);
  store.add("ada", "s1", EventType::view, 5 * minute);
  store.add("", "s1", EventType::view, 6 * minute);
  const UserHistory ada = store.find("ada").value();
  EXPECT_EQ(ada.events, 4u);
  EXPECT_EQ(ada.visits, 3u) << "s1, s3, and s1 again";
  EXPECT_EQ(ada.carts, 1u);
  EXPECT_EQ(ada.purchases, 1u);
  EXPECT_EQ(ada.targets, 2u);
  EXPECT_EQ(ada.last_time, 5 * minute);
  EXPECT_EQ(ada.last_target_time, 4 * minute);
  EXPECT_EQ(store.size(), 2u);
}

TEST(HistoryStore, WithoutSessionsAPauseEndsAVisit) {
  SessionOptions options;
  options.gap = 30 * minute;
  options.target_cart = false;
  HistoryStore store(options);
  store.add("ada", "", EventType::cart, 0);
  store.add("ada", "", EventType::view, 30 * minute);
  EXPECT_EQ(store.find("ada")->visits, 1u);
  store.add("ada", "", EventType::view, 61 * minute);
  EXPECT_EQ(store.find("ada")->visits, 2u);
  EXPECT_EQ(store.find("ada")->targets, 0u) << "a cart is no target here";
}

/// Against a plain list, with users enough that the table grows and its clusters are broken up again and again.
TEST(HistoryStore, KeepsTheUsersThatWereActiveLast) {
  for (const std::uint64_t most : {1u, 7u, 40u, 1000u}) {
    core::RandomStream random(most, core::RandomPurpose::generate);
    HistoryStore store({}, most);
    std::vector<std::string> by_activity;  // the last one was active last
    std::map<std::string, std::uint32_t> events;
    for (int i = 0; i < 5000; ++i) {
      const std::string user = std::to_string(random.below(120));
      store.add(user, "s", EventType::view, i);
      if (std::erase(by_activity, user) == 0) {
        events[user] = 0;
        if (by_activity.size() == most) by_activity.erase(by_activity.begin());
      }
      by_activity.push_back(user);
      ++events[user];
    }
    ASSERT_EQ(store.size(), by_activity.size());
    for (int u = 0; u < 120; ++u) {
      const std::string user = std::to_string(u);
      const auto found = store.find(user);
      ASSERT_EQ(found.has_value(), std::ranges::find(by_activity, user) != by_activity.end()) << user;
      if (found.has_value()) {
        EXPECT_EQ(found->events, events[user]);
      }
    }
    const auto records = store.records();
    ASSERT_EQ(records.size(), by_activity.size());
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].user, HistoryStore::key_of(by_activity[i]));
  }
}

TEST(HistoryStore, ACopyFromItsRecordsGoesOnAlike) {
  HistoryStore store({}, 20);
  core::RandomStream random(1, core::RandomPurpose::generate);
  const auto feed = [&](HistoryStore& to, int from, int until) {
    for (int i = from; i < until; ++i)
      to.add(1 + (static_cast<std::uint64_t>(i) * 2654435761u) % 37, 1 + static_cast<std::uint64_t>(i) % 5,
             static_cast<EventType>(i % 5), i);
  };
  feed(store, 0, 500);
  HistoryStore copy = HistoryStore::from_records(store.records(), {}, 20);
  feed(store, 500, 900);
  feed(copy, 500, 900);
  const auto a = store.records(), b = copy.records();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(std::memcmp(&a[i], &b[i], sizeof a[i]), 0);
}

TEST(HistoryStore, RefusesWhatCannotBe) {
  EXPECT_THAT([] { HistoryStore({}, 0); }, ThrowsMessage<ParameterError>(HasSubstr("history_users is 0")));
  UserHistory record;
  record.user = 5;
  record.events = 1;
  EXPECT_THROW(HistoryStore::from_records({record, record}, {}, 10), DataError);
  EXPECT_THROW(HistoryStore::from_records({record}, {}, 0), ParameterError);
}

/// The columns of the extractor are those of a store that is fed live, one event at a time.
TEST(HistoryStore, LiveEventsGiveTheColumnsOfTheExtractor) {
  for (const bool named : {true, false}) {
    std::vector<OwnedEvent> events = test::shop_events(21);
    for (OwnedEvent& event : events)
      if (!named) event.session = "";
    SessionOptions options;
    options.short_sessions = named ? ShortSessions::leave_out : ShortSessions::keep;
    const SessionTable sessions = test::sessions_of(events, options);
    ASSERT_GT(sessions.size(), 300u);
    const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 2;
    const auto extractor = make_feature_extractor("V2", {{"groups", std::string("history")}});
    std::vector<std::uint32_t> training, later;
    for (const std::uint32_t row : test::all_rows(sessions))
      (sessions.start[row] <= train_end ? training : later).push_back(row);
    auto columns = test::rows_of(extractor->fit_transform(sessions, training, train_end));
    for (auto& row : test::rows_of(extractor->transform(sessions, later))) columns.push_back(std::move(row));

    std::map<std::uint64_t, std::uint32_t> row_of_first_event;
    for (const std::uint32_t row : test::all_rows(sessions)) row_of_first_event[sessions.start_sequence[row]] = row;
    HistoryStore store(options);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {  // in order of time, as they arrive
      const OwnedEvent& event = events[i];
      if (const auto found = row_of_first_event.find(i); found != row_of_first_event.end()) {
        features::FloatColumns live(columns.front().size(), 1);
        features::set_history_columns(event.user.empty(), store.find(event.user).value_or(UserHistory{}), event.time, 0, live);
        for (std::size_t c = 0; c < columns.front().size(); ++c)
          ASSERT_EQ(test::bits_of(std::vector<float>{live(c, 0)}),
                    test::bits_of(std::vector<float>{columns[found->second][c]}))
              << "row " << found->second << ", column " << c;
        ++seen;
      }
      store.add(event.user, event.session, event.type, event.time);
    }
    EXPECT_EQ(seen, sessions.size());
  }
}

}  // namespace
}  // namespace cartwheel
