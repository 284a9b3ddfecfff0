#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cmath>
#include <numeric>
#include <set>

#include "support/feature_rows.hpp"
#include "support/random_log.hpp"

namespace cartwheel {
namespace {

using test::all_rows;
using test::make_log;
using test::OwnedEvent;
using test::random_events;
using test::RandomLogShape;
using test::rows_of;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

SessionTable sessions_of(const EventLog& log, int size, ShortSessions short_sessions = ShortSessions::leave_out) {
  SessionOptions options;
  options.size = size;
  options.label = Label::window;
  options.short_sessions = short_sessions;
  Account account;
  return build_sessions(log, options, account);
}

std::unique_ptr<FeatureExtractor> v1(std::int64_t session_size) {
  return make_feature_extractor("V1", {{"session_size", session_size}});
}

std::vector<std::vector<float>> features_of(const SessionTable& sessions, std::int64_t session_size) {
  return rows_of(v1(session_size)->fit_transform(sessions, all_rows(sessions), sessions.log_end));
}

/// The definitions, with sets and plain floating point. Times of random logs start on a Thursday (1970-01-01).
std::vector<double> features_by_definition(const SessionTable& sessions, std::size_t row, std::size_t session_size) {
  const auto k = static_cast<std::size_t>(sessions.options.size);
  const std::size_t events = std::min<std::size_t>(sessions.event_count[row], session_size);
  std::vector<double> prices;
  std::vector<std::set<Code>> different(4);
  std::vector<double> counts(4);
  for (std::size_t i = row * k; i < row * k + events; ++i) {
    if (sessions.price[i] != missing_price) prices.push_back(static_cast<double>(sessions.price[i]) / 10'000.0);
    const Code codes[] = {sessions.category_code[i], sessions.category_id[i], sessions.brand[i], sessions.product[i]};
    for (std::size_t c = 0; c < 4; ++c)
      if (codes[c] != missing_code) {
        different[c].insert(codes[c]);
        ++counts[c];
      }
  }
  const auto n = static_cast<double>(prices.size());
  const double mean = prices.empty() ? 0.0 : std::accumulate(prices.begin(), prices.end(), 0.0) / n;
  double squares = 0.0;
  for (const double price : prices) squares += (price - mean) * (price - mean);
  const auto nunique = [&](std::size_t c) { return static_cast<double>(different[c].size()); };
  const auto ratio = [&](std::size_t c) { return counts[c] == 0.0 ? 0.0 : nunique(c) / counts[c]; };
  const std::int64_t hours = sessions.start[row] / 3'600'000'000;
  return {static_cast<double>(events),
          static_cast<double>((hours / 24 + 3) % 7),
          static_cast<double>(hours % 24),
          mean,
          n < 2.0 ? 0.0 : std::sqrt(squares / (n - 1.0)),
          nunique(0),
          counts[0],
          nunique(1),
          counts[1],
          nunique(2),
          counts[2],
          nunique(3),
          ratio(0),
          ratio(2),
          nunique(3) / static_cast<double>(session_size)};
}

TEST(ExtractorV1, FollowsTheDefinitions) {
  RandomLogShape shape;
  shape.events = 2000;
  shape.sessions = 400;
  shape.one_missing_in = 3;
  for (const ShortSessions short_sessions : {ShortSessions::leave_out, ShortSessions::keep})
    for (const int size : {1, 3, 6})
      for (int session_size = 1; session_size <= size; session_size += 2) {
        const SessionTable sessions = sessions_of(make_log(random_events(1, shape)), size, short_sessions);
        ASSERT_GT(sessions.size(), 50u);
        const auto found = features_of(sessions, session_size);
        for (std::size_t r = 0; r < sessions.size(); ++r) {
          const auto expected = features_by_definition(sessions, r, static_cast<std::size_t>(session_size));
          ASSERT_EQ(found[r].size(), expected.size());
          for (std::size_t f = 0; f < expected.size(); ++f)
            ASSERT_NEAR(found[r][f], expected[f], 1e-6 * std::max(1.0, std::abs(expected[f])))
                << "row " << r << ", feature " << f << ", windows of " << size << ", session_size " << session_size;
        }
      }
}

TEST(ExtractorV1, HasTheColumnsOfThePublishedMethodInOrder) {
  const auto extractor = v1(3);
  const SessionTable sessions = sessions_of(make_log(random_events(1, {})), 3);
  const FeatureMatrix matrix = extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end);
  EXPECT_THAT(matrix.names(), ::testing::ElementsAre(
                                  "event_count", "weekday", "hour", "price_mean", "price_std", "category_code_nunique",
                                  "category_code_count", "category_id_nunique", "category_id_count", "brand_nunique",
                                  "brand_count", "product_nunique", "category_ratio", "brand_ratio", "product_ratio"));
  const std::vector<FeatureDefinition> definitions = extractor->definitions();
  ASSERT_EQ(definitions.size(), matrix.columns());
  for (std::size_t f = 0; f < definitions.size(); ++f) {
    EXPECT_EQ(definitions[f].name, matrix.names()[f]);
    EXPECT_FALSE(definitions[f].definition.empty());
    EXPECT_EQ(definitions[f].fitted, "no");
  }
}

TEST(ExtractorV1, TheStandardDeviationOfTheLargestPricesIsExact) {
  // 1000 prices, half at each end of the range: the sums need 120 bits.
  std::vector<OwnedEvent> events(1000);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].session = "s";
    events[i].price = i % 2 == 0 ? largest_price : -largest_price;
  }
  const auto row = features_of(sessions_of(make_log(events), 1000), 1000)[0];
  EXPECT_EQ(row[3], 0.0f);
  EXPECT_EQ(row[4], static_cast<float>(std::sqrt(1000.0 / 999.0) * 1e11));
}

