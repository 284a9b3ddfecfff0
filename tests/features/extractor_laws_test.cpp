#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cmath>
#include <ostream>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "features/read_feature_extractor.hpp"
#include "support/feature_rows.hpp"
#include "support/perturbations.hpp"
#include "support/random_log.hpp"
#include "support/shop_log.hpp"

// What holds for every extractor, whatever its columns.
namespace cartwheel {
namespace {

using test::all_rows;
using test::bits_of;
using test::make_log;
using test::OwnedEvent;
using test::random_events;
using test::RandomLogShape;
using test::rows_of;
using test::training_rows;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct Setting {
  const char* name;
  const char* extractor;
  Parameters parameters;
  Label label;
  friend std::ostream& operator<<(std::ostream& out, const Setting& setting) { return out << setting.name; }
};

class ExtractorLaws : public ::testing::TestWithParam<Setting> {
 protected:
  std::unique_ptr<FeatureExtractor> make() const {
    return make_feature_extractor(GetParam().extractor, GetParam().parameters);
  }
  SessionTable sessions_of(const std::vector<OwnedEvent>& events) const {
    SessionOptions options;
    options.label = GetParam().label;
    options.horizon = 20 * core::microseconds_per_hour;
    return test::sessions_of(events, options);
  }
  static std::string written(const FeatureExtractor& extractor) {
    core::ByteWriter out;
    extractor.write(out);
    return out.bytes();
  }
};

/// Contract 1, proof A: what happens after the end of training changes neither what is fitted nor training rows.
TEST_P(ExtractorLaws, EventsAfterTheTrainEndDoNotMoveWhatIsFitted) {
  test::ShopShape shape;
  shape.sessions = 400;
  const std::vector<OwnedEvent> events = test::shop_events(3, shape);
  for (const int day : {9, 23}) {
    const std::int64_t train_end = shape.begin + day * core::microseconds_per_day;
    const auto fit = [&](const std::vector<OwnedEvent>& log) {
      const SessionTable sessions = sessions_of(log);
      const auto rows = training_rows(sessions, train_end);
      const auto extractor = make();
      const std::string columns = bits_of(extractor->fit_transform(sessions, rows, train_end));
      EXPECT_GT(rows.size(), 40u);
      return columns + written(*extractor);
    };
    const std::string expected = fit(events);
    for (const test::Perturbation& how : test::perturbations())
      for (std::uint64_t seed = 0; seed < 5; ++seed)
        ASSERT_TRUE(fit(test::perturbed(events, how, train_end, seed)) == expected) << how.name << ", day " << day;
  }
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
TEST_P(ExtractorLaws, EventsAfterTheWindowsEndDoNotMoveARowsFeatures) {
  RandomLogShape shape;
  shape.ticks = 60;  // many ties with the window's end
  int altered_rows = 0;
  for (std::uint64_t draw = 0; draw < 20; ++draw) {
    std::vector<OwnedEvent> events = random_events(draw, shape), others = random_events(1000 + draw, shape);
    // Labels are not part of the proof, but a target in the window would leave the session out.
    for (auto* list : {&events, &others})
      for (OwnedEvent& event : *list)
        if (GetParam().label == Label::future && event.type != EventType::view)
          event.type = EventType::remove_from_cart;
    const EventLog log = make_log(events);
    const SessionTable sessions = sessions_of(events);
    const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 3;
    const auto extractor = make();
    extractor->fit_transform(sessions, training_rows(sessions, train_end), train_end);
    const auto before = rows_of(extractor->transform(sessions, all_rows(sessions)));
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
      const SessionTable again = sessions_of(changed);
      const auto row =
          std::ranges::find(again.start_sequence, sessions.start_sequence[r]) - again.start_sequence.begin();
      ASSERT_LT(row, std::ssize(again.start_sequence));
      const std::vector<std::uint32_t> asked{static_cast<std::uint32_t>(row)};
      const auto after = rows_of(extractor->transform(again, asked));
      for (std::size_t f = 0; f < before[r].size(); ++f)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(after[0][f]), std::bit_cast<std::uint32_t>(before[r][f]))
            << "draw " << draw << ", row " << r << ", " << extractor->definitions()[f].name;
      ++altered_rows;
    }
  }
  EXPECT_GT(altered_rows, 200);
}

TEST_P(ExtractorLaws, AnyNumberOfThreadsGivesTheSameBits) {
  RandomLogShape shape;
  shape.events = 30'000;
  shape.sessions = 7'000;  // several blocks
  const SessionTable sessions = sessions_of(random_events(6, shape));
  const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 2;
  std::vector<std::string> results;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      const auto extractor = make();
      results.push_back(bits_of(extractor->fit_transform(sessions, training_rows(sessions, train_end), train_end)));
      results.back() += written(*extractor) + bits_of(extractor->transform(sessions, all_rows(sessions)));
    });
  EXPECT_TRUE(results[0] == results[1]);
  EXPECT_TRUE(results[0] == results[2]);
}

