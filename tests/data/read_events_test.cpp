#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <string>
#include <vector>

#include "support/event_rows.hpp"
#include "support/shared_data.hpp"
#include "support/temporary_folder.hpp"

using namespace cartwheel;
using cartwheel::test::EventRow;
using cartwheel::test::rows_of;
using cartwheel::test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;
using namespace std::string_literals;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

const std::string header =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
const std::string first_row = "1970-01-02 00:00:01 UTC,view,p1,7,home.tv,acme,12.34,u1,s1\n";
const EventRow first_event{day + second, EventType::view, "p1", "7", "home.tv", "acme", "u1", "s1", 123'400};

class ReadEvents : public ::testing::Test {
 protected:
  EventLog read(const std::vector<std::filesystem::path>& files) {
    account = {};
    return read_events(files, options, account);
  }
  EventLog read_text(const std::string& text) { return read({folder.write("events.csv", text)}); }
  EventLog read_rows(const std::string& rows) { return read_text(header + rows); }

  /// Expects reading `text` to fail with a message that matches.
  template <class Exception = DataError, class Matcher>
  void expect_error(const std::string& text, const Matcher& matcher) {
    EXPECT_THAT([&] { read_text(text); }, ThrowsMessage<Exception>(matcher)) << text;
  }

  std::string note_of(std::string_view name) const {
    for (const Account::Entry& entry : account.entries())
      if (entry.name == name) return entry.note;
    return "(no such entry)";
  }
  std::string file_name() const { return (folder.path() / "events.csv").string(); }

  TemporaryFolder folder;
  ReadOptions options;
  Account account;
};

TEST_F(ReadEvents, ReadsEveryColumn) {
  EXPECT_THAT(rows_of(read_rows(first_row + "1970-01-01T01:00:00+01:00,purchase,p2,,,,,,s1\n")),
              ElementsAre(first_event, EventRow{0, EventType::purchase, "p2", "", "", "", "", "s1", missing_price}));
  EXPECT_EQ(account.count("rows read"), 2);
  EXPECT_EQ(account.count("rows kept"), 2);
}

TEST_F(ReadEvents, FindsColumnsInAnyOrderAndCountsThoseItDoesNotUse) {
  const auto rows = rows_of(read_text("color,user_session,price,event_type,event_time,size\nred,s,2,cart,60,XL\n"));
  EXPECT_THAT(rows, ElementsAre(EventRow{60 * second, EventType::cart, "", "", "", "", "", "s", 20'000}));
  EXPECT_EQ(account.count("columns not used"), 2);
  EXPECT_EQ(note_of("columns not used"), "color, size");
  EXPECT_EQ(account.count("columns absent"), 5);
  EXPECT_EQ(note_of("columns absent"), "brand, category_code, category_id, product_id, user_id");
}

TEST_F(ReadEvents, UserOrSessionIsEnough) {
  EXPECT_EQ(read_text("event_time,event_type,user_id\n1,view,u\n").size(), 1u);
  EXPECT_EQ(read_text("event_time,event_type,user_session\n1,view,s\n").size(), 1u);
}

TEST_F(ReadEvents, KeepsRowsWithNeitherUserNorSession) {
  EXPECT_THAT(rows_of(read_rows("5,view,p,,,,,,\n")), ElementsAre(EventRow{5 * second, EventType::view, "p"}));
  EXPECT_EQ(account.count("values missing: user_id"), 1);
  EXPECT_EQ(account.count("values missing: user_session"), 1);
}

TEST_F(ReadEvents, CountsMissingValuesByColumnWhereThereAreAny) {
  read_rows("1,view,p,1,,b,,u,s\n2,view,p,1,c,,1,u,s\n3,view,p,1,,b,1,u,s\n");
  EXPECT_EQ(account.count("values missing: category_code"), 2);
  EXPECT_EQ(account.count("values missing: brand"), 1);
  EXPECT_EQ(account.count("values missing: price"), 1);
  for (const Account::Entry& entry : account.entries()) EXPECT_NE(entry.name, "values missing: product_id");
}

TEST_F(ReadEvents, LeavesUnknownAsItIs) {
  EXPECT_EQ(rows_of(read_rows("1,view,p,1,Unknown,Unknown,1,u,s\n"))[0].brand, "Unknown");
  EXPECT_EQ(account.count("values missing: brand"), 0);
}

TEST_F(ReadEvents, CountsRoundedPrices) {
  const EventLog log = read_rows("1,view,p,1,c,b,0.00015,u,s\n2,view,p,1,c,b,1e2,u,s\n3,view,p,1,c,b,-0.00005,u,s\n");
  EXPECT_THAT(log.price(), ElementsAre(2, 1'000'000, 0));
  EXPECT_EQ(account.count("prices rounded to 1/10,000"), 2);
  EXPECT_EQ(note_of("prices rounded to 1/10,000"), "first: " + file_name() + ":2:16");
}

TEST_F(ReadEvents, PassesOverBlankLinesAndCountsThem) {
  EXPECT_EQ(read_rows("\n" + first_row + "\r\n\n").size(), 1u);
  EXPECT_EQ(account.count("rows read"), 1);
  EXPECT_EQ(account.count("blank lines, passed over"), 3);
}

TEST_F(ReadEvents, ReadsAHeaderAloneAsAnEmptyLog) {
  EXPECT_EQ(read_text(header).size(), 0u);
  EXPECT_EQ(account.count("rows read"), 0);
  EXPECT_EQ(account.entries().front().name, "rows read") << "a reader would ask";
}

TEST_F(ReadEvents, TakesOtherDelimiters) {
  options.delimiter = ';';
  const auto rows = rows_of(read_text("event_time;event_type;user_id;brand\n1;view;u;a,b\n2;view;u;\"c;d\"\n"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].brand, "a,b");
  EXPECT_EQ(rows[1].brand, "c;d");
  options.delimiter = '"';
  expect_error<ParameterError>(header, HasSubstr("the delimiter is '\"'"));
}

TEST_F(ReadEvents, ReadsEpochsAndMappedNames) {
  options.column_names = {
      {"event_time", "timestamp"}, {"user_id", "visitorid"}, {"event_type", "event"}, {"product_id", "itemid"}};
  const auto rows =
      rows_of(read_text("timestamp,visitorid,event,itemid,transactionid\n"
                        "1433221332117,257597,view,355908,\n"
                        "1433221332,257597,addtocart,355908,\n"
                        "1433221333000,257597,transaction,355908,17\n"));
  EXPECT_THAT(rows, ElementsAre(EventRow{1'433'221'332'117'000, EventType::view, "355908", "", "", "", "257597"},
                                EventRow{1'433'221'332'000'000, EventType::cart, "355908", "", "", "", "257597"},
                                EventRow{1'433'221'333'000'000, EventType::purchase, "355908", "", "", "", "257597"}));
  EXPECT_EQ(note_of("columns not used"), "transactionid");
}

TEST_F(ReadEvents, AMappedNameWinsOverOurs) {
  options.column_names = {{"brand", "maker"}};
  EXPECT_EQ(rows_of(read_text("event_time,event_type,user_id,brand,maker\n1,view,u,a,b\n"))[0].brand, "b");
  EXPECT_EQ(note_of("columns not used"), "brand");
}

TEST_F(ReadEvents, TakesEventTypesOfTheUser) {
  options.column_names = {{"event_type.wishlist", "other"}, {"event_type.Buy now", "purchase"}};
  EXPECT_THAT(read_rows("1,wishlist,p,,,,,u,s\n2,Buy now,p,,,,,u,s\n").type(),
              ElementsAre(EventType::other, EventType::purchase));
}

TEST_F(ReadEvents, RefusesMappingsThatMeanNothing) {
  const auto expect = [&](const std::string& key, const std::string& value, const auto& matcher) {
    options.column_names = {{key, value}};
    expect_error<ParameterError>(header, matcher);
  };
  expect("event_tiem", "t", AllOf(HasSubstr("'event_tiem' is not a column"), HasSubstr("did you mean event_time?")));
  expect("quantity", "q", HasSubstr("known: event_time, event_type"));
  expect("brand", "", HasSubstr("--map brand="));
  expect("event_type.click", "veiw", AllOf(HasSubstr("'veiw' is not an event type"), HasSubstr("did you mean view?")));
  expect("event_type.", "view", HasSubstr("event_type.NAME=TYPE"));
}

TEST_F(ReadEvents, SeveralFilesAreOneLogInTheirOrder) {
  const auto a = folder.write("a.csv", "event_time,event_type,product_id,user_id,x\n9,view,b,u,1\n8,view,a,u,1\n");
  const auto b =
      folder.write("b.csv", "user_id,product_id,event_type,event_time,y,brand\nu,a,cart,1,1,z\nv,c,view,2,1,\n");
  const EventLog log = read({a, b});
  EXPECT_THAT(log.time(), ElementsAre(9 * second, 8 * second, 1 * second, 2 * second));
  EXPECT_THAT(log.product(), ElementsAre(1, 2, 2, 3)) << "codes in order of first appearance";
  EXPECT_EQ(log.event(3).sequence, 3u);
  EXPECT_EQ(account.count("rows read"), 4);
  EXPECT_EQ(account.count("values missing: brand"), 1) << "only in the file that has the column";
  EXPECT_EQ(note_of("columns not used"), "x, y");
  EXPECT_EQ(note_of("columns absent"), "brand, category_code, category_id, price, user_session");
}

TEST_F(ReadEvents, KeepsRepeatsUnlessToldToDropThem) {
  const std::string rows =
      first_row + "5,view,p,,,,1,u,s\n" + first_row + first_row + "5,view,p,,,,1.0,u,s\n5,view,p,,,,1,u,t\n";
  EXPECT_EQ(read_rows(rows).size(), 6u);
  options.repeats = Repeats::drop;
  const EventLog log = read_rows(rows);
  EXPECT_THAT(rows_of(log),
              ElementsAre(first_event, EventRow{5 * second, EventType::view, "p", "", "", "", "u", "s", 10'000},
                          EventRow{5 * second, EventType::view, "p", "", "", "", "u", "t", 10'000}));
  EXPECT_EQ(account.count("rows read"), 6);
  EXPECT_EQ(account.count("rows kept"), 3);
  EXPECT_EQ(account.count("exact repeats of earlier rows, dropped"), 3);
}

TEST_F(ReadEvents, ReportsProgressAndStopsWhenAsked) {
  std::string rows;
  for (int i = 0; i < 5'000; ++i) rows += first_row;
  std::vector<std::uint64_t> done;
  std::uint64_t total = 0;
  options.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.stage, "reading");
    done.push_back(progress.done);
    total = progress.total;
    return true;
  };
  read_rows(rows);
  EXPECT_EQ(total, header.size() + rows.size());
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_GE(done.size(), 50u);
  EXPECT_LE(done.size(), 110u);
  EXPECT_EQ(done.back(), total);
  options.progress = [&](const Progress& progress) { return progress.done < total / 2; };
  EXPECT_THROW(read_rows(rows), Cancelled);
}

// Files that are not what they should be.

TEST_F(ReadEvents, NeedsAFile) {
  EXPECT_THAT([&] { read({}); }, ThrowsMessage<ParameterError>(HasSubstr("no event files")));
  EXPECT_THAT([&] { read({folder.path() / "absent.csv"}); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("absent.csv"), HasSubstr("No such file"))));
  EXPECT_THAT([&] { read({folder.path()}); }, ThrowsMessage<DataError>(HasSubstr("is a directory")));
}

TEST_F(ReadEvents, RefusesFilesThatAreNotCsv) {
  expect_error("", AllOf(StartsWith(file_name()), HasSubstr("the file is empty")));
  expect_error("\xEF\xBB\xBF", HasSubstr("the file is empty"));
  expect_error("\x1F\x8B\x08\0\0"s, AllOf(HasSubstr("compressed by gzip"), HasSubstr("gunzip")));
  expect_error("\x28\xB5\x2F\xFD\0"s, HasSubstr("compressed by zstd"));
  expect_error("PK\x03\x04zip", HasSubstr("ZIP archive"));
  expect_error("PAR1....", HasSubstr("Parquet"));
  expect_error(
      "\xFF\xFE"
      "e\0v\0"s,
      HasSubstr("UTF-16"));
  expect_error(
      "\x7F"
      "ELF\x02\x01\0\0\n\xFF\xFE\n"s,
      AllOf(StartsWith(file_name() + ":1:7: "), HasSubstr("NUL byte"), HasSubstr("\\x7fELF\\x02")));
  expect_error("\x8B\xFF\x10 garbage\nmore\n",
               AllOf(HasSubstr("no column 'event_time'"), HasSubstr("\\x8b\\xff\\x10 garbage")));
  expect_error("event_time,\"event_type\nmore\n",
               AllOf(StartsWith(file_name() + ":1:12: "), HasSubstr("never closed")));
  expect_error("event_time,\"event_type\" \nmore\n", HasSubstr("text follows a closing quote"));
}

TEST_F(ReadEvents, SaysWhichColumnsTheHeaderLacks) {
  expect_error("Event_Time,event_type,user_id\n1,view,u\n",
               AllOf(StartsWith(file_name() + ":1:1: the header has no column 'event_time'\n"),
                     HasSubstr("\n  row:  Event_Time,event_type,user_id\n"), HasSubstr("--map event_time=Event_Time")));
  expect_error(
      "timestamp,visitorid,event,itemid\n",
      AllOf(HasSubstr("'event_time' and no column 'event_type' and no column 'user_session' and no column 'user_id'"),
            HasSubstr("--map event_time=NAME"), HasSubstr("its columns: timestamp, visitorid, event, itemid")));
  expect_error("event_time;event_type;user_id\n1;view;u\n", HasSubstr("--delimiter ';'"));
  expect_error("event_time\tevent_type\tuser_id\n", HasSubstr("--delimiter '\\t'"));
  options.column_names = {{"brand", "markr"}};
  expect_error("event_time,event_type,user_id,marke\n",
               AllOf(HasSubstr("no column 'markr', which --map gives for 'brand'"), HasSubstr("--map brand=marke?")));
}

TEST_F(ReadEvents, RefusesAHeaderThatNamesAColumnTwice) {
  expect_error("event_time,price,event_type,user_id,price\n1,2,view,u,3\n",
               AllOf(HasSubstr("the column 'price' more than once"), HasSubstr("--map price=NAME")));
  EXPECT_EQ(read_text("event_time,event_type,user_id,note,note,,\n1,view,u,,,,\n").size(), 1u)
      << "unless nobody asked for it";
}

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

// The real files.

TEST_F(ReadEvents, ReadsTheStoresLog) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const EventLog log = read({test::shared_data("store_2016-08_09.csv")});
  EXPECT_EQ(log.size(), 141'579u);
  EXPECT_EQ(account.count("rows read"), 141'579);
  EXPECT_EQ(account.count("prices rounded to 1/10,000"), 0);
  EXPECT_EQ(account.count("values missing: category_code"), 25'648);
  EXPECT_EQ(account.count("values missing: brand"), 59'162);
  EXPECT_EQ(rows_of(log).front(),
            (EventRow{1'470'035'212 * second, EventType::view, "GGOEGETR014599", "12", "Home/Electronics/", "google",
                      "4798058133221713505", "4798058133221713505_1470035161", 169'900}));
}

TEST_F(ReadEvents, StopsAtTheCutLineOfTheMulticategoryLogOrCountsIt) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const auto file = test::shared_data("multicat_2019-10-01.csv");
  EXPECT_THAT([&] { read({file}); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("multicat_2019-10-01.csv:17436:"), HasSubstr("looks cut off"))));
  options.on_bad_row = BadRows::skip;
  EXPECT_EQ(read({file}).size(), 17'434u);
  EXPECT_EQ(account.count("rows rejected: the last line is cut off"), 1);
}

TEST_F(ReadEvents, ReadsTheElectronicsSamples) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  EXPECT_EQ(read({test::shared_data("electronics_sample.csv")}).size(), 100u);
  EXPECT_EQ(read({test::shared_data("electronics_duplicates.csv")}).size(), 1'284u);
  options.repeats = Repeats::drop;
  EXPECT_EQ(read({test::shared_data("electronics_duplicates.csv")}).size(), 629u);
}

}  // namespace
