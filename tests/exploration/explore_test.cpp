#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/exploration.hpp>
#include <cartwheel/report.hpp>
#include <cartwheel/threads.hpp>
#include <map>
#include <set>

#include "core/time.hpp"
#include "exploration/ratio_tables.hpp"
#include "support/random_log.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

ExploreOptions without_features() {
  ExploreOptions options;
  options.features = false;
  return options;
}

Exploration explored(const EventLog& log, const ExploreOptions& options = without_features()) {
  Account account;
  return explore(log, options, account);
}

Distribution distribution_of(std::vector<std::int64_t> values) {
  std::ranges::sort(values);
  Distribution result;
  result.count = values.size();
  for (const std::int64_t value : values)
    result.mean += static_cast<double>(value) / static_cast<double>(values.size());
  for (std::size_t q = 0; q < result.quantiles.size() && !values.empty(); ++q) {
    const std::size_t share = static_cast<std::size_t>(Distribution::thousandths[q]);
    result.quantiles[q] = values[std::max<std::size_t>(1, (share * values.size() + 999) / 1000) - 1];
  }
  return result;
}

void expect_same(const Distribution& actual, const Distribution& expected) {
  EXPECT_EQ(actual.count, expected.count);
  EXPECT_NEAR(actual.mean, expected.mean, 1e-9 * (1.0 + expected.mean));
  EXPECT_EQ(actual.quantiles, expected.quantiles);
}

/// The sessions of a log, one after the other, found in the plainest way.
struct PlainSessions {
  std::vector<std::vector<test::OwnedEvent>> sessions;
  std::uint64_t without = 0;

  PlainSessions(std::vector<test::OwnedEvent> events, std::int64_t gap) {
    const bool named = std::ranges::any_of(events, [](const auto& e) { return !e.session.empty(); });
    std::ranges::stable_sort(events, {}, &test::OwnedEvent::time);
    std::map<std::string, std::size_t> open;
    for (const test::OwnedEvent& event : events) {
      const std::string& key = named ? event.session : event.user;
      if (key.empty()) {
        ++without;
        continue;
      }
      const auto found = open.find(key);
      const bool pause = !named && found != open.end() && event.time - sessions[found->second].back().time > gap;
      if (found == open.end() || pause) {
        open[key] = sessions.size();
        sessions.emplace_back();
      }
      sessions[open[key]].push_back(event);
    }
  }
};

std::string all_columns(const test::OwnedEvent& e) {
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}", e.time, static_cast<int>(e.type), e.product, e.category_id,
                     e.category_code, e.brand, e.user, e.session, e.price);
}