TEST(ExtractorV1, EqualPricesHaveNoDeviation) {
  std::vector<OwnedEvent> events(3);
  for (OwnedEvent& event : events) {
    event.session = "s";
    event.price = 1000;  // 0.1, which has no exact double
  }
  const auto row = features_of(sessions_of(make_log(events), 3), 3)[0];
  EXPECT_EQ(row[3], 0.1f);
  EXPECT_EQ(row[4], 0.0f);
}

TEST(ExtractorV1, EventTypesAreNeverUsed) {
  std::vector<OwnedEvent> events = random_events(4, {});
  const auto before = features_of(sessions_of(make_log(events), 3), 3);
  for (OwnedEvent& event : events) event.type = EventType::purchase;
  EXPECT_EQ(features_of(sessions_of(make_log(events), 3), 3), before);
}

TEST(ExtractorV1, ParametersAreChecked) {
  EXPECT_EQ(make_feature_extractor("V1", {})->parameters(), (Parameters{{"session_size", std::int64_t{3}}}));
  EXPECT_EQ(v1(5)->parameters(), (Parameters{{"session_size", std::int64_t{5}}}));
  EXPECT_THAT(
      [] {
        make_feature_extractor("V1", {{"session_szie", std::int64_t{3}}});
      },
      ThrowsMessage<ParameterError>(HasSubstr("V1 has no parameter 'session_szie'; did you mean session_size?")));
  for (const ParameterValue& value : {ParameterValue{std::int64_t{0}}, ParameterValue{std::int64_t{1001}},
                                      ParameterValue{2.5}, ParameterValue{true}, ParameterValue{std::string("3")}})
    EXPECT_THAT(
        [&] {
          make_feature_extractor("V1", {{"session_size", value}});
        },
        ThrowsMessage<ParameterError>(
            HasSubstr("session_size is " + to_text(value) + "; it must be a whole number in [1, 1000]")));
}

}  // namespace
}  // namespace cartwheel
