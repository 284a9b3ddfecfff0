#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/temporal_split.hpp>
#include <functional>
#include <set>

#include "core/philox.hpp"
#include "core/time.hpp"
#include "support/session_rows.hpp"

using namespace cartwheel;
using core::microseconds_per_day;
using core::microseconds_per_hour;
using support::SessionTimes;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

constexpr std::int64_t day = microseconds_per_day, hour = microseconds_per_hour;

std::int64_t date(const char* text) { return core::parse_time(text).value(); }

BatchOptions days(int train, int validation, int test, int step) {
  BatchOptions options;
  options.train = train * day;
  options.validation = validation * day;
  options.test = test * day;
  options.step = step * day;
  return options;
}

/// One session an hour from `begin` on, its label known `label_delay` after its start.
SessionTable hourly_sessions(std::int64_t begin, int length_in_days, std::int64_t label_delay = 0) {
  std::vector<SessionTimes> rows;
  for (std::int64_t start = begin; start < begin + length_in_days * day; start += hour)
    rows.push_back({start, start + label_delay, static_cast<Code>(1 + rows.size() % 50)});
  return support::table_of_times(rows, begin, begin + length_in_days * day - 1);
}

std::vector<std::string> names_of(const std::vector<Batch>& batches) {
  std::vector<std::string> names;
  for (const Batch& batch : batches) names.push_back(batch.name);
  return names;
}

TEST(MakeBatches, CutsSixtyOneDaysAsThePublishedFiguresDo) {
  const SessionTable sessions = hourly_sessions(date("2016-08-01"), 61);
  const std::vector<Batch> batches = make_batches(sessions, days(21, 7, 7, 7));
  EXPECT_THAT(names_of(batches), ::testing::ElementsAre("2016-08-29", "2016-09-05", "2016-09-12", "2016-09-19"));
  const Batch& first = batches[0];
  EXPECT_EQ(first.train, (TimeRange{date("2016-08-01"), date("2016-08-22")}));
  EXPECT_EQ(first.validation, (TimeRange{date("2016-08-22"), date("2016-08-29")}));
  EXPECT_EQ(first.test, (TimeRange{date("2016-08-29"), date("2016-09-05")}));
  EXPECT_EQ(first.final_fold.train, (TimeRange{date("2016-08-01"), date("2016-08-29")}));
  EXPECT_EQ(first.final_fold.train_end, date("2016-08-29"));
  EXPECT_EQ(first.final_fold.validation, first.test);
  ASSERT_EQ(first.folds.size(), 1u);
  EXPECT_EQ(first.folds[0].train, first.train);
  EXPECT_EQ(first.folds[0].validation, first.validation);
  EXPECT_EQ(first.folds[0].train_rows.size(), 21u * 24);
  EXPECT_EQ(first.folds[0].validation_rows.size(), 7u * 24);
  EXPECT_EQ(first.final_fold.train_rows.size(), 28u * 24);
  EXPECT_EQ(first.final_fold.validation_rows.size(), 7u * 24);
}

TEST(MakeBatches, TheFirstDayStartsAtMidnightAndTheLastOneEndsThere) {
  // The log's first event is in the afternoon, its last one just after midnight of day 35.
  const std::int64_t begin = date("2016-08-01 15:00:00");
  const SessionTable sessions = support::table_of_times(
      {{begin, begin}, {begin + 25 * day, begin + 25 * day}, {begin + 30 * day, begin + 30 * day}}, begin,
      date("2016-09-04 00:00:00"));
  const std::vector<Batch> batches = make_batches(sessions, days(21, 7, 7, 7));
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].train.begin, date("2016-08-01"));
  EXPECT_EQ(batches[0].test.end, date("2016-09-05"));
}

TEST(MakeBatches, GapsKeepTheStretchesApart) {
  BatchOptions options = days(10, 3, 3, 100);
  options.gap = 12 * hour;
  const Batch batch = make_batches(hourly_sessions(date("2020-01-01"), 20), options).at(0);
  EXPECT_EQ(batch.validation.begin, batch.train.end + options.gap);
  EXPECT_EQ(batch.test.begin, batch.validation.end + options.gap);
  EXPECT_EQ(batch.name, "2020-01-15");
  EXPECT_EQ(batch.folds[0].train_rows.size(), 10u * 24);
  // The final fit takes the twelve hours between train and validation, too.
  EXPECT_EQ(batch.final_fold.train_rows.size(), 13u * 24 + 12);
  EXPECT_EQ(batch.final_fold.validation_rows.front() - batch.final_fold.train_rows.back(), 13u);
}

