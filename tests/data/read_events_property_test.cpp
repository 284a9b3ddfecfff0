#include <gtest/gtest.h>

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
#include "support/random_event_file.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using cartwheel::test::EventRow;

namespace {

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
    test::RandomEventFile file{
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
