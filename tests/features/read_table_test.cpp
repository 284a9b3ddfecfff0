#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/read_table.hpp>
#include <cmath>

#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class ReadTable : public ::testing::Test {
 protected:
  NumericTable read(std::string_view bytes, const ReadTableOptions& options) {
    return read_table(folder_.write("t.csv", bytes), options, account_);
  }
  static std::vector<float> column(const NumericTable& table, std::size_t j) {
    std::vector<float> values(table.x.rows());
    table.x.copy_column(j, values);
    return values;
  }

  test::TemporaryFolder folder_;
  Account account_;
};

TEST_F(ReadTable, ColumnsOfBitsAreStoredAsBits) {
  const NumericTable table = read("a,y,b\r\n1,0,0.5\r\n0,1,-2e3\r\n1.0,1,+7", {.target = "y"});
  EXPECT_THAT(table.x.names(), ElementsAre("a", "b"));
  EXPECT_TRUE(std::holds_alternative<BitColumn>(table.x.column(0)));
  EXPECT_TRUE(std::holds_alternative<FloatColumn>(table.x.column(1)));
  EXPECT_THAT(column(table, 0), ElementsAre(1.0f, 0.0f, 1.0f));
  EXPECT_THAT(column(table, 1), ElementsAre(0.5f, -2000.0f, 7.0f));
  EXPECT_THAT(table.y, ElementsAre(0, 1, 1));
}

TEST_F(ReadTable, EmptyFieldsAreMissingAndCounted) {
  const NumericTable table = read("a,y\n,0\n\"\",1\n1,1\n", {.target = "y"});
  EXPECT_TRUE(std::isnan(column(table, 0)[0]));
  EXPECT_TRUE(std::isnan(column(table, 0)[1]));
  EXPECT_EQ(account_.count("values missing"), 2);
}

TEST_F(ReadTable, TakesTheColumnsThatAModelKnowsInItsOrder) {
  const NumericTable table = read("c,b,a\n1,2,3\n", {.target = "y", .target_required = false, .columns = {"a", "b"}});
  EXPECT_THAT(table.x.names(), ElementsAre("a", "b"));
  EXPECT_EQ(column(table, 0)[0], 3.0f);
  EXPECT_TRUE(table.y.empty());
  EXPECT_EQ(account_.count("columns ignored"), 1);
}

TEST_F(ReadTable, SkippedRowsKeepTheNumbersOfTheOthers) {
  const NumericTable table = read("a,y\n1,0\nx,1\n2\n3,1\n4,5\n", {.on_bad_row = BadRows::skip, .target = "y"});
  EXPECT_THAT(table.row_numbers, ElementsAre(0u, 3u));
  EXPECT_EQ(account_.count("rows read"), 5);
  EXPECT_EQ(account_.count("rows rejected: not a number"), 1);
  EXPECT_EQ(account_.count("rows rejected: target not 0 or 1"), 1);
  EXPECT_EQ(account_.count("rows rejected: not a row of the table"), 1);
}

TEST_F(ReadTable, ABadFieldIsNamedByItsPlace) {
  EXPECT_THAT(
      [&] { read("a,y\n1,0\n\"1,5\",1\n", {.target = "y"}); },
      ThrowsMessage<DataError>(::testing::AllOf(HasSubstr("t.csv:3:1"), HasSubstr("\"1,5\""), HasSubstr("row:"))));
  EXPECT_THAT([&] { read("a,yy\n1,0\n", {.target = "y"}); },
              ThrowsMessage<DataError>(HasSubstr("no column 'y'; did you mean yy?")));
}

}  // namespace
}  // namespace cartwheel
