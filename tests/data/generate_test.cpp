#include <gmock/gmock.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/generate.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/threads.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/time.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string generate(const GenerateOptions& options) {
  std::string text;
  generate_events(options, [&](std::string_view piece) { text.append(piece); });
  return text;
}
std::string generate(std::uint64_t events, std::uint64_t seed, int days = 158) {
  return generate({.events = events, .seed = seed, .days = days});
}

enum Column { time_column, type_column, product, category_id, category_code, brand, price, user, session, columns };
using Row = std::array<std::string_view, columns>;

/// Cuts at every newline and comma: the generator writes nothing that needs quotes. The header is left out.
std::vector<Row> rows_of(std::string_view text) {
  std::vector<Row> rows;
  text.remove_prefix(text.find('\n') + 1);
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    Row& row = rows.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      row[c] = line.substr(0, line.find(','));
      line.remove_prefix(std::min(line.size(), row[c].size() + 1));
    }
  }
  return rows;
}

double share(const std::vector<Row>& rows, Column column, std::string_view value) {
  const auto count = std::ranges::count(rows, value, [column](const Row& row) { return row[column]; });
  return static_cast<double>(count) / static_cast<double>(rows.size());
}

double distinct(const std::vector<Row>& rows, Column column) {
  std::unordered_set<std::string_view> values;
  for (const Row& row : rows)
    if (!row[column].empty()) values.insert(row[column]);
  return static_cast<double>(values.size());
}

/// Whether `value` is within a share of `expected`.
::testing::Matcher<double> Within(double tolerance, double expected) {
  return ::testing::DoubleNear(expected, tolerance * expected);
}

