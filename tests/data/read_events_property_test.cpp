#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cartwheel/read_events.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/philox.hpp"
#include "core/time.hpp"
#include "data/field_parsers.hpp"
#include "support/event_rows.hpp"
#include "support/plain_csv.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using cartwheel::test::EventRow;

namespace {

constexpr std::array<std::string_view, 9> columns{"event_time",  "event_type",    "product_id",
                                                  "category_id", "category_code", "brand",
                                                  "price",       "user_id",       "user_session"};

/// Event files with everything that CSV allows, and with every kind of bad row but a quote that is never closed.
struct RandomFile {
  core::RandomStream random;
  char delimiter = ',';
  std::vector<std::string> header{};

  const std::string& pick(const std::vector<std::string>& from) {
    return from[random.below(static_cast<std::uint32_t>(from.size()))];
  }

  std::string value_of(std::string_view column) {
    if (column == "event_time")
      return pick({"2021-02-28 19:13:22 UTC", "2021-02-28T19:13:22.25+01:00", "1433221332117", "1433221332",
                   "2021-02-28", "-5", "soon", "", "2021-02-30"});
    if (column == "event_type")
      return pick(
          {"view", "view", "cart", "purchase", "remove_from_cart", "other", "addtocart", "transaction", "click", ""});
    if (column == "price") return pick({"", "12.34", "0", "-3", "1e2", "0.00015", "7.", "12,50", "NaN", "1e99"});
    return pick({"", "a", "b", "a\"b", "x,y;z", "line\nend", "cr\r", "\r\n", " ", "é", "\xff", std::string("n\0l", 3),
                 "\"", "Unknown"});
  }

  std::string written(const std::string& value) {
    const bool needs_quotes =
        value.find_first_of("\r\n") != value.npos || value.find(delimiter) != value.npos || value.starts_with('"');
    if (!needs_quotes && random.below(4) != 0) return value;
    std::string quoted = "\"";
    for (const char c : value) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
  }

  std::string line_end() { return pick({"\n", "\r\n", "\r"}); }

  std::string record(const std::vector<std::string>& values) {
    std::string line;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) line += delimiter;
      line += written(values[i]);
    }
    return line;
  }

  std::string text() {
    std::vector<std::string> names(columns.begin(), columns.end());
    names.push_back("extra");
    for (std::size_t i = names.size(); i > 1; --i)
      std::swap(names[i - 1], names[random.below(static_cast<std::uint32_t>(i))]);
    for (const std::string& name : names)
      if (name == "event_time" || name == "event_type" || name == "user_id" || random.below(4) != 0)
        header.push_back(name);
    std::string text = random.below(2) == 0 ? "\xEF\xBB\xBF" : "";
    text += record(header);
    for (std::uint32_t left = random.below(30); left > 0; --left) {
      text += line_end();
      if (random.below(10) == 0) text += line_end();
      std::vector<std::string> values;
      for (const std::string& name : header) values.push_back(value_of(name));
      if (random.below(10) == 0) values.pop_back();
      if (random.below(10) == 0) values.push_back("more");
      text += record(values);
      if (random.below(20) == 0) text += " \"";  // after a quoted last field: text after a quote
    }
    return random.below(2) == 0 ? text : text + line_end();
  }
};

struct Expected {
  std::vector<EventRow> rows;
  std::int64_t read = 0, rounded = 0;
};

/// What the file says, found in the plainest way.
Expected read_plainly(std::string_view text, char delimiter) {
  static const std::map<std::string, EventType, std::less<>> types{{"view", EventType::view},
                                                                   {"cart", EventType::cart},
                                                                   {"remove_from_cart", EventType::remove_from_cart},
                                                                   {"purchase", EventType::purchase},
                                                                   {"other", EventType::other},
                                                                   {"addtocart", EventType::cart},
                                                                   {"transaction", EventType::purchase}};
  const auto records = test::read_plain_csv(text, delimiter);
  Expected expected;
  for (std::size_t r = 1; r < records.size(); ++r) {
    const test::PlainRecord& record = records[r];
    if (record.fields == std::vector<std::string>{""}) continue;
    ++expected.read;
    if (record.text_after_quote || record.fields.size() != records[0].fields.size()) continue;
    std::map<std::string, std::string> value;
    for (std::size_t f = 0; f < record.fields.size(); ++f) value[records[0].fields[f]] = record.fields[f];
    const auto time = core::parse_time(value["event_time"]);
    const auto type = types.find(value["event_type"]);
    if (!time || type == types.end()) continue;
    data::ParsedPrice price{missing_price, data::PriceStatus::exact};
    if (!value["price"].empty()) price = data::parse_price(value["price"]);
    if (price.status == data::PriceStatus::not_a_number || price.status == data::PriceStatus::out_of_range) continue;
    expected.rounded += price.status == data::PriceStatus::rounded;
    expected.rows.push_back({*time, type->second, value["product_id"], value["category_id"], value["category_code"],
                             value["brand"], value["user_id"], value["user_session"], price.value});
  }
  return expected;
}

class ReadEventsProperty : public ::testing::TestWithParam<char> {};

TEST_P(ReadEventsProperty, EqualsThePlainReader) {
  const test::TemporaryFolder folder;
  std::size_t kept = 0, rejected = 0;
  for (std::uint32_t round = 0; round < 2'000; ++round) {
    RandomFile file{
        core::RandomStream(11, core::RandomPurpose::generate, round, static_cast<unsigned char>(GetParam())),
        GetParam()};
    const std::string text = file.text();
    const Expected expected = read_plainly(text, GetParam());
    const std::vector files{folder.write("events.csv", text)};
    ReadOptions options;
    options.delimiter = GetParam();
    options.on_bad_row = BadRows::skip;
    Account account;
    const EventLog log = read_events(files, options, account);
    ASSERT_EQ(test::rows_of(log), expected.rows) << ::testing::PrintToString(text);
    ASSERT_EQ(account.count("rows read"), expected.read) << ::testing::PrintToString(text);
    ASSERT_EQ(account.count("prices rounded to 1/10,000"), expected.rounded);
    std::int64_t accounted = account.count("rows kept");
    for (const Account::Entry& entry : account.entries())
      if (entry.name.starts_with("rows rejected")) accounted += entry.count;
    ASSERT_EQ(accounted, expected.read) << "nothing is lost";
    kept += expected.rows.size();
    rejected += static_cast<std::size_t>(expected.read) - expected.rows.size();
  }
  EXPECT_GT(kept, 1'000u) << "the files must hold good rows";
  EXPECT_GT(rejected, 1'000u) << "and bad ones";
}

INSTANTIATE_TEST_SUITE_P(Delimiters, ReadEventsProperty, ::testing::Values(',', ';', '\t'));

}  // namespace
