#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <string>

#include "read_events_fixture.hpp"

using namespace cartwheel;
using namespace cartwheel::test;
using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

// Rows that are not what they should be: each with its message, and its place in the account when it is skipped.

struct BadRow {
  std::string name, row, place, message, fix, counted_as;
};

class BadRowTest : public ReadEvents, public ::testing::WithParamInterface<BadRow> {};

TEST_P(BadRowTest, FailsWithPlaceRowAndFix) {
  const BadRow& bad = GetParam();
  expect_error(
      header + first_row + bad.row + "\n" + first_row,
      AllOf(StartsWith(file_name() + ":" + bad.place + ": "), HasSubstr(bad.message), HasSubstr("\n  row:  "),
            HasSubstr("\n  fix:  "), HasSubstr(bad.fix), EndsWith("--on-bad-row skip (skipped rows are counted)")));
}

TEST_P(BadRowTest, IsCountedByReasonWhenSkipped) {
  const BadRow& bad = GetParam();
  options.on_bad_row = BadRows::skip;
  EXPECT_THAT(rows_of(read_rows(first_row + bad.row + "\n" + first_row + bad.row + "\n" + first_row)),
              ElementsAre(first_event, first_event, first_event));
  EXPECT_EQ(account.count("rows read"), 5);
  EXPECT_EQ(account.count("rows kept"), 3);
  EXPECT_EQ(account.count(bad.counted_as), 2);
  EXPECT_EQ(note_of(bad.counted_as), "first: " + file_name() + ":" + bad.place);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadRowTest,
    ::testing::Values(
        BadRow{"time", "yesterday,view,p,1,c,b,1,u,s", "3:1",
               "column 'event_time' holds \"yesterday\", which is not a time", "2021-02-28 19:13:22 UTC",
               "rows rejected: event_time does not parse"},
        BadRow{"time_empty", ",view,p,1,c,b,1,u,s", "3:1", "column 'event_time' is empty", "correct the row",
               "rows rejected: event_time is missing"},
        BadRow{"time_out_of_range", "9999-12-31T23:59:59-01:00,view,p,1,c,b,1,u,s", "3:1", "is not a time", "",
               "rows rejected: event_time does not parse"},
        BadRow{"type", "1,wishlist,p,1,c,b,1,u,s", "3:3",
               "column 'event_type' holds \"wishlist\", which is not a known event type",
               "--map 'event_type.wishlist=view|cart|remove_from_cart|purchase|other'",
               "rows rejected: event_type is not known"},
        BadRow{"type_empty", "1,,p,1,c,b,1,u,s", "3:3", "column 'event_type' is empty", "",
               "rows rejected: event_type is missing"},
        BadRow{"price", "1,view,p,1,c,b,\"12,50\",u,s", "3:16",
               "column 'price' holds \"12,50\", which is not a number\n  row:  1,view,p,1,c,b,\"12,50\",u,s\n", "12.50",
               "rows rejected: price is not a number"},
        BadRow{"price_nan", "1,view,p,1,c,b,NaN,u,s", "3:16", "holds \"NaN\", which is not a number", "",
               "rows rejected: price is not a number"},
        BadRow{"price_control", "1,view,p,1,c,b,\x1b[2J\xff,u,s", "3:16", "holds \"\\x1b[2J\\xff\"", "",
               "rows rejected: price is not a number"},
        BadRow{"price_range", "1,view,p,1,c,b,1e300,u,s", "3:16", "holds \"1e300\", which is out of range", "",
               "rows rejected: price is out of range"},
        BadRow{"too_few", "1,view,p", "3:9", "too few fields: the row has 3 fields, the header has 9",
               "correct the row", "rows rejected: too few fields"},
        BadRow{"too_many", "1,view,p,1,c,b,12,50,u,s", "3:24",
               "too many fields: the row has 10 fields, the header has 9", "in quotes",
               "rows rejected: too many fields"},
        BadRow{"text_after_quote", "1,view,p,1,c,\"b\"rand,1,u,s", "3:17", "text follows a closing quote", "twice",
               "rows rejected: text follows a closing quote"}),
    [](const auto& bad) { return bad.param.name; });

TEST_F(ReadEvents, MessagesNameTheFilesColumnWhenItIsMapped) {
  options.column_names = {{"price", "amount"}};
  expect_error("event_time,event_type,user_id,amount\n1,view,u,x\n", HasSubstr("column 'amount' (price) holds \"x\""));
}