TEST(Generate, WritesThePublishedSchema) {
  const std::string text = generate(20'000, 3);
  EXPECT_THAT(text,
              ::testing::StartsWith(
                  "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"));
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(text.find('"'), std::string::npos);
  for (const Row& row : rows_of(text)) {
    ASSERT_EQ(row[time_column].size(), std::string_view("2020-09-24 11:57:06 UTC").size());
    ASSERT_TRUE(row[time_column].ends_with(" UTC"));
    ASSERT_TRUE(core::parse_time(row[time_column]).has_value()) << row[time_column];
    ASSERT_TRUE(row[type_column] == "view" || row[type_column] == "cart" || row[type_column] == "purchase");
    for (const Column column : {product, category_id, user})
      ASSERT_TRUE(!row[column].empty() &&
                  std::ranges::all_of(row[column], [](char c) { return c >= '0' && c <= '9'; }));
    ASSERT_EQ(row[price].find('.') + 3, row[price].size()) << row[price];
    ASSERT_NE(row[price], "0.00");
    ASSERT_EQ(row[session].size(), 10u);
  }
}

TEST(Generate, WritesExactlyAsManyEventsAsAskedFor) {
  for (const std::uint64_t events : {1, 2, 3, 4, 5, 10, 399, 400, 401, 1000, 12'345})
    for (const int days : {1, 158, 3650}) {
      const std::string text = generate(events, events, days);
      ASSERT_EQ(std::ranges::count(text, '\n'), static_cast<std::ptrdiff_t>(events) + 1);
    }
}

TEST(Generate, IsInTimeOrderWithinTheDays) {
  const std::string text = generate(20'000, 5, 3);
  std::int64_t before = *core::parse_time("2020-09-24");
  for (const Row& row : rows_of(text)) {
    const std::int64_t time = core::parse_time(row[time_column]).value();
    ASSERT_LE(before, time);
    before = time;
  }
  EXPECT_LT(before, *core::parse_time("2020-09-27"));
  EXPECT_GT(before, *core::parse_time("2020-09-26 23:00"));
}

TEST(Generate, GivesTheSameBytesForTheSameOptions) {
  const std::string text = generate(30'000, 7);
  EXPECT_TRUE(text == generate(30'000, 7));
  EXPECT_FALSE(text == generate(30'000, 8));
  EXPECT_FALSE(text == generate(30'000, 7, 157));
  // On every machine and with every compiler. A change of the generator changes this, and the figures that rest on it.
  EXPECT_EQ(XXH64(text.data(), text.size(), 0), 9'106'777'760'479'821'320u);
}

TEST(Generate, GivesTheSameBytesForAnyNumberOfThreads) {
  const std::string text = generate(60'000, 3);
  for (const int threads : {1, 3})
    with_threads(threads, [&] { EXPECT_TRUE(generate(60'000, 3) == text) << threads << " threads"; });
}

TEST(Generate, KeepsProductsAndSessionsTogether) {
  const std::string text = generate(100'000, 11);
  std::map<std::string_view, std::string> of_product;
  std::map<std::string_view, std::string_view> user_of_session, code_of_category;
  for (const Row& row : rows_of(text)) {
    const std::string facts =
        std::string(row[category_id]) + "," + std::string(row[brand]) + "," + std::string(row[price]);
    ASSERT_EQ(of_product.emplace(row[product], facts).first->second, facts);
    ASSERT_EQ(code_of_category.emplace(row[category_id], row[category_code]).first->second, row[category_code]);
    ASSERT_EQ(user_of_session.emplace(row[session], row[user]).first->second, row[user]);
  }
}

TEST(Generate, HasThePublishedFigures) {
  constexpr std::uint64_t events = 885'129;
  const std::string text = generate(events, 42);
  const std::vector<Row> rows = rows_of(text);
  ASSERT_EQ(rows.size(), events);
  EXPECT_EQ(distinct(rows, session), 490'398.0);
  EXPECT_THAT(distinct(rows, user), Within(0.02, 407'283.0));
  EXPECT_THAT(share(rows, type_column, "cart"), Within(0.02, 0.06));
  EXPECT_THAT(share(rows, type_column, "purchase"), Within(0.02, 0.04));
  EXPECT_THAT(share(rows, category_code, ""), Within(0.02, 0.27));
  EXPECT_THAT(share(rows, brand, ""), Within(0.02, 0.24));
  EXPECT_THAT(distinct(rows, product), Within(0.02, 53'000.0));
  EXPECT_EQ(distinct(rows, category_code), 107.0);
  EXPECT_EQ(distinct(rows, category_id), 700.0);
  EXPECT_EQ(distinct(rows, brand), 999.0);
}

TEST(Generate, HasThePublishedSharesForOtherSeedsAndSizes) {
  for (const std::uint64_t seed : {0u, 1u, 2u}) {
    const std::string text = generate(100'000, seed);
    const std::vector<Row> rows = rows_of(text);
    EXPECT_THAT(share(rows, type_column, "cart"), Within(0.07, 0.06));  // a seventh of the above, so wider
    EXPECT_THAT(share(rows, type_column, "purchase"), Within(0.07, 0.04));
    EXPECT_THAT(share(rows, category_code, ""), Within(0.03, 0.27));
    EXPECT_THAT(share(rows, brand, ""), Within(0.03, 0.24));
    EXPECT_THAT(distinct(rows, session), Within(0.001, 100'000.0 * 490'398 / 885'129));
  }
}

/// The sessions of a log, their events in order.
std::unordered_map<std::string_view, std::vector<Row>> sessions_of(const std::vector<Row>& rows) {
  std::unordered_map<std::string_view, std::vector<Row>> sessions;
  for (const Row& row : rows) sessions[row[session]].push_back(row);
  return sessions;
}

TEST(Generate, HasFewLongSessionsAndShortPauses) {
  const std::string text = generate(100'000, 13);
  const std::vector<Row> rows = rows_of(text);
  std::size_t all = 0, of_three = 0, longest = 0, pauses = 0, minutes = 0;
  for (const auto& [name, events] : sessions_of(rows)) {
    ++all;
    of_three += events.size() >= 3 ? 1 : 0;
    longest = std::max(longest, events.size());
    for (std::size_t i = 1; i < events.size(); ++i) {
      const auto pause =
          core::parse_time(events[i][time_column]).value() - core::parse_time(events[i - 1][time_column]).value();
      ASSERT_LT(pause, 30 * 60 * core::microseconds_per_second);  // else a session found by inactivity would break
      ++pauses;
      minutes += pause >= 60 * core::microseconds_per_second ? 1 : 0;
    }
  }
  EXPECT_THAT(static_cast<double>(of_three) / static_cast<double>(all), Within(0.02, 0.131));
  EXPECT_GT(longest, 200u);
  EXPECT_LE(longest, 400u);
  EXPECT_GT(minutes, pauses / 10);
  EXPECT_LT(minutes, pauses / 2);
}

TEST(Generate, HasSeasons) {
  const std::string text = generate(100'000, 17, 140);  // whole weeks
  std::array<int, 24> by_hour{};
  std::array<int, 7> by_weekday{};
  for (const Row& row : rows_of(text)) {
    const std::int64_t time = core::parse_time(row[time_column]).value();
    ++by_hour.at(static_cast<std::size_t>(core::hour(time)));
    ++by_weekday.at(static_cast<std::size_t>(core::weekday(time)));
  }
  EXPECT_GT(by_hour[18], 4 * by_hour[2]);
  EXPECT_GT(by_weekday[0], by_weekday[5] * 11 / 10);
  EXPECT_GT(by_hour[2], 0);
}

/// Share of sessions with a cart or purchase among their first three events.
struct Rate {
  double targets = 0.0, sessions = 0.0;
  void add(bool target) {
    targets += target ? 1.0 : 0.0;
    sessions += 1.0;
  }
  double value() const { return targets / sessions; }
};

TEST(Generate, ColumnsTellSomethingAboutTheLabelAndNotEverything) {
  const std::string text = generate(200'000, 19);
  const std::vector<Row> rows = rows_of(text);
  Rate all, one_product, three_products, night, evening, branded, unbranded;
  for (const auto& [name, events] : sessions_of(rows)) {
    if (events.size() < 3) continue;
    const bool target = std::ranges::any_of(events.begin(), events.begin() + 3,
                                            [](const Row& row) { return row[type_column] != "view"; });
    all.add(target);
    const std::set<std::string_view> products{events[0][product], events[1][product], events[2][product]};
    if (products.size() == 1) one_product.add(target);
    if (products.size() == 3) three_products.add(target);
    const int hour = core::hour(core::parse_time(events[0][time_column]).value());
    if (hour < 4) night.add(target);
    if (hour >= 18 && hour < 21) evening.add(target);
    (events[0][brand].empty() ? unbranded : branded).add(target);
  }
  EXPECT_GT(all.value(), 0.15);
  EXPECT_LT(all.value(), 0.40);
  EXPECT_GT(one_product.value(), 2.0 * three_products.value());
  EXPECT_GT(evening.value(), 1.5 * night.value());
  EXPECT_GT(branded.value(), 1.3 * unbranded.value());
  EXPECT_LT(one_product.value(), 0.9);
  EXPECT_GT(three_products.value(), 0.01);
}

TEST(Generate, MakesTheShopThatIsAskedFor) {
  const std::string text = generate({.events = 100'000,
                                     .products = 3000,
                                     .categories = 20,
                                     .brands = 30,
                                     .category_missing = 0.5,
                                     .brand_missing = 0.1});
  const std::vector<Row> rows = rows_of(text);
  EXPECT_THAT(distinct(rows, product), Within(0.02, 3000.0));
  EXPECT_EQ(distinct(rows, category_code), 20.0);
  EXPECT_EQ(distinct(rows, brand), 30.0);
  EXPECT_THAT(share(rows, category_code, ""), Within(0.05, 0.5));
  EXPECT_THAT(share(rows, brand, ""), Within(0.08, 0.1));
  const std::string many = generate({.events = 200'000, .categories = 300, .brands = 3000});
  EXPECT_THAT(distinct(rows_of(many), category_code), Within(0.1, 300.0));
  EXPECT_THAT(distinct(rows_of(many), brand), Within(0.1, 3000.0));
}

TEST(Generate, MeetsAnotherCartRate) {
  for (const double rate : {0.02, 0.10}) {
    const std::string text = generate({.events = 100'000, .cart_rate = rate});
    EXPECT_THAT(share(rows_of(text), type_column, "cart"), Within(0.15, rate));
  }
  EXPECT_EQ(share(rows_of(generate({.events = 20'000, .cart_rate = 0.0})), type_column, "cart"), 0.0);
}

TEST(Generate, HasNoSeasonsWithoutSeasonality) {
  const std::string text = generate({.events = 100'000, .days = 140, .seasonality = 0.0});
  std::array<double, 24> by_hour{};
  for (const Row& row : rows_of(text))
    by_hour.at(static_cast<std::size_t>(core::hour(core::parse_time(row[time_column]).value()))) += 1.0;
  EXPECT_THAT(by_hour, ::testing::Each(Within(0.1, 100'000.0 / 24)));
}

TEST(Generate, DamagesAsManyRowsAsAskedFor) {
  const test::TemporaryFolder folder;
  const std::array files{folder.write("log.csv", generate({.events = 20'000, .malformed = 0.1}))};
  Account account;
  ReadOptions options;
  options.on_bad_row = BadRows::skip;
  const EventLog log = read_events(files, options, account);
  EXPECT_THAT(static_cast<double>(log.size()), Within(0.01, 18'000.0));
  std::int64_t reasons = 0;
  for (const Account::Entry& entry : account.entries())
    reasons += entry.name.starts_with("rows rejected: ") && entry.count > 200 ? 1 : 0;
  EXPECT_EQ(reasons, 5);
}

TEST(Generate, HandsOutPiecesOfBoundedSize) {
  std::size_t pieces = 0;
  generate_events({.events = 50'000}, [&](std::string_view piece) {
    EXPECT_GT(piece.size(), 0u);
    EXPECT_LT(piece.size(), std::size_t{2} << 20);
    ++pieces;
  });
  EXPECT_GT(pieces, 4u);
}

TEST(Generate, TellsHowFarItIs) {
  std::vector<std::uint64_t> done;
  GenerateOptions options{.events = 100'000};
  options.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "generating");
    EXPECT_EQ(progress.total, 100'000u);
    done.push_back(progress.done);
    return true;
  };
  generate_events(options, [](std::string_view) {});
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 100'000u);
  EXPECT_GT(done.size(), 10u);
  EXPECT_LT(done.size(), 110u);
}

TEST(Generate, StopsWhenToldTo) {
  GenerateOptions options{.events = 1'000'000};
  options.progress = [](const Progress& progress) { return progress.done < 20'000; };
  std::size_t bytes = 0;
  EXPECT_THROW(generate_events(options, [&](std::string_view piece) { bytes += piece.size(); }), Cancelled);
  EXPECT_LT(bytes, std::size_t{10} << 20);
}

TEST(Generate, RefusesOptionsOutOfRange) {
  const auto with = [](std::uint64_t events, int days) {
    return [=] { generate_events({.events = events, .days = days}, [](std::string_view) { FAIL(); }); };
  };
  EXPECT_THAT(with(0, 158), ThrowsMessage<ParameterError>(HasSubstr("events is 0; it must be in [1, 10^11]")));
  EXPECT_THAT(with(100'000'000'001, 158), ThrowsMessage<ParameterError>(HasSubstr("events is 100000000001")));
  EXPECT_THAT(with(1, 0), ThrowsMessage<ParameterError>(HasSubstr("days is 0; it must be in [1, 3650]")));
  EXPECT_THAT(with(1, 3651), ThrowsMessage<ParameterError>(HasSubstr("days is 3651")));
  EXPECT_THAT([] { generate({.cart_rate = 0.2}); },
              ThrowsMessage<ParameterError>(HasSubstr("cart_rate is 0.2; it must be in [0, 0.15]")));
  EXPECT_THAT([] { generate({.brands = 0}); }, ThrowsMessage<ParameterError>(HasSubstr("brands is 0")));
  EXPECT_THAT([] { generate({.malformed = std::nan("")}); },
              ThrowsMessage<ParameterError>(HasSubstr("malformed is nan")));
}

}  // namespace
}  // namespace cartwheel