TEST_P(ExtractorLaws, ReadsWhatItWrote) {
  const SessionTable sessions = sessions_of(test::shop_events(10));
  const auto extractor = make();
  const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 2;
  extractor->fit_transform(sessions, training_rows(sessions, train_end), train_end);
  const std::string expected = bits_of(extractor->transform(sessions, all_rows(sessions)));
  const std::string bytes = written(*extractor);
  core::ByteReader in(bytes, "a test");
  const auto again = features::read_feature_extractor(in);
  in.expect_end();
  EXPECT_EQ(again->name(), extractor->name());
  EXPECT_TRUE(bits_of(again->transform(sessions, all_rows(sessions))) == expected);
  EXPECT_TRUE(written(*again) == bytes);
}

TEST_P(ExtractorLaws, CutBytesAreADataError) {
  test::ShopShape shape;
  shape.sessions = 30;
  const SessionTable sessions = sessions_of(test::shop_events(11, shape));
  const auto extractor = make();
  extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end);
  const std::string bytes = written(*extractor);
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 100) {
    core::ByteReader in(std::string_view(bytes).substr(0, size), "a model file");
    EXPECT_THROW(features::read_feature_extractor(in), DataError) << size << " of " << bytes.size();
  }
}

TEST_P(ExtractorLaws, EveryColumnIsDefinedAndNoneIsInfinite) {
  const SessionTable sessions = sessions_of(test::shop_events(12));
  const auto extractor = make();
  const FeatureMatrix matrix = extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end);
  const std::vector<FeatureDefinition> definitions = extractor->definitions();
  ASSERT_EQ(definitions.size(), matrix.columns());
  for (std::size_t f = 0; f < definitions.size(); ++f) {
    EXPECT_EQ(definitions[f].name, matrix.names()[f]);
    EXPECT_FALSE(definitions[f].definition.empty());
    EXPECT_FALSE(definitions[f].fitted.empty());
  }
  for (const auto& row : rows_of(matrix))
    EXPECT_TRUE(std::ranges::none_of(row, [](float value) { return std::isinf(value); }));
}

/// Event types of the window would tell the label that is about the window; those of other sessions may be used.
TEST_P(ExtractorLaws, TypesOfTheWindowAreUsedForLabelFutureAlone) {
  std::vector<OwnedEvent> events = test::shop_events(13);
  for (OwnedEvent& event : events) event.type = EventType::view;
  const SessionTable sessions = sessions_of(events);
  const std::int64_t train_end = sessions.log_begin + (sessions.log_end - sessions.log_begin) / 2;
  const auto extractor = make();
  extractor->fit_transform(sessions, training_rows(sessions, train_end), train_end);
  std::vector<std::uint32_t> late;
  for (const std::uint32_t row : all_rows(sessions))
    if (sessions.start[row] > train_end) late.push_back(row);
  late.resize(1);  // the first one after training: no later event is in its history
  const std::string before = bits_of(extractor->transform(sessions, late));
  for (OwnedEvent& event : events)
    if (event.time > train_end) event.type = EventType::remove_from_cart;
  const SessionTable changed = sessions_of(events);
  const bool uses_types = GetParam().label == Label::future && std::string(GetParam().extractor) == "V2";
  EXPECT_EQ(bits_of(extractor->transform(changed, late)) != before, uses_types);
}

