#include "core/time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "core/philox.hpp"

namespace cartwheel::core {
namespace {

using namespace std::chrono;

std::int64_t at(int y, unsigned m, unsigned d, int h = 0, int min = 0, int s = 0, int us = 0) {
  return duration_cast<microseconds>(
             (sys_days(year(y) / month(m) / day(d)) + hours(h) + minutes(min) + seconds(s) + microseconds(us))
                 .time_since_epoch())
      .count();
}

TEST(ParseTime, ReadsEveryDocumentedForm) {
  const std::int64_t time = at(2021, 2, 28, 19, 13, 22);
  for (const char* text :
       {"2021-02-28 19:13:22 UTC", "2021-02-28 19:13:22+00:00", "2021-02-28T19:13:22Z", "2021-02-28 19:13:22",
        "2021-02-28T19:13:22", "2021-02-28T20:43:22+0130", "2021-02-28T20:43:22+01:30", "2021-02-28T21:13:22+02",
        "2021-02-28T14:13:22-05:00", "2021-03-01 01:13:22 +06:00", "2021-02-28 19:13:22.000000000Z", "1614539602",
        "1614539602000", "1614539602000000"})
    EXPECT_EQ(parse_time(text), time) << text;
  EXPECT_EQ(parse_time("2021-02-28T19:13:22.5Z"), time + 500'000);
  EXPECT_EQ(parse_time("2021-02-28 19:13:22.1234569 UTC"), time + 123'456);
  EXPECT_EQ(parse_time("2021-02-28"), at(2021, 2, 28));
  EXPECT_EQ(parse_time("2021-02-28 19:13"), at(2021, 2, 28, 19, 13));
}

TEST(ParseTime, TellsTheUnitsOfAnEpochApart) {
  EXPECT_EQ(parse_time("0"), 0);
  EXPECT_EQ(parse_time("99999999999"), 99'999'999'999 * 1'000'000);
  EXPECT_EQ(parse_time("100000000000"), 100'000'000'000 * 1'000);
  EXPECT_EQ(parse_time("99999999999999"), 99'999'999'999'999 * 1'000);
  EXPECT_EQ(parse_time("100000000000000"), 100'000'000'000'000);
  EXPECT_EQ(parse_time("-1"), -1'000'000);
}

TEST(ParseTime, KnowsLeapDays) {
  EXPECT_EQ(parse_time("2020-02-29"), at(2020, 2, 29));
  EXPECT_EQ(parse_time("2000-02-29"), at(2000, 2, 29));
  EXPECT_FALSE(parse_time("2021-02-29"));
  EXPECT_FALSE(parse_time("1900-02-29"));
  EXPECT_EQ(parse_time("0001-01-01"), at(1, 1, 1));
  EXPECT_EQ(parse_time("9999-12-31 23:59:59.999999"), at(9999, 12, 31, 23, 59, 59, 999'999));
}

TEST(ParseTime, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "yesterday",
                           "2021-",
                           "2021-2-8",
                           "2021-13-01",
                           "2021-00-01",
                           "2021-01-00",
                           "2021-01-32",
                           "2021-04-31",
                           "0000-01-01",
                           "2021-02-28 24:00:00",
                           "2021-02-28 19:60:00",
                           "2021-02-28 19:13:60",
                           "2021-02-28 19",
                           "2021-02-28 19:1",
                           "2021-02-28 19:13:2",
                           "2021-02-28 19:13:22.",
                           "2021-02-28 19:13:22 ",
                           "2021-02-28 19:13:22 EST",
                           "2021-02-28 19:13:22+1",
                           "2021-02-28 19:13:22+01:3",
                           "2021-02-28 19:13:22+24:00",
                           "2021-02-28 19:13:22+01:60",
                           "2021-02-28 19:13:22Z ",
                           "2021/02/28",
                           " 2021-02-28",
                           "2021-02-28x",
                           "21-02-28",
                           "-",
                           "1e9",
                           "1614539602.5",
                           "123456789012345678",
                           "99999999999999999999999",
                           "2021-02-28 19:13:22\n"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(ParseTime, NeverCrashesOnDamagedText) {
  const std::string sound = "2021-02-28 19:13:22.5+01:30";
  for (std::size_t i = 0; i <= sound.size(); ++i) {
    parse_time(sound.substr(0, i));
    parse_time(sound.substr(i));
    for (const char c : {'\0', '9', '-', ':', '\xff'}) {
      std::string damaged = sound;
      if (i < damaged.size()) damaged[i] = c;
      parse_time(damaged);
    }
  }
}

TEST(FormatTime, RoundTrips) {
  RandomStream random(17, RandomPurpose::permutation);
  const std::int64_t first = at(1, 1, 1), last = at(9999, 12, 31);
  for (int i = 0; i < 20'000; ++i) {
    std::int64_t time = first + static_cast<std::int64_t>(random.uniform() * static_cast<double>(last - first));
    if (i % 2 == 0) time -= time % microseconds_per_second;
    ASSERT_EQ(parse_time(format_time(time)), time) << time;
    ASSERT_EQ(parse_time(format_date(time)), day_start(time)) << time;
  }
}

TEST(FormatTime, WritesFractionsOnlyWhereThereAreAny) {
  const std::int64_t time = at(2021, 2, 28, 19, 13, 22);
  EXPECT_EQ(format_time(time), "2021-02-28 19:13:22");
  EXPECT_EQ(format_time(time + 500'000), "2021-02-28 19:13:22.5");
  EXPECT_EQ(format_time(time + 1), "2021-02-28 19:13:22.000001");
  EXPECT_EQ(format_time(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(format_date(at(33, 4, 3)), "0033-04-03");
}

TEST(Calendar, AgreesWithChronoForEightCenturies) {
  for (sys_days day = year(1600) / 1 / 1; day < sys_days(year(2400) / 1 / 1); day += days(1)) {
    const std::int64_t midnight = duration_cast<microseconds>(day.time_since_epoch()).count();
    const int expected = static_cast<int>(std::chrono::weekday(day).iso_encoding()) - 1;
    for (const std::int64_t time : {midnight, midnight + microseconds_per_day - 1}) {
      ASSERT_EQ(weekday(time), expected) << format_time(time);
      ASSERT_EQ(day_start(time), midnight) << format_time(time);
    }
  }
}

TEST(Calendar, HoursAreRightOnBothSidesOf1970) {
  RandomStream random(23, RandomPurpose::permutation);
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t time = static_cast<std::int64_t>((random.uniform() - 0.5) * 0x1p55);
    const sys_time<microseconds> point{microseconds(time)};
    ASSERT_EQ(hour(time), duration_cast<hours>(point - floor<days>(point)).count()) << time;
  }
  EXPECT_EQ(hour(-1), 23);
  EXPECT_EQ(hour(0), 0);
}

TEST(Duration, ReadsUnitsAndSums) {
  EXPECT_EQ(parse_duration("30d"), 30 * microseconds_per_day);
  EXPECT_EQ(parse_duration("24h"), microseconds_per_day);
  EXPECT_EQ(parse_duration("90m"), 90 * 60 * microseconds_per_second);
  EXPECT_EQ(parse_duration("15s"), 15 * microseconds_per_second);
  EXPECT_EQ(parse_duration("1d12h"), 36 * microseconds_per_hour);
  EXPECT_EQ(parse_duration("0"), 0);
  EXPECT_EQ(parse_duration("0h"), 0);
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"", "d", "5", "5x", "-5d", "+5d", "5 d", "5d ", "1.5h", "1d12", "9999999999999d",
                           "100000000000d", "18446744073709551617s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, IsWrittenInTheLargestUnitThatFits) {
  for (const char* text : {"30d", "36h", "90m", "15s", "1d", "1h", "1m", "0s"})
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  EXPECT_EQ(format_duration(parse_duration("24h").value()), "1d");
  RandomStream random(29, RandomPurpose::permutation);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t duration = random.below(1'000'000) * microseconds_per_second;
    ASSERT_EQ(parse_duration(format_duration(duration)), duration);
  }
}

}  // namespace
}  // namespace cartwheel::core
