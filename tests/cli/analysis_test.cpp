#include <nlohmann/json.hpp>

#include "cli/intent_cli.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Analysis : public test::IntentCli {
 protected:
  void SetUp() override {
    folder_.write("log.csv", test::small_log(9));
    write_config("3");
  }
  void write_config(const std::string& size, const std::string& label = "window") const {
    folder_.write("c.toml", "[session]\nsize = " + size + "\nlabel = \"" + label +
                                "\"\n[label]\nhorizon = \"2h\"\n[batches]\ntrain = \"4d\"\nvalidation = \"2d\"\ntest = "
                                "\"2d\"\nstep = \"2d\"\n[extractors.V1]\nsession_size = 3\n[models.bernoulli_nb]\n");
  }
};

TEST_F(Analysis, AnAuditPassesAndSaysWhatItProved) {
  const auto result = run({"audit", "c.toml", "log.csv", "--draws", "1"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("PASSED"));
  const auto json = run({"audit", "c.toml", "log.csv", "--draws", "1", "--format", "json"});
  const auto document = nlohmann::json::parse(json.out)["result"];
  EXPECT_EQ(document["passed"], true);
  EXPECT_EQ(document["work"]["draws_fitted"], 2);
  EXPECT_FALSE(document["notes"].empty());
  EXPECT_THAT(run({"audit", "c.toml", "log.csv", "--draws", "1", "--format", "csv", "--quiet"}).out,
              StartsWith("kind,batch,fold,check,name,value,suspicious,text\nnote,2021-03-07,,base_rate_drift,"));
}

TEST_F(Analysis, PitfallsShowsSevenSteps) {
  const auto json = run({"pitfalls", "c.toml", "log.csv", "--format", "json"});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["result"]["steps"].size(), 7u);
  EXPECT_THAT(run({"pitfalls", "c.toml", "log.csv"}).out, HasSubstr("The naive table promises"));
  EXPECT_THAT(run({"pitfalls", "c.toml", "log.csv", "--format", "csv"}).out, StartsWith("step,claimed_accuracy,"));
  expect_error({"pitfalls", "c.toml", "log.csv", "--model", "bernouli_nb"}, 2, {"did you mean bernoulli_nb?"});
}

TEST_F(Analysis, SeveralSizesAreCompared) {
  write_config("[1, 2, 3]", "session");
  const auto table = run({"run", "c.toml", "log.csv", "--out", "out"});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("After how many events should the model be called?"));
  const auto rows = nlohmann::json::parse(test::read_file(folder_ / "out/batches.json"));
  EXPECT_EQ(rows.size(), 3u * 4);
  EXPECT_EQ(rows.back()["session_size"], 3);
  for (const char* name : {"size_1/batches.csv", "size_3/models/2021-03-07_bernoulli_nb.cwm", "earliness.csv"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / "out" / name)) << name;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/size_1_search.journal"));
  // The longest is the plain experiment of that length, because every session has three events.
  write_config("3", "session");
  run({"run", "c.toml", "log.csv", "--out", "plain"});
  EXPECT_EQ(test::read_file(folder_ / "plain/batches.csv"), test::read_file(folder_ / "out/size_3/batches.csv"));
  EXPECT_EQ(run({"run", "c.toml", "log.csv", "--dry-run"}).exit_code, 0);
}

TEST_F(Analysis, RefusesWhatItCannotUse) {
  expect_error({"audit"}, 2, {"audit needs a config file"});
  expect_error({"audit", "c.toml"}, 2, {"audit needs events"});
  expect_error({"audit", "c.toml", "log.csv", "--draws", "0"}, 2, {"--draws is '0'"});
  expect_error({"pitfalls", "c.toml", "none.csv"}, 3, {"none.csv"});
  write_config("[1, 2]");
  expect_error({"audit", "c.toml", "log.csv"}, 2, {"[session] size is a list"});
  write_config("[2, 1]");
  expect_error({"run", "c.toml", "log.csv"}, 2, {"must increase"});
  write_config("[1, \"x\"]");
  expect_error({"run", "c.toml", "log.csv"}, 2, {"c.toml:2", "session.size is x"});
}

TEST_F(Analysis, WorksOnALogWithoutBrandOrCategory) {
  std::string csv = "event_time,event_type,product_id,price,user_id,user_session\n";
  std::istringstream lines(test::small_log(9));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> fields;
    std::istringstream parts(line);
    for (std::string field; std::getline(parts, field, ',');) fields.push_back(field);
    csv += fields[0] + ',' + fields[1] + ',' + fields[2] + ',' + fields[6] + ',' + fields[7] + ',' + fields[8] + '\n';
  }
  folder_.write("plain.csv", csv);
  EXPECT_EQ(run({"audit", "c.toml", "plain.csv", "--draws", "1"}).exit_code, 0);
  EXPECT_EQ(run({"pitfalls", "c.toml", "plain.csv"}).exit_code, 0);
  ASSERT_EQ(run({"fit", "plain.csv", "--model", "decision_tree", "--set", "session.label=window", "--out", "m.cwm"})
                .exit_code,
            0);
  EXPECT_EQ(run({"errors", "plain.csv", "--model", "m.cwm"}).exit_code, 0);
  EXPECT_EQ(run({"explain", "plain.csv", "--model", "m.cwm", "--session", "s5"}).exit_code, 0);
}

}  // namespace
}  // namespace cartwheel
