#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "features/read_feature_extractor.hpp"
#include "support/random_log.hpp"

namespace cartwheel {
namespace {

using test::make_log;
using test::OwnedEvent;
using test::random_events;
using test::RandomLogShape;
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

std::vector<std::uint32_t> all_rows(const SessionTable& sessions) {
  std::vector<std::uint32_t> rows(sessions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

std::unique_ptr<FeatureExtractor> v1(std::int64_t session_size) {
  return make_feature_extractor("V1", {{"session_size", session_size}});
}

/// Row-major values, so that a row can be compared in one go.
std::vector<std::vector<float>> rows_of(const FeatureMatrix& matrix) {
  std::vector<std::vector<float>> rows(matrix.rows(), std::vector<float>(matrix.columns()));
  std::vector<float> column(matrix.rows());
  for (std::size_t j = 0; j < matrix.columns(); ++j) {
    matrix.copy_column(j, column);
    for (std::size_t r = 0; r < matrix.rows(); ++r) rows[r][j] = column[r];
  }
  return rows;
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

TEST(ExtractorV1, RowsComeInTheOrderAskedForWithRepeats) {
  const SessionTable sessions = sessions_of(make_log(random_events(5, {})), 3);
  const auto all = features_of(sessions, 3);
  const std::vector<std::uint32_t> rows{4, 0, 4, 2};
  const auto some = rows_of(v1(3)->fit_transform(sessions, rows, 0));
  EXPECT_THAT(some, ::testing::ElementsAre(all[4], all[0], all[4], all[2]));
}

TEST(ExtractorV1, AnyNumberOfThreadsGivesTheSameBits) {
  RandomLogShape shape;
  shape.events = 40'000;
  shape.sessions = 9'000;  // several blocks
  const SessionTable sessions = sessions_of(make_log(random_events(6, shape)), 3);
  ASSERT_GT(sessions.size(), 4096u);
  std::vector<std::vector<std::vector<float>>> results;
  for (const int threads : {1, 2, 7}) core::with_threads(threads, [&] { results.push_back(features_of(sessions, 3)); });
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

/// Log position of the k-th event of a session.
std::uint64_t last_of_window(const EventLog& log, Code session, std::size_t k) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> events;
  for (std::uint64_t row = 0; row < log.size(); ++row)
    if (log.session()[row] == session) events.emplace_back(log.time()[row], row);
  std::ranges::sort(events);
  return events.at(k - 1).second;
}

/// Contract 1, proof B: whatever happens after a row's window end, in whatever session, the row's features stay.
/// "After" is by (time, position in the log), so an event at the very same time but later in the log may change, too.
TEST(ExtractorV1, EventsAfterTheWindowsEndDoNotMoveARowsFeatures) {
  RandomLogShape shape;
  shape.ticks = 60;  // many ties with the window's end
  int altered_rows = 0;
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    const std::vector<OwnedEvent> events = random_events(draw, shape), others = random_events(1000 + draw, shape);
    const EventLog log = make_log(events);
    const SessionTable sessions = sessions_of(log, 3);
    const auto extractor = v1(3);
    const auto before = rows_of(extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end));
    for (std::size_t r = 0; r < sessions.size(); r += 3) {
      const std::uint64_t last = last_of_window(log, sessions.session[r], 3);
      std::vector<OwnedEvent> changed = events;
      for (std::size_t i = 0; i < changed.size(); ++i) {
        const bool later =
            changed[i].time > sessions.window_end[r] || (changed[i].time == sessions.window_end[r] && i > last);
        if (!later) continue;
        const std::string session = changed[i].session;
        const std::int64_t time = changed[i].time;
        changed[i] = others[i];
        changed[i].time = time + others[i].time;  // still later, or at the same place
        if (i % 2 == 0) changed[i].session = session;
      }
      const SessionTable again = sessions_of(make_log(changed), 3);
      const auto row =
          std::ranges::find(again.start_sequence, sessions.start_sequence[r]) - again.start_sequence.begin();
      ASSERT_LT(row, std::ssize(again.start_sequence));
      const std::vector<std::uint32_t> asked{static_cast<std::uint32_t>(row)};
      const auto after = rows_of(extractor->transform(again, asked));
      ASSERT_EQ(std::memcmp(after[0].data(), before[r].data(), before[r].size() * sizeof(float)), 0)
          << "draw " << draw << ", row " << r;
      ++altered_rows;
    }
  }
  EXPECT_GT(altered_rows, 200);
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

TEST(ExtractorV1, ASessionSizeBeyondTheWindowIsRefused) {
  const SessionTable sessions = sessions_of(make_log(random_events(7, {})), 3);
  EXPECT_THAT([&] { v1(4)->fit_transform(sessions, {}, 0); },
              ThrowsMessage<ParameterError>(HasSubstr("session_size is 4, but the sessions' windows hold 3 events")));
}

TEST(ExtractorV1, RowsThatAreNotThereAreRefused) {
  const SessionTable sessions = sessions_of(make_log(random_events(8, {})), 3);
  const std::vector<std::uint32_t> rows{static_cast<std::uint32_t>(sessions.size())};
  EXPECT_THROW(v1(3)->fit_transform(sessions, rows, 0), DataError);
}

TEST(ExtractorV1, NothingWorksBeforeFitTransform) {
  const SessionTable sessions = sessions_of(make_log(random_events(9, {})), 3);
  core::ByteWriter out;
  EXPECT_THAT([&] { v1(3)->transform(sessions, {}); },
              ThrowsMessage<ParameterError>(HasSubstr("before fit_transform")));
  EXPECT_THAT([&] { v1(3)->write(out); }, ThrowsMessage<ParameterError>(HasSubstr("before fit_transform")));
}

TEST(ExtractorV1, ReadsWhatItWrote) {
  const SessionTable sessions = sessions_of(make_log(random_events(10, {})), 5);
  const auto extractor = v1(2);
  const auto expected = rows_of(extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end));
  core::ByteWriter out;
  extractor->write(out);
  core::ByteReader in(out.bytes(), "a test");
  const auto again = features::read_feature_extractor(in);
  in.expect_end();
  EXPECT_EQ(again->name(), "V1");
  EXPECT_EQ(again->parameters(), extractor->parameters());
  EXPECT_EQ(rows_of(again->transform(sessions, all_rows(sessions))), expected);
  core::ByteWriter second;
  again->write(second);
  EXPECT_EQ(second.bytes(), out.bytes());
}

}  // namespace
}  // namespace cartwheel