TEST_F(ReadEvents, MessagesCountTheLinesOfQuotedFields) {
  expect_error(header + "1,view,\"p\nq\r\nr\",1,c,b,1,u,s\n\n2,view,p,1,c,b,x,u,s\n",
               StartsWith(file_name() + ":6:16: "));
  expect_error(header + "1,view,\"p\nq\",1,c,b,x,u,s\n",
               AllOf(StartsWith(file_name() + ":3:10: "), HasSubstr("row:  1,view,\"p\\nq\",1")));
}

TEST_F(ReadEvents, AQuoteThatIsNeverClosedNamesTheLineWhereItOpens) {
  const std::string rows = first_row + "1,view,\"p,1,c,b,1,u,s\n" + first_row + first_row;
  expect_error(header + rows, AllOf(StartsWith(file_name() + ":3:8: a quote opens here and is never closed"),
                                    HasSubstr("\n  row:  \"p,1,c,b,1,u,s\n")));
  options.on_bad_row = BadRows::skip;
  EXPECT_THAT(rows_of(read_rows(rows)), ElementsAre(first_event, first_event, first_event)) << "only its line is lost";
  EXPECT_EQ(account.count("rows rejected: a quote is never closed"), 1);
  EXPECT_EQ(account.count("rows read"), 4);
}

TEST_F(ReadEvents, ALastLineCutInTheMiddleIsABadRow) {
  const std::string cut = first_row.substr(0, 40);
  expect_error(header + first_row + cut,
               AllOf(StartsWith(file_name() + ":3:41: the file looks cut off"), HasSubstr("get the whole file"),
                     EndsWith("--on-bad-row skip (skipped rows are counted)")));
  options.on_bad_row = BadRows::skip;
  EXPECT_THAT(rows_of(read_rows(first_row + cut)), ElementsAre(first_event));
  EXPECT_EQ(account.count("rows rejected: the last line is cut off"), 1);
}

TEST_F(ReadEvents, NulBytesAndMalformedUtf8StayInValues) {
  const auto rows = rows_of(read_rows("1,view,p\0q,1,c,\xff,1,u,s\n"s));
  EXPECT_EQ(rows[0].product, "p\0q"s);
  EXPECT_EQ(rows[0].brand, "\xff");
}

TEST_F(ReadEvents, ALongRowIsShortenedInItsMessage) {
  try {
    read_rows("1,view," + std::string(100'000, 'p') + ",1,c,b," + std::string(100'000, 'x') + ",u,s\n");
    FAIL() << "the price is no number";
  } catch (const DataError& error) {
    EXPECT_LT(std::string_view(error.what()).size(), 1'000u);
    EXPECT_THAT(error.what(), HasSubstr("...\n"));
  }
}

TEST_F(ReadEvents, SkippedRowsGoToAFileOfTheirOwn) {
  options.on_bad_row = BadRows::skip;
  options.rejects = folder.path() / "out.rejects.csv";
  read_rows(first_row + "1,view,\"p,1\"\n\n" + first_row +
            "soon,view,p\xff,1,c,b,1,u,s\n1,view,\"p\nq\",1,c,\"b,1,u,s\n" + first_row);
  const std::string file = file_name();
  EXPECT_EQ(read_file(options.rejects), "file,line,column,reason,row\n" +                             //
                                            file + ",3,13,too few fields,\"1,view,\"\"p,1\"\"\"\n" +  //
                                            file + ",6,1,event_time does not parse,\"soon,view,p\xff,1,c,b,1,u,s\"\n" +
                                            file +
                                            ",8,8,a quote is never closed,\"1,view,\"\"p\nq\"\",1,c,\"\"b,1,u,s\"\n");
  EXPECT_EQ(account.count("rows written to the file of rejected rows"), 3);
  EXPECT_EQ(account.count("rows kept"), 3);
  read_rows(first_row);
  EXPECT_EQ(read_file(options.rejects), "file,line,column,reason,row\n") << "what an earlier run left is replaced";
  options.on_bad_row = BadRows::fail;
  options.rejects = folder.path() / "none.csv";
  read_rows(first_row);
  EXPECT_FALSE(std::filesystem::exists(options.rejects));
}

}  // namespace
