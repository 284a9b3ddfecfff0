#include <nlohmann/json.hpp>

#include "cli/intent_cli.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;

class Eda : public test::IntentCli {
 protected:
  void SetUp() override { folder_.write("log.csv", test::small_log(3)); }
};

TEST_F(Eda, PrintsTablesOf80Columns) {
  const auto result = run({"eda", "log.csv", "--set", "session.label=window"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("216 events in 72 sessions of 50 users"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(Eda, WritesTheSameJsonThatItPrints) {
  const auto result = run({"eda", "log.csv", "--json", "eda.json", "--format", "json", "--extractor", "none"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto printed = nlohmann::json::parse(result.out)["result"];
  EXPECT_EQ(printed, nlohmann::json::parse(test::read_file(folder_ / "eda.json")));
  EXPECT_EQ(printed["overview"]["events"], 216);
  EXPECT_EQ(printed["labels"]["window"]["positives"], 24);
  EXPECT_TRUE(printed["features"]["rows"].empty());
}

TEST_F(Eda, PrintsRatiosAsCsv) {
  const auto result = run({"eda", "log.csv", "--format", "csv", "--quiet", "--min-views", "70", "--top", "1"});
  EXPECT_THAT(result.out,
              ::testing::StartsWith("table,name,view_count,cart_count,purchase_count,cart_ratio,cart_ratio_low,"
                                    "cart_ratio_high\ncategory,a.b0,120,24,0,0.2,0.1382"));
  EXPECT_EQ(count(result.out, "\n"), 6);  // a category, two levels, a brand, a product
}

TEST_F(Eda, RefusesWhatItDoesNotKnow) {
  expect_error({"eda", "log.csv", "--set", "alpha=1"}, 2, {"--set alpha", "session."});
  expect_error({"eda", "log.csv", "--sizes", "0"}, 2, {"--sizes is '0'"});
  expect_error({"eda"}, 2, {"eda needs a file of events"});
  expect_error({"eda", "none.csv"}, 3, {"none.csv"});
}

}  // namespace
}  // namespace cartwheel
