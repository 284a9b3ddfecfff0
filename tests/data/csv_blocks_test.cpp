#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/threads.hpp>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "data/csv_bytes.hpp"
#include "data/csv_events.hpp"
#include "data/row_parser.hpp"
#include "support/event_rows.hpp"
#include "support/random_event_file.hpp"
#include "support/temporary_folder.hpp"

// The reader of blocks against the plain one: one record after the other, as CsvReader and RowParser have it.

using namespace cartwheel;
using namespace cartwheel::data;
using test::EventRow;
using namespace std::string_literals;

namespace {

/// All that reading one file gives.
struct Outcome {
  std::vector<EventRow> rows;
  std::vector<std::vector<Code>> codes;
  std::vector<std::string> account;
  std::string error;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << ::testing::PrintToString(outcome.rows) << "\n"
             << ::testing::PrintToString(outcome.account) << "\n"
             << outcome.error;
}

Outcome describe(EventColumns columns, const ReadingCounts& counts) {
  Outcome outcome;
  const EventLog log = EventColumns::finish(std::move(columns));
  outcome.rows = test::rows_of(log);
  for (const auto& codes : log.storage().codes) outcome.codes.emplace_back(codes.begin(), codes.end());
  Account account;
  counts.report(account);
  for (const Account::Entry& entry : account.entries())
    outcome.account.push_back(entry.name + ": " + std::to_string(entry.count) + " " + entry.note);
  return outcome;
}

/// Reads a file in the plainest way.
Outcome read_plainly(const CsvFile& file, BadRows on_bad_row) {
  const EventSchema schema({});
  const ColumnPlaces places(file, schema);
  const RowParser parser(file, schema, places);
  EventColumns columns;
  ReadingCounts counts;
  for (const std::string& name : places.unused) counts.unused_columns.insert(name);
  for (std::size_t c = 0; c < source_column_count; ++c)
    if (places.place[c] == ColumnPlaces::absent) counts.absent_columns.emplace(source_column_names[c]);
  CsvReader reader = file.rows();
  for (CsvRecord record; reader.next(record);) {
    if (record.is_blank()) {
      ++counts.blank_lines;
      continue;
    }
    ++counts.rows_read;
    const ParsedRow row = parser.parse(record);
    if (row.rejection) {
      if (on_bad_row == BadRows::fail) return {{}, {}, {}, parser.error_text(record, *row.rejection)};
      ReadingCounts::Rejected& rejected = counts.rejected[static_cast<std::size_t>(*row.rejection)];
      if (rejected.rows++ == 0) rejected.first = parser.place(record, *row.rejection);
      if (row.rejection == Rejection::unclosed_quote) reader.resume_after_line_of(record.problem_offset());
      continue;
    }
    columns.add(row.event);
    ++counts.rows_kept;
    if (row.price_rounded && counts.prices_rounded++ == 0)
      counts.first_rounded = file.place(record.offset_of(places[SourceColumn::price]));
    for (std::size_t c = 2; c < source_column_count; ++c)
      if (places.place[c] != ColumnPlaces::absent && record[places.place[c]].empty()) ++counts.missing[c];
  }
  return describe(std::move(columns), counts);
}

Outcome read_in_blocks(const CsvFile& file, BadRows on_bad_row, const BlockSizes& sizes) {
  EventColumns columns;
  const ProgressCallback none;
  ReadingProgress progress(none, file.bytes().size());
  try {
    const ReadingCounts counts = add_csv_events(file, EventSchema({}), on_bad_row, columns, progress, nullptr, sizes);
    return describe(std::move(columns), counts);
  } catch (const DataError& error) {
    return {{}, {}, {}, error.what()};
  }
}

class CsvBlocks : public ::testing::Test {
 protected:
  void expect_equal(const std::string& text, char delimiter, const BlockSizes& sizes) {
    const CsvFile file(folder.write("events.csv", text), delimiter);
    for (const BadRows rule : {BadRows::skip, BadRows::fail})
      ASSERT_EQ(read_in_blocks(file, rule, sizes), read_plainly(file, rule))
          << "blocks of " << sizes.block_bytes << ": " << ::testing::PrintToString(text);
  }