void expect_as_plain(const std::vector<test::OwnedEvent>& events) {
  ExploreOptions options = without_features();
  options.sizes = 30;
  const Exploration e = explored(test::make_log(events), options);
  const PlainSessions plain(events, options.sessions.gap);
  std::vector<std::int64_t> sizes, durations, gaps, target_places, first_places;
  std::uint64_t several_users = 0, over_a_day = 0, purchase_before_cart = 0;
  for (const auto& session : plain.sessions) {
    sizes.push_back(static_cast<std::int64_t>(session.size()));
    if (session.size() > 1) durations.push_back((session.back().time - session.front().time) / 1'000'000);
    over_a_day += session.back().time - session.front().time > core::microseconds_per_day ? 1 : 0;
    std::set<std::string> users;
    std::optional<std::size_t> first_cart, first_purchase, first_target;
    for (std::size_t i = 0; i < session.size(); ++i) {
      if (i > 0) gaps.push_back((session[i].time - session[i - 1].time) / 1'000'000);
      if (!session[i].user.empty()) users.insert(session[i].user);
      const bool cart = session[i].type == EventType::cart, purchase = session[i].type == EventType::purchase;
      if (cart && !first_cart) first_cart = i;
      if (purchase && !first_purchase) first_purchase = i;
      if (cart || purchase) {
        target_places.push_back(static_cast<std::int64_t>(i + 1));
        if (!first_target) first_target = i;
      }
    }
    if (first_target) first_places.push_back(static_cast<std::int64_t>(*first_target + 1));
    several_users += users.size() > 1 ? 1 : 0;
    purchase_before_cart += first_purchase && (!first_cart || *first_purchase < *first_cart) ? 1 : 0;
  }
  EXPECT_EQ(e.sessions, plain.sessions.size());
  EXPECT_EQ(e.anomalies.without_session, plain.without);
  EXPECT_EQ(e.anomalies.several_users, several_users);
  EXPECT_EQ(e.anomalies.over_a_day, over_a_day);
  EXPECT_EQ(e.anomalies.purchase_before_cart, purchase_before_cart);
  EXPECT_EQ(e.targets, target_places.size());
  EXPECT_EQ(e.target_sessions, first_places.size());
  expect_same(e.events_per_session, distribution_of(sizes));
  expect_same(e.duration, distribution_of(durations));
  expect_same(e.gap, distribution_of(gaps));
  for (const SizeRow& row : e.sizes) {
    const auto within = [&](const auto& places) {
      return static_cast<std::uint64_t>(std::ranges::count_if(places, [&](auto place) { return place <= row.size; }));
    };
    EXPECT_EQ(row.targets_reached, within(target_places));
    EXPECT_EQ(row.first_targets_reached, within(first_places));
    EXPECT_EQ(row.sessions_reached - row.sessions, sizes.size() - within(sizes));
  }
  std::set<std::string> seen;
  std::uint64_t repeats = 0, late = 0;
  std::int64_t latest = events.front().time;
  for (const test::OwnedEvent& event : events) {
    repeats += seen.insert(all_columns(event)).second ? 0 : 1;
    late += event.time < latest ? 1 : 0;
    latest = std::max(latest, event.time);
  }
  EXPECT_EQ(e.anomalies.exact_repeats, repeats);
  EXPECT_EQ(e.anomalies.out_of_order, late);
}

/// Logs with few values a column, so that ties, repeats and sessions of several users occur.
std::vector<test::OwnedEvent> tied_events(std::uint64_t seed, std::uint32_t sessions) {
  std::vector<test::OwnedEvent> events =
      test::random_events(seed, {.events = 3000, .users = 40, .sessions = sessions, .ticks = 400, .tick = 471'234'567});
  for (std::size_t i = 7; i < events.size(); i += 13) events[i] = events[i / 2];
  return events;
}