TEST_P(ExtractorLaws, LogsWithoutSomeColumnsHaveFeatures) {
  for (const char* without : {"category and brand", "user", "product", "price", "session"}) {
    std::vector<OwnedEvent> events = test::shop_events(14);
    for (OwnedEvent& event : events) {
      if (without == std::string("category and brand")) event.category_code = event.category_id = event.brand = "";
      if (without == std::string("user")) event.user = "";
      if (without == std::string("product")) event.product = "";
      if (without == std::string("price")) event.price = missing_price;
      if (without == std::string("session")) event.session = "";
    }
    const SessionTable sessions = sessions_of(events);
    if (sessions.size() == 0) continue;  // neither user nor session
    const auto extractor = make();
    const auto rows = all_rows(sessions);
    EXPECT_EQ(extractor->fit_transform(sessions, rows, sessions.log_end).rows(), rows.size()) << without;
    EXPECT_EQ(extractor->transform(sessions, rows).rows(), rows.size()) << without;
    Account account;
    extractor->count_values(sessions, rows, account);
  }
}

TEST_P(ExtractorLaws, RowsComeInTheOrderAskedForWithRepeats) {
  const SessionTable sessions = sessions_of(test::shop_events(5));
  const auto extractor = make();
  const auto all = rows_of(extractor->fit_transform(sessions, all_rows(sessions), sessions.log_end));
  const std::vector<std::uint32_t> rows{4, 0, 4, 2};
  const auto some = rows_of(make()->fit_transform(sessions, rows, sessions.log_end));
  ASSERT_EQ(some.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(bits_of(some[i]), bits_of(all[rows[i]]));
}

TEST_P(ExtractorLaws, BadCallsAreRefused) {
  const SessionTable sessions = sessions_of(test::shop_events(8));
  const std::vector<std::uint32_t> beyond{static_cast<std::uint32_t>(sessions.size())};
  EXPECT_THROW(make()->fit_transform(sessions, beyond, 0), DataError);
  core::ByteWriter out;
  EXPECT_THAT([&] { make()->transform(sessions, {}); },
              ThrowsMessage<ParameterError>(HasSubstr("before fit_transform")));
  EXPECT_THAT([&] { make()->write(out); }, ThrowsMessage<ParameterError>(HasSubstr("before fit_transform")));
  Parameters larger = GetParam().parameters;
  larger["session_size"] = std::int64_t{4};
  EXPECT_THAT([&] { make_feature_extractor(GetParam().extractor, larger)->fit_transform(sessions, {}, 0); },
              ThrowsMessage<ParameterError>(HasSubstr("session_size is 4, but the sessions' windows hold 3 events")));
}

INSTANTIATE_TEST_SUITE_P(
    Extractors, ExtractorLaws,
    ::testing::Values(Setting{"V1", "V1", {}, Label::window}, Setting{"V2_window", "V2", {}, Label::window},
                      Setting{"V2_future", "V2", {}, Label::future}, Setting{"V2_session", "V2", {}, Label::session},
                      Setting{"V2_options",
                              "V2",
                              {{"half_life", 3.5},
                               {"smoothing", std::int64_t{7}},
                               {"calendar", std::string("one_hot")},
                               {"utc_offset", -7.5},
                               {"history_users", std::int64_t{11}}},
                              Label::future},
                      Setting{"V2_raw", "V2", {{"calendar", std::string("raw")}, {"utc_offset", 2.0}}, Label::window}),
    [](const auto& setting) { return std::string(setting.param.name); });

}  // namespace
}  // namespace cartwheel