  test::TemporaryFolder folder;
};

/// A good file with a few accidents: stray quotes, line ends, and pieces of other rows.
std::string random_file(core::RandomStream& random, char delimiter, std::uint32_t most_rows) {
  test::RandomEventFile file{random, delimiter, most_rows};
  std::string text = file.text();
  random = file.random;
  const std::size_t header = text.find_first_of("\r\n");
  if (random.below(2) == 0 || header == text.npos) return text;
  const std::vector<std::string> accidents{"\"", "\"\"", "\n",   "\r\n", "\r",
                                           ",",  "\"\n", "\n\"", "\0"s,  "1,view,\"a\",,,,,,"};
  for (std::uint32_t left = 1 + random.below(4); left > 0; --left) {
    const std::size_t at = header + 1 + random.below(static_cast<std::uint32_t>(text.size() - header));
    text.insert(at, accidents[random.below(static_cast<std::uint32_t>(accidents.size()))]);
  }
  return text;
}

TEST_F(CsvBlocks, EqualThePlainReaderForAnyThreadsAndSizes) {
  core::RandomStream random(23, core::RandomPurpose::generate);
  const std::vector<std::size_t> sizes{1, 2, 3, 5, 13, 64, 100, 1'000, 1 << 18};
  for (int round = 0; round < 1'500; ++round) {
    const char delimiter = ",;\t"[random.below(3)];
    const std::string text = random_file(random, delimiter, round % 10 == 0 ? 300 : 30);
    const BlockSizes size{sizes[random.below(static_cast<std::uint32_t>(sizes.size()))], 1 + random.below(4)};
    with_threads(1 + static_cast<int>(random.below(7)), [&] { expect_equal(text, delimiter, size); });
    if (HasFatalFailure()) return;
  }
}

const std::string header =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";

TEST_F(CsvBlocks, AFileMayEndAtEveryByteOfItsLastRecords) {
  const std::string rows = header + "1,view,p,1,\"c,\nd\",\"b\"\"r\",12.34,u,s\r\n" +
                           "2021-02-28 19:13:22 UTC,cart,\"p\",\"\",c,,.5,u,7ri1ZlGnCt\r\n";
  for (std::size_t size = header.size(); size <= rows.size(); ++size)
    for (const std::size_t block : {1u, 7u, 64u, 4096u}) expect_equal(rows.substr(0, size), ',', {block, 2});
}

TEST_F(CsvBlocks, HoldFieldsOfMegabytesAndManyColumns) {
  const std::string large(2'000'000, 'x');
  const std::string row = "1,view,p,1,c,b,1,u,s\n";
  expect_equal(header + row + "2,view,\"" + large + "\n" + large + "\",1,c,b,1,u,s\n" + row + row, ',', {1 << 16, 3});
  expect_equal(header + row + "2,view," + large + ",1,c,b,1,u,s\n" + row + row, ',', {1 << 16, 3});
  std::string wide = "event_time,event_type,user_id", values = "5,view,u";
  for (int i = 0; i < 70'000; ++i) {
    wide += ",c" + std::to_string(i);
    values += i % 2 == 0 ? ",1" : ",\"\"";
  }
  const CsvFile file(folder.write("wide.csv", wide + "\n" + values + "\n" + values + "\n" + values + ",1\n"));
  const Outcome outcome = read_in_blocks(file, BadRows::skip, {1 << 16, 2});
  ASSERT_EQ(outcome.rows.size(), 2u);
  EXPECT_EQ(outcome.rows[1].user, "u");
  EXPECT_THAT(outcome.account, ::testing::Contains(::testing::HasSubstr("too many fields: 1")));
}

/// Ids of every form that keys tell apart, and pairs of ids that differ in one character.
TEST_F(CsvBlocks, TellAllIdsApart) {
  core::RandomStream random(29, core::RandomPurpose::generate);
  const auto id = [&] {
    constexpr std::string_view digits = "0123456789abcdefABCDEFg-_";
    const std::uint32_t letters = random.below(2) == 0 ? 16 : static_cast<std::uint32_t>(digits.size());
    std::string text =
        random.below(3) == 0 ? "72d76fde-8bb3-4e00-8c23-a032dfed738c" : std::string(random.below(50), '0');
    for (std::uint32_t changes = random.below(3); changes > 0 && !text.empty(); --changes)
      text[random.below(static_cast<std::uint32_t>(text.size()))] = digits[random.below(letters)];
    return text;
  };
  std::string text = header;
  for (int row = 0; row < 4'000; ++row)
    text += "1,view," + id() + "," + id() + "," + id() + "," + id() + ",1," + id() + "," + id() + "\n";
  for (const std::size_t block : {1u << 9, 1u << 14, 1u << 20}) expect_equal(text, ',', {block, 3});
}

TEST(CsvBytes, AreTheSameForEveryInstructionSet) {
  core::RandomStream random(31, core::RandomPurpose::generate);
  constexpr std::string_view bytes = "\",\n\r;ax\x7f\x80\x8a\x8d\xa2\xac\xff";
  for (int round = 0; round < 200; ++round) {
    std::string text(3 * CsvBytes::width, '\0');
    for (char& c : text) c = bytes[random.below(static_cast<std::uint32_t>(bytes.size()))];
    std::vector<CsvBytes> expected(3);
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint64_t bit = std::uint64_t{1} << i % CsvBytes::width;
      CsvBytes& step = expected[i / CsvBytes::width];
      if (text[i] == ',') step.delimiter |= bit;
      if (text[i] == '"') step.quote |= bit;
      if (text[i] == '\n') step.line_feed |= bit;
      if (text[i] == '\r') step.carriage_return |= bit;
    }
    for (const CsvBytesFinder& finder : csv_bytes_finders()) {
      std::vector<CsvBytes> found(3);
      finder.find(text.data(), ',', found);
      ASSERT_EQ(found, expected) << finder.name;
    }
  }
}

}  // namespace