TEST(MakeBatches, FoldsValidateOnTheLastStretches) {
  BatchOptions options = days(21, 7, 7, 7);
  options.folds = 3;
  options.gap = day;
  const Batch batch = make_batches(hourly_sessions(date("2016-08-01"), 61), options).at(0);
  ASSERT_EQ(batch.folds.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const Fold& fold = batch.folds[static_cast<std::size_t>(i)];
    EXPECT_EQ(fold.validation.end, batch.validation.end - i * 7 * day);
    EXPECT_EQ(fold.validation.begin, fold.validation.end - 7 * day);
    EXPECT_EQ(fold.train, (TimeRange{batch.train.begin, fold.validation.begin - day}));
    EXPECT_EQ(fold.train_end, fold.train.end);
  }
}

TEST(MakeBatches, AWindowShortensFoldsOnly) {
  BatchOptions options = days(21, 7, 7, 7);
  options.folds = 3;
  options.window = 10 * day;
  const Batch batch = make_batches(hourly_sessions(date("2016-08-01"), 61), options).at(0);
  EXPECT_EQ(batch.folds[0].train.begin, batch.folds[0].train.end - 10 * day);
  EXPECT_EQ(batch.folds[1].train.begin, batch.folds[1].train.end - 10 * day);
  EXPECT_EQ(batch.folds[2].train.begin, batch.train.begin);  // there are but 7 days before it
  EXPECT_EQ(batch.final_fold.train, (TimeRange{batch.train.begin, batch.validation.end}));
}

TEST(MakeBatches, RowsWhoseLabelComesLateDoNotTrainOrChoose) {
  // Labels are known a day after the start, the end of training included.
  const Batch batch = make_batches(hourly_sessions(date("2016-08-01"), 61, day), days(21, 7, 7, 7)).at(0);
  const Fold& fold = batch.folds[0];
  EXPECT_EQ(fold.purged, 23u);
  EXPECT_EQ(fold.train_rows.size(), 21u * 24 - 23);
  EXPECT_EQ(fold.late, 23u);
  EXPECT_EQ(fold.validation_rows.size(), 7u * 24 - 23);
  EXPECT_EQ(batch.final_fold.purged, 23u);
  EXPECT_EQ(batch.final_fold.late, 0u);
  EXPECT_EQ(batch.final_fold.validation_rows.size(), 7u * 24);
}

TEST(MakeBatches, EarlierFoldsMayUseLabelsThatAreKnownWhenTheChoiceIsMade) {
  BatchOptions options = days(21, 7, 7, 7);
  options.folds = 2;
  const Batch batch = make_batches(hourly_sessions(date("2016-08-01"), 61, day), options).at(0);
  EXPECT_EQ(batch.folds[1].late, 0u);
  EXPECT_EQ(batch.folds[1].validation_rows.size(), 7u * 24);
}

TEST(MakeBatches, GroupedUsersAreOnOneSide) {
  BatchOptions options = days(4, 2, 2, 2);
  options.group_user = true;
  const std::int64_t begin = date("2020-01-01");
  std::vector<SessionTimes> rows;
  for (int i = 0; i < 8; ++i) rows.push_back({begin + i * day, begin + i * day, static_cast<Code>(1 + i)});
  rows.push_back({begin + hour, begin + hour, 5});          // user 5 is validated on day 4
  rows.push_back({begin + 2 * hour, begin + 2 * hour, 7});  // user 7 is tested on day 6
  rows.push_back({begin + 3 * hour, begin + 3 * hour, missing_code});
  rows.push_back({begin + 4 * day + hour, begin + 4 * day + hour, missing_code});
  const SessionTable sessions = support::table_of_times(rows, begin, begin + 8 * day - 1);
  const Batch batch = make_batches(sessions, options).at(0);
  const auto users_of = [&](const std::vector<std::uint32_t>& of) {
    std::multiset<Code> users;
    for (const std::uint32_t row : of) users.insert(sessions.user[row]);
    return users;
  };
  EXPECT_THAT(users_of(batch.folds[0].train_rows), ::testing::ElementsAre(missing_code, 1, 2, 3, 4, 7));
  EXPECT_EQ(batch.folds[0].grouped, 1u);
  EXPECT_THAT(users_of(batch.final_fold.train_rows),
              ::testing::ElementsAre(missing_code, missing_code, 1, 2, 3, 4, 5, 5, 6));
  EXPECT_EQ(batch.final_fold.grouped, 1u);
}