TEST(Explore, CountsAsAPlainProgramDoes) {
  for (const std::uint32_t sessions : {0u, 5u, 300u, 20'000u})
    for (const std::uint64_t seed : {1u, 2u}) {
      SCOPED_TRACE(fmt::format("{} sessions, seed {}", sessions, seed));
      std::vector<test::OwnedEvent> events = tied_events(seed, sessions);
      expect_as_plain(events);
      std::ranges::stable_sort(events, {}, &test::OwnedEvent::time);
      expect_as_plain(events);
    }
}

TEST(Explore, BalancesEveryLabelAsBuildSessionsDoes) {
  for (const ShortSessions shorts : {ShortSessions::leave_out, ShortSessions::keep}) {
    const EventLog log = test::random_log(5, {.events = 2000, .sessions = 400, .ticks = 1000});
    ExploreOptions options = without_features();
    options.sessions.short_sessions = shorts;
    const Exploration e = explored(log, options);
    for (const LabelBalance& balance : e.labels) {
      SessionOptions sessions = options.sessions;
      sessions.label = balance.label;
      Account account;
      const SessionTable table = build_sessions(log, sessions, account);
      std::uint64_t positives = 0;
      for (std::size_t row = 0; row < table.size(); ++row)
        positives += table.label_time[row] <= table.log_end ? table.label[row] : 0;
      EXPECT_EQ(balance.sessions, table.size());
      EXPECT_EQ(balance.positives, positives);
      EXPECT_EQ(balance.incomplete, account.count("sessions whose label time is after the log's end"));
      EXPECT_EQ(balance.too_short, account.count("sessions with fewer than 3 events, left out"));
      EXPECT_EQ(balance.target_in_window, account.count("sessions with a target in the window, left out"));
      EXPECT_GT(balance.positives, 0u);
    }
  }
}

TEST(Explore, IsTheSameForAnyNumberOfThreads) {
  for (const bool in_order : {false, true}) {
    std::vector<test::OwnedEvent> events = tied_events(3, 4000);
    if (in_order) std::ranges::stable_sort(events, {}, &test::OwnedEvent::time);
    const EventLog log = test::make_log(events);
    ExploreOptions options;
    options.sessions.size = 1;
    options.extractor_parameters["session_size"] = std::int64_t{1};
    std::set<std::string> texts;
    for (const int threads : {1, 2, 5})
      with_threads(threads, [&] { texts.insert(exploration_json(explored(log, options), 0)); });
    EXPECT_EQ(texts.size(), 1u);
  }
}

TEST(Explore, TakesALogWithoutEvents) {
  const Exploration e = explored(EventLog(), {});
  EXPECT_EQ(e.events, 0u);
  EXPECT_EQ(e.sessions, 0u);
  EXPECT_EQ(e.labels[0].rate(), std::nullopt);
  EXPECT_THAT(exploration_text(e, 10), HasSubstr("0 events in 0 sessions"));
}

TEST(Explore, RefusesTimesTooFarApart) {
  EventLogBuilder builder;
  builder.add({.time = -62'000'000'000'000'000, .session = "a"});
  builder.add({.time = 250'000'000'000'000'000, .session = "a"});
  const EventLog log = builder.build();
  EXPECT_NO_THROW(explored(log));  // within years 1 to 9999
  const auto with = [&](auto change) {
    ExploreOptions options;
    change(options);
    return [&log, options] { explored(log, options); };
  };
  EXPECT_THAT(with([](auto& o) { o.sizes = 0; }), ThrowsMessage<ParameterError>(HasSubstr("sizes is 0")));
  EXPECT_THAT(with([](auto& o) { o.extractor = "V9"; }), ThrowsMessage<ParameterError>(HasSubstr("V9")));
  EXPECT_THAT(with([](auto& o) { o.sessions.size = 0; }), ThrowsMessage<ParameterError>(HasSubstr("size")));
}

TEST(Explore, StopsWhenToldTo) {
  std::set<std::string> stages;
  ExploreOptions options;
  options.progress = [&](const Progress& progress) {
    stages.insert(std::string(progress.stage));
    return true;
  };
  const EventLog log = test::random_log(1);
  explored(log, options);
  EXPECT_EQ(stages.size(), 4u);
  for (const std::string& stage : stages) {
    options.progress = [&](const Progress& progress) { return progress.stage != stage; };
    EXPECT_THROW(explored(log, options), Cancelled) << stage;
  }
}

TEST(Explore, ComparesFeaturesWithTheLabel) {
  EventLogBuilder builder;
  for (int s = 0; s < 400; ++s) {
    const bool cart = s % 4 == 0;
    const std::string session = "s" + std::to_string(s);
    const std::int64_t day = (s % 7) * core::microseconds_per_day;
    builder.add({.time = day, .type = EventType::view, .brand = cart ? "b" : "", .session = session, .price = s % 50});
    builder.add({.time = day + 1, .type = cart ? EventType::cart : EventType::view, .session = session});
  }
  ExploreOptions options;
  options.sessions.size = 2;
  options.sessions.label = Label::window;
  options.extractor_parameters["session_size"] = std::int64_t{2};
  const Exploration e = explored(builder.build(), options);
  std::map<std::string, FeatureAssociation> features;
  for (const FeatureAssociation& feature : e.features) features[feature.feature] = feature;
  EXPECT_DOUBLE_EQ(e.label_entropy, 0.81127812445913283);
  EXPECT_NEAR(features["brand_count"].pearson.value(), 1.0, 1e-12);  // it is the label
  EXPECT_DOUBLE_EQ(features["brand_count"].mutual_information, e.label_entropy);
  EXPECT_EQ(features["event_count"].pearson, std::nullopt);  // it does not vary
  EXPECT_EQ(features["event_count"].mutual_information, 0.0);
  EXPECT_NEAR(features["weekday"].mutual_information, 0.0, 0.01);
}

TEST(RatioRow, HasAWilsonInterval) {
  // E. B. Wilson's formula for 10 of 100, to the digits that R's prop.test(10, 100, correct = FALSE) prints.
  const RatioRow row{"a", 100, 10, 3};
  EXPECT_DOUBLE_EQ(row.cart_ratio().value(), 0.1);
  EXPECT_NEAR(row.interval()->at(0), 0.05522914, 1e-8);
  EXPECT_NEAR(row.interval()->at(1), 0.17436566, 1e-8);
  EXPECT_EQ((RatioRow{"a", 5, 0, 0}.interval()->at(0)), 0.0);
  EXPECT_EQ((RatioRow{"a", 5, 5, 0}.interval()->at(1)), 1.0);
  EXPECT_EQ((RatioRow{"a", 5, 6, 0}.interval()), std::nullopt);
  EXPECT_EQ((RatioRow{"a", 5, 6, 0}.cart_ratio()), 1.2);
  EXPECT_EQ((RatioRow{"a", 0, 6, 0}.cart_ratio()), std::nullopt);
}

TEST(PathPrefix, SplitsAtSlashesOrDots) {
  using exploration::path_prefix;
  EXPECT_EQ(path_prefix("computers.components.videocards", 1), "computers");
  EXPECT_EQ(path_prefix("computers.components.videocards", 2), "computers.components");
  EXPECT_EQ(path_prefix("computers.components.videocards", 3), "computers.components.videocards");
  EXPECT_EQ(path_prefix("computers.components.videocards", 4), "");
  EXPECT_EQ(path_prefix("Home/Mr. Men/", 1), "Home");
  EXPECT_EQ(path_prefix("Home/Mr. Men/", 2), "Home/Mr. Men");
  EXPECT_EQ(path_prefix("Home/Mr. Men/", 3), "");
  EXPECT_EQ(path_prefix("plain", 1), "plain");
  EXPECT_EQ(path_prefix("", 1), "");
  EXPECT_EQ(path_prefix("///", 1), "");
}

TEST(Explore, ListsWhatHasEnoughViews) {
  EventLogBuilder builder;
  for (int i = 0; i < 6; ++i)
    builder.add({.time = i, .category_code = "a.b", .brand = i < 4 ? "x" : "", .session = "s"});
  builder.add({.time = 7, .type = EventType::cart, .category_code = "a.c", .brand = "y", .session = "s"});
  ExploreOptions options = without_features();
  options.min_views = 2;
  const Exploration e = explored(builder.build(), options);
  std::map<std::string, RatioTable> tables;
  for (const RatioTable& table : e.ratios) tables[table.name] = table;
  EXPECT_EQ(tables.size(), 5u);
  ASSERT_EQ(tables["category"].rows.size(), 1u);
  EXPECT_EQ(tables["category"].left_out, 1u);
  EXPECT_EQ(tables["category_level_1"].rows.at(0).cart_count, 1u);
  EXPECT_EQ(tables["brand"].rows.at(0).name, "x");
  EXPECT_EQ(tables["brand"].rows.at(1).name, "");
  EXPECT_EQ(tables["brand"].left_out, 1u);
  EXPECT_EQ(tables["product"].rows.at(0).view_count, 6u);  // all missing
}

}  // namespace
}  // namespace cartwheel
