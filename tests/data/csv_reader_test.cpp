#include "data/csv_reader.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "support/plain_csv.hpp"
#include "support/shared_data.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using namespace cartwheel::data;
using cartwheel::test::PlainRecord;
using ::testing::ElementsAre;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::string> fields_of(const CsvRecord& record) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < record.size(); ++i) fields.emplace_back(record[i]);
  return fields;
}

Rows read(std::string_view text, char delimiter = ',') {
  CsvReader reader(text, delimiter);
  Rows rows;
  for (CsvRecord record; reader.next(record);) {
    EXPECT_EQ(record.problem(), CsvProblem::none) << text;
    rows.push_back(fields_of(record));
  }
  return rows;
}

TEST(CsvReader, SplitsFieldsAndRecords) {
  EXPECT_EQ(read("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("a,b\r\n1,2\r\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("a,b\r1,2\r"), (Rows{{"a", "b"}, {"1", "2"}})) << "a lone CR ends a record";
  EXPECT_EQ(read("a\r\r\nb"), (Rows{{"a"}, {""}, {"b"}}));
  EXPECT_EQ(read("a,b\n1,2"), (Rows{{"a", "b"}, {"1", "2"}})) << "the last line needs no line end";
  EXPECT_EQ(read(",\n,,"), (Rows{{"", ""}, {"", "", ""}}));
  EXPECT_EQ(read(" a , b "), (Rows{{" a ", " b "}})) << "spaces belong to their field";
  EXPECT_EQ(read(""), Rows{});
  EXPECT_EQ(read("\n\n"), (Rows{{""}, {""}}));
}

TEST(CsvReader, UndoesQuotes) {
  EXPECT_EQ(read("\"a,b\",\"c\nd\",\"e\r\nf\",\"g\rh\"\n1,2,3,4"),
            (Rows{{"a,b", "c\nd", "e\r\nf", "g\rh"}, {"1", "2", "3", "4"}}));
  EXPECT_EQ(read(R"("","""","a""b","""a""","""""")"), (Rows{{"", "\"", "a\"b", "\"a\"", "\"\""}}));
  EXPECT_EQ(read(R"(a"b,"c",d""e)"), (Rows{{"a\"b", "c", "d\"\"e"}}))
      << "a quote inside an unquoted field is a character";
  EXPECT_EQ(read(R"( "a")"), (Rows{{" \"a\""}}));
}

TEST(CsvReader, SkipsAByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n\xEF\xBB\xBF"),
            (Rows{{"a", "b"}, {"\xEF\xBB\xBF"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF\"a\""), (Rows{{"a"}})) << "a quote after the mark opens the field";
  EXPECT_EQ(read("\xEF\xBB\xBF"), Rows{});
  EXPECT_EQ(read("\xEF\xBB"), (Rows{{"\xEF\xBB"}}));
}

TEST(CsvReader, KeepsNulBytesAndMalformedUtf8) { EXPECT_EQ(read("a\0b,\xff\n"sv), (Rows{{"a\0b"s, "\xff"}})); }

TEST(CsvReader, TakesOtherDelimiters) {
  EXPECT_EQ(read("a;b,c;\"d;e\"", ';'), (Rows{{"a", "b,c", "d;e"}}));
  EXPECT_EQ(read("a\tb", '\t'), (Rows{{"a", "b"}}));
  EXPECT_EQ(read("a\0b"sv, '\0'), (Rows{{"a", "b"}}));
  for (const char delimiter : {'"', '\r', '\n'}) EXPECT_THROW(CsvReader("a", delimiter), ParameterError);
}

TEST(CsvReader, FieldsWithoutDoubledQuotesAreViewsOfTheFile) {
  const std::string text = "plain,\"quoted\",\"dou\"\"bled\"";
  CsvReader reader(text);
  CsvRecord record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record[0].data(), text.data());
  EXPECT_EQ(record[1].data(), text.data() + 7);
  EXPECT_EQ(record[2], "dou\"bled");
}

TEST(CsvReader, SaysWhereFieldsAndRecordsLie) {
  const std::string text = "a,\"b\nc\",d\r\nx,y";
  CsvReader reader(text);
  CsvRecord record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.offset(), 0u);
  EXPECT_EQ(record.offset_of(1), 2u);
  EXPECT_EQ(record.offset_of(2), 8u);
  EXPECT_EQ(record.raw(), "a,\"b\nc\",d");
  EXPECT_TRUE(record.has_line_end());
  EXPECT_EQ(reader.offset(), 11u);
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.offset(), 11u);
  EXPECT_EQ(record.raw(), "x,y");
  EXPECT_FALSE(record.has_line_end());
  EXPECT_FALSE(reader.next(record));
}

TEST(CsvReader, TellsBlankLinesFromEmptyFields) {
  CsvReader reader("\n\"\"\n,\n");
  CsvRecord record;
  std::vector<bool> blank;
  while (reader.next(record)) blank.push_back(record.is_blank());
  EXPECT_THAT(blank, ElementsAre(true, false, false));
}

TEST(CsvReader, ReportsAnUnclosedQuoteWhereItOpens) {
  const std::string text = "a,b\n1,\"2\n3,4\n5,\"\"6\n";
  CsvReader reader(text);
  CsvRecord record;
  ASSERT_TRUE(reader.next(record));
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.problem(), CsvProblem::unclosed_quote);
  EXPECT_EQ(record.problem_offset(), 6u);
  EXPECT_FALSE(record.has_line_end());
  EXPECT_FALSE(CsvReader(reader).next(record)) << "the quote has swallowed the rest";

  reader.resume_after_line_of(6);
  ASSERT_TRUE(reader.next(record));
  EXPECT_THAT(fields_of(record), ElementsAre("3", "4"));
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.problem(), CsvProblem::text_after_quote);
  EXPECT_FALSE(reader.next(record));
}

TEST(CsvReader, ReportsTextAfterAClosingQuoteAndGoesOnAtTheNextField) {
  CsvReader reader("\"a\"b\"\",c\n1,\"2\" \n3,4");
  CsvRecord record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.problem(), CsvProblem::text_after_quote);
  EXPECT_EQ(record.problem_offset(), 3u);
  EXPECT_THAT(fields_of(record), ElementsAre("\"a\"b\"\"", "c"));
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.problem(), CsvProblem::text_after_quote);
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.problem(), CsvProblem::none) << "problems do not stick to the record that is read into";
}

TEST(TextPositions, CountLinesAndBytesFromOne) {
  const std::string text = "ab\ncd\r\nef\rgh";
  EXPECT_EQ(position_of(text, 0), (TextPosition{1, 1}));
  EXPECT_EQ(position_of(text, 1), (TextPosition{1, 2}));
  EXPECT_EQ(position_of(text, 3), (TextPosition{2, 1}));
  EXPECT_EQ(position_of(text, 7), (TextPosition{3, 1}));
  EXPECT_EQ(position_of(text, 11), (TextPosition{4, 2}));
  EXPECT_EQ(position_of(text, text.size()), (TextPosition{4, 3}));
  EXPECT_EQ(position_of("\xEF\xBB\xBF"
                        "ab",
                        4),
            (TextPosition{1, 2}))
      << "a byte-order mark takes no column";
}

/// Texts of bytes that matter to CSV, some of them in whole tokens, so that deep states are reached often.
std::string random_csv(core::RandomStream& random, char delimiter) {
  const std::vector<std::string> tokens{std::string(1, delimiter),
                                        std::string(1, delimiter),
                                        "\"",
                                        "\"",
                                        "\"\"",
                                        "\n",
                                        "\r\n",
                                        "\r",
                                        "a",
                                        "bc",
                                        " ",
                                        "\0"s,
                                        "é",
                                        "\xff",
                                        "\xEF\xBB\xBF",
                                        "x\"y",
                                        "\"q\"",
                                        "\"l\nm\""};
  std::string text = random.below(8) == 0 ? "\xEF\xBB\xBF" : "";
  for (std::uint32_t left = random.below(40); left > 0; --left)
    text += tokens[random.below(static_cast<std::uint32_t>(tokens.size()))];
  return text;
}

class CsvReaderLaws : public ::testing::TestWithParam<char> {};

TEST_P(CsvReaderLaws, EqualsThePlainReader) {
  const char delimiter = GetParam();
  core::RandomStream random(static_cast<unsigned char>(delimiter), core::RandomPurpose::generate);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random_csv(random, delimiter);
    std::vector<PlainRecord> records;
    CsvReader reader(text, delimiter);
    for (CsvRecord record; reader.next(record);) {
      // The first problem is the one reported; the plain reader notes both.
      const PlainRecord plain{fields_of(record), record.problem() == CsvProblem::text_after_quote,
                              record.problem() == CsvProblem::unclosed_quote};
      records.push_back(plain);
    }
    auto expected = test::read_plain_csv(text, delimiter);
    for (PlainRecord& record : expected) record.unclosed_quote &= !record.text_after_quote;
    ASSERT_EQ(records, expected) << ::testing::PrintToString(text);
  }
}

TEST_P(CsvReaderLaws, ReadsBackWhatIsWrittenWithQuotes) {
  const char delimiter = GetParam();
  core::RandomStream random(1000u + static_cast<unsigned char>(delimiter), core::RandomPurpose::generate);
  for (int round = 0; round < 2'000; ++round) {
    Rows rows(1 + random.below(5));
    std::string text;
    for (auto& row : rows) {
      row.resize(1 + random.below(5));
      for (std::size_t f = 0; f < row.size(); ++f) {
        row[f] = random_csv(random, delimiter);
        text += f == 0 ? "" : std::string(1, delimiter);
        text += '"';
        for (const char c : row[f]) text += c == '"' ? "\"\"" : std::string(1, c);
        text += '"';
      }
      text += random.below(2) == 0 ? "\n" : "\r\n";
    }
    ASSERT_EQ(read(text, delimiter), rows) << ::testing::PrintToString(text);
  }
}

TEST_P(CsvReaderLaws, RawRecordsAndLineEndsMakeUpTheFile) {
  const char delimiter = GetParam();
  core::RandomStream random(2000u + static_cast<unsigned char>(delimiter), core::RandomPurpose::generate);
  for (int round = 0; round < 5'000; ++round) {
    const std::string text = random_csv(random, delimiter);
    CsvReader reader(text, delimiter);
    std::size_t at = reader.offset();
    for (CsvRecord record; reader.next(record);) {
      ASSERT_EQ(record.offset(), at);
      ASSERT_EQ(record.raw().data(), text.data() + at);
      const std::string_view line_end =
          std::string_view(text).substr(at + record.raw().size(), reader.offset() - at - record.raw().size());
      ASSERT_TRUE(line_end == "\n" || line_end == "\r\n" || line_end == "\r" || !record.has_line_end());
      at = reader.offset();
    }
    ASSERT_EQ(at, text.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Delimiters, CsvReaderLaws, ::testing::Values(',', ';', '\t'));

/// A list of objects, or one object, as rows of (name, value).
std::vector<std::vector<std::pair<std::string, std::string>>> expected_rows(const std::filesystem::path& file) {
  const auto parsed = nlohmann::ordered_json::parse(test::read_file(file));
  std::vector<std::vector<std::pair<std::string, std::string>>> rows;
  for (const auto& object : parsed.is_array() ? parsed : nlohmann::ordered_json::array({parsed})) {
    auto& row = rows.emplace_back();
    for (const auto& [name, value] : object.items()) row.emplace_back(name, value.get<std::string>());
  }
  return rows;
}

class CsvSpectrum : public ::testing::TestWithParam<std::string> {};

TEST_P(CsvSpectrum, ReadsAsExpected) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const auto folder = test::shared_data("csv-spectrum");
  const std::string text = test::read_file(folder / (GetParam() + ".csv"));
  auto expected = expected_rows(folder / "expected" / (GetParam() + ".json"));
  // This pair disagrees as published: the number in the JSON is not the one in the CSV.
  if (GetParam() == "location_coordinates") expected[0][0].second = "2095257564";

  const Rows rows = read(text);
  std::vector<std::vector<std::pair<std::string, std::string>>> found;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    auto& row = found.emplace_back();
    ASSERT_EQ(rows[r].size(), rows[0].size());
    for (std::size_t f = 0; f < rows[r].size(); ++f) row.emplace_back(rows[0][f], rows[r][f]);
  }
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(Files, CsvSpectrum,
                         ::testing::Values("comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json",
                                           "location_coordinates", "newlines", "newlines_crlf", "quotes_and_newlines",
                                           "simple", "simple_crlf", "utf8"),
                         [](const auto& file) { return file.param; });

}  // namespace
