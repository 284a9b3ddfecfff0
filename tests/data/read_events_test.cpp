#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>
#include <string>
#include <vector>

#include "read_events_fixture.hpp"
#include "support/shared_data.hpp"

using namespace cartwheel;
using namespace cartwheel::test;
using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

namespace {

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

TEST_F(ReadEvents, KeepsDuplicatesUnlessToldToDropThem) {
  const std::string rows =
      first_row + "5,view,p,,,,1,u,s\n" + first_row + first_row + "5,view,p,,,,1.0,u,s\n5,view,p,,,,1,u,t\n";
  EXPECT_EQ(read_rows(rows).size(), 6u);
  options.duplicates = Duplicates::drop;
  const EventLog log = read_rows(rows);
  EXPECT_THAT(rows_of(log),
              ElementsAre(first_event, EventRow{5 * second, EventType::view, "p", "", "", "", "u", "s", 10'000},
                          EventRow{5 * second, EventType::view, "p", "", "", "", "u", "t", 10'000}));
  EXPECT_EQ(account.count("rows read"), 6);
  EXPECT_EQ(account.count("rows kept"), 3);
  EXPECT_EQ(account.count("duplicate rows, dropped"), 3);
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
  EXPECT_LE(done.size(), 110u);
  EXPECT_EQ(done.back(), total);
  options.progress = [](const Progress&) { return false; };
  EXPECT_THROW(read_rows(rows), Cancelled);
}

TEST_F(ReadEvents, ColumnsOnDiskHoldTheSame) {
  std::string rows;
  for (int i = 0; i < 70'000; ++i)
    rows += std::to_string(i) + ",view,p" + std::to_string(i % 100) + ",1,c,b," + std::to_string(i) + ".5,u,s\n";
  const auto in_memory = rows_of(read_rows(rows));
  options.columns = ColumnPlace::disk;
  const EventLog log = read_rows(rows);
  EXPECT_EQ(rows_of(log), in_memory);
  const std::vector file{folder.path() / "events.csv"};
  const ReadingNeeds needs = reading_needs(file, options);
  EXPECT_TRUE(needs.columns_on_disk);
  EXPECT_EQ(needs.events, 70'000u);
  EXPECT_EQ(needs.column_bytes, 41 * needs.events);
  EXPECT_GT(needs.id_bytes, 100 * 21u);
  options.columns = ColumnPlace::automatic;
  EXPECT_FALSE(reading_needs(file, options).columns_on_disk) << "a small log stays in memory";
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
  expect_error("\x1F\x8B\x08\0\0"s, AllOf(HasSubstr("the gzip data are damaged"), HasSubstr("gzip -t")));
  expect_error("\x28\xB5\x2F\xFD\0"s, HasSubstr("the zstd data are damaged"));
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
  options.duplicates = Duplicates::drop;
  EXPECT_EQ(read({test::shared_data("electronics_duplicates.csv")}).size(), 629u);
}

}  // namespace