TEST(MakeBatches, StepsBelowADayGetNamesThatDiffer) {
  BatchOptions options = days(2, 1, 1, 1);
  options.step = 12 * hour;
  EXPECT_THAT(names_of(make_batches(hourly_sessions(date("2020-01-01"), 5), options)),
              ::testing::ElementsAre("2020-01-04 00:00:00", "2020-01-04 12:00:00", "2020-01-05 00:00:00"));
}

/// What must hold for every split, found by looking at each row on its own.
class SplitLaws : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  SplitLaws() : random(GetParam(), core::RandomPurpose::permutation) {
    const std::int64_t begin = date("2019-10-01") + random.below(20) * hour;
    std::vector<SessionTimes> rows;
    for (int i = 0; i < 3000; ++i) {
      const std::int64_t start = begin + random.below(60 * 24) * hour;  // ties are common
      rows.push_back({start, start + random.below(72) * hour, random.below(200)});
    }
    sessions = support::table_of_times(rows, begin, begin + 60 * day);
    options = days(10 + static_cast<int>(random.below(10)), 3, 4, 1 + static_cast<int>(random.below(5)));
    options.folds = 1 + static_cast<int>(random.below(3));
    options.gap = random.below(30) * hour;
    options.window = random.below(2) * 9 * day;
    options.group_user = random.below(2) == 1;
  }

  void check(const Fold& fold, std::int64_t known_by) {
    EXPECT_LE(fold.train.end + options.gap, fold.validation.begin);
    EXPECT_EQ(fold.train_end, fold.train.end);
    std::set<Code> users_after;
    std::vector<std::uint32_t> validation, train;
    std::uint32_t late = 0, purged = 0, grouped = 0;
    for (std::uint32_t row = 0; row < sessions.size(); ++row) {
      if (!fold.validation.contains(sessions.start[row])) continue;
      if (sessions.label_time[row] > known_by)
        ++late;
      else
        validation.push_back(row);
    }
    for (const std::uint32_t row : validation) users_after.insert(sessions.user[row]);
    for (std::uint32_t row = 0; row < sessions.size(); ++row) {
      if (!fold.train.contains(sessions.start[row])) continue;
      const Code user = sessions.user[row];
      if (sessions.label_time[row] > fold.train_end)
        ++purged;
      else if (options.group_user && user != missing_code && users_after.contains(user))
        ++grouped;
      else
        train.push_back(row);
    }
    EXPECT_EQ(fold.train_rows, train);
    EXPECT_EQ(fold.validation_rows, validation);
    EXPECT_EQ(fold.purged, purged);
    EXPECT_EQ(fold.grouped, grouped);
    EXPECT_EQ(fold.late, late);
  }

  core::RandomStream random;
  SessionTable sessions;
  BatchOptions options;
};

TEST_P(SplitLaws, EveryRowIsWhereTheRulesPutIt) {
  const std::vector<Batch> batches = make_batches(sessions, options);
  ASSERT_FALSE(batches.empty());
  for (std::size_t b = 0; b < batches.size(); ++b) {
    const Batch& batch = batches[b];
    SCOPED_TRACE(batch.name);
    EXPECT_EQ(batch.train.begin, core::day_start(sessions.log_begin) + static_cast<std::int64_t>(b) * options.step);
    ASSERT_EQ(batch.folds.size(), static_cast<std::size_t>(options.folds));
    for (const Fold& fold : batch.folds) check(fold, batch.validation.end);
    check(batch.final_fold, std::numeric_limits<std::int64_t>::max());
  }
  // One more batch would not fit.
  EXPECT_GT(batches.back().test.end + options.step, core::day_start(sessions.log_end) + day);
  EXPECT_LE(batches.back().test.end, core::day_start(sessions.log_end) + day);
}
INSTANTIATE_TEST_SUITE_P(Seeds, SplitLaws, ::testing::Range<std::uint64_t>(0, 12));

