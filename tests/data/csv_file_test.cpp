#include "data/csv_file.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"

using namespace cartwheel;
using namespace cartwheel::data;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

namespace {

TEST(CsvFile, GivesTheHeaderAndAReaderOfTheRows) {
  const test::TemporaryFolder folder;
  const CsvFile file(folder.write("table.csv", "\xEF\xBB\xBF\"x;1\";y;y;\r\n1;2;3;\r\n4;5;6;7"), ';');
  EXPECT_THAT(file.header(), ElementsAre("x;1", "y", "y", ""));
  EXPECT_EQ(file.header_line(), "\"x;1\";y;y;");
  std::vector<std::string> last;
  CsvReader rows = file.rows(), again = file.rows();
  for (CsvRecord row; rows.next(row);) {
    EXPECT_EQ(file.fault_of(row), CsvFault::none);
    last.emplace_back(row[row.size() - 1]);
  }
  EXPECT_THAT(last, ElementsAre("", "7"));
  CsvRecord row;
  ASSERT_TRUE(again.next(row)) << "each reader starts at the first row";
  EXPECT_EQ(row[0], "1");
}

TEST(CsvFile, FindsTheFaultsOfRows) {
  const test::TemporaryFolder folder;
  const CsvFile file(folder.write("table.csv", "a,b\n1\n1,2,3\n1,\"2\"3\n\n1,2\n1"));
  std::vector<CsvFault> faults;
  std::vector<std::string> texts;
  CsvReader rows = file.rows();
  for (CsvRecord row; rows.next(row);) {
    if (row.is_blank()) continue;
    faults.push_back(file.fault_of(row));
    texts.push_back(file.error_text(row, faults.back()));
  }
  EXPECT_THAT(faults, ElementsAre(CsvFault::too_few_fields, CsvFault::too_many_fields, CsvFault::text_after_quote,
                                  CsvFault::none, CsvFault::cut_off));
  EXPECT_THAT(texts[0],
              StartsWith(file.name() + ":2:2: too few fields: the row has 1 field, the header has 2\n  row:  1\n"));
  EXPECT_THAT(texts[1], StartsWith(file.name() + ":3:5: too many fields"));
  EXPECT_THAT(texts[2], StartsWith(file.name() + ":4:6: text follows a closing quote"));
  EXPECT_EQ(texts[3], "");
  EXPECT_THAT(texts[4], StartsWith(file.name() + ":7:2: the file looks cut off"));
}

TEST(CsvFile, AllowsNulBytesInTheHeaderWhenTheySeparateIt) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("table.csv", std::string_view("a\0b\n", 4));
  EXPECT_THAT(CsvFile(path, '\0').header(), ElementsAre("a", "b"));
  EXPECT_THAT([&] { CsvFile{path}; }, ThrowsMessage<DataError>(AllOf(HasSubstr(":1:2: "), HasSubstr("NUL byte"))));
}

}  // namespace