TEST(MakeBatches, ALogThatIsTooShortIsRefusedWithDays) {
  EXPECT_THAT([] { make_batches(hourly_sessions(date("2016-08-01"), 34), days(21, 7, 7, 7)); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("covers 34 days"), HasSubstr("needs 35d"))));
  EXPECT_EQ(make_batches(hourly_sessions(date("2016-08-01"), 35), days(21, 7, 7, 7)).size(), 1u);
}

TEST(MakeBatches, NoSessionsAreRefused) { EXPECT_THROW(make_batches(SessionTable{}, {}), DataError); }

TEST(MakeBatches, AHoleInTheLogIsNamed) {
  const std::int64_t begin = date("2016-08-01");
  const auto sessions_on = [&](std::vector<int> on_days) {
    std::vector<SessionTimes> rows;
    for (const int d : on_days) rows.push_back({begin + d * day, begin + d * day});
    return support::table_of_times(rows, begin, begin + 12 * day - 1);
  };
  BatchOptions options = days(6, 3, 3, 3);
  options.folds = 2;
  const auto make = [&](std::vector<int> on_days) {
    return [&, on_days] { make_batches(sessions_on(on_days), options); };
  };
  EXPECT_NO_THROW(make({0, 3, 6, 9})());
  EXPECT_THAT(make({3, 6, 9}),
              ThrowsMessage<DataError>(AllOf(HasSubstr("2016-08-10, fold 2 of 2"), HasSubstr("train"))));
  EXPECT_THAT(make({0, 6, 9}), ThrowsMessage<DataError>(AllOf(HasSubstr("fold 2 of 2"), HasSubstr("to score"))));
  EXPECT_THAT(make({0, 3, 9}), ThrowsMessage<DataError>(AllOf(HasSubstr("fold 1 of 2"), HasSubstr("to score"))));
  EXPECT_THAT(make({0, 3, 6}), ThrowsMessage<DataError>(AllOf(HasSubstr("final fit"), HasSubstr("to score"))));
}

TEST(BatchOptions, OutOfRangeIsRefusedByName) {
  const auto with = [](const std::function<void(BatchOptions&)>& change) {
    BatchOptions options;
    change(options);
    return [options] { options.check(); };
  };
  const auto message = [](const char* part) { return ThrowsMessage<ParameterError>(HasSubstr(part)); };
  EXPECT_NO_THROW(BatchOptions{}.check());
  EXPECT_THAT(with([](auto& o) { o.train = 0; }), message("batches.train"));
  EXPECT_THAT(with([](auto& o) { o.train = std::numeric_limits<std::int64_t>::max(); }), message("batches.train"));
  EXPECT_THAT(with([](auto& o) { o.validation = -day; }), message("batches.validation"));
  EXPECT_THAT(with([](auto& o) { o.test = 0; }), message("batches.test"));
  EXPECT_THAT(with([](auto& o) { o.step = 0; }), message("batches.step"));
  EXPECT_THAT(with([](auto& o) { o.gap = -1; }), message("batches.gap"));
  EXPECT_THAT(with([](auto& o) { o.window = -1; }), message("batches.window"));
  EXPECT_THAT(with([](auto& o) { o.folds = 0; }), message("batches.folds"));
  EXPECT_THAT(with([](auto& o) { o.folds = 1001; }), message("batches.folds"));
}

TEST(BatchOptions, FoldsThatDoNotFitAreRefusedWithWhatIsNeeded) {
  BatchOptions options = days(21, 7, 7, 7);
  options.folds = 3;
  EXPECT_NO_THROW(options.check());
  options.folds = 4;
  EXPECT_THAT([&] { options.check(); },
              ThrowsMessage<ParameterError>(AllOf(HasSubstr("above 21d"), HasSubstr("folds"))));
}

TEST(MakeBatches, TooManyBatchesAreRefused) {
  BatchOptions options = days(2, 1, 1, 1);
  options.step = 1;
  EXPECT_THAT([&] { make_batches(hourly_sessions(date("2020-01-01"), 5), options); },
              ThrowsMessage<ParameterError>(HasSubstr("batches.step")));
}

}  // namespace
