#include <gtest/gtest.h>

#include "cli/intent_cli.hpp"
#include "support/test_paths.hpp"

// Whatever is wrong with the input, the user sees one message that says what, where and what to do, and scripts see the
// right exit code.
namespace cartwheel::test {
namespace {

constexpr const char* header =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
constexpr const char* row = "2021-02-28 19:13:22 UTC,view,p1,c1,a.b,acme,12.34,u1,s1\n";

class BadInput : public IntentCli {
 protected:
  /// Expects `prepare` to refuse a file of these bytes.
  void expect_refused(const std::string& bytes, const std::vector<std::string>& parts) {
    folder_.write("e.csv", bytes);
    expect_error({"prepare", "e.csv", "--out", "e.cwlog"}, 3, parts);
    EXPECT_EQ(folder_.file_count(), 1u) << "something was left behind";
  }
  void write_config(const std::string& text) { folder_.write("c.toml", text); }
};

TEST_F(BadInput, FilesThatAreNoLogs) {
  expect_error({"prepare", "none.csv", "--out", "e.cwlog"}, 3, {"none.csv", "No such file"});
  expect_error({"prepare", ".", "--out", "e.cwlog"}, 3, {"the folder .", "*.csv"});
  expect_refused("", {"e.csv", "empty"});
  expect_refused(std::string("\x7f"
                             "ELF\x02\x01\x01\0\0\0\0\0\xff\xfe",
                             14),
                 {"e.csv"});
  expect_refused("time,event_type,user_id\n1,view,u\n", {"event_time", "--map event_time="});
}

TEST_F(BadInput, ValuesThatDoNotParse) {
  const std::string good = std::string(header) + row;
  expect_refused(good + "yesterday,view,p1,c1,a.b,acme,12.34,u1,s1\n",
                 {"e.csv:3:1", "event_time", "yesterday", "row:", "--on-bad-row skip"});
  expect_refused(good + "2021-02-28 19:13:22 UTC,view,p1,c1,a.b,acme,\"12,50\",u1,s1\n",
                 {"e.csv:3:45", "price", "12,50", "row:", "--on-bad-row skip"});
  expect_refused(good + "2021-02-28 19:13:22 UTC,glance,p1,c1,a.b,acme,12.34,u1,s1\n",
                 {"e.csv:3:25", "event_type", "glance", "event_type.glance="});
  expect_refused(good + "2021-02-28 19:13:22 UTC,view,p1\n", {"e.csv:3", "--on-bad-row skip"});
  expect_refused(good + "2021-02-28 19:13:22 UTC,view,p1,c1,a.b,acme,12.34,u1,s1,more\n",
                 {"e.csv:3", "--on-bad-row skip"});
  expect_refused(good + "2021-02-28 19:1", {"e.csv:3"});
}

TEST_F(BadInput, SkippedRowsAreCounted) {
  folder_.write("e.csv", std::string(header) + row + "yesterday,view,p1,c1,a.b,acme,12.34,u1,s1\n" + row);
  const ProgramResult result =
      run({"prepare", "e.csv", "--out", "e.cwlog", "--on-bad-row", "skip", "--format", "json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, ::testing::HasSubstr("\"events\": 2"));
  EXPECT_THAT(result.out, ::testing::HasSubstr("rejected"));
}

TEST_F(BadInput, TheCutLineOfARealFile) {
  const std::string file = std::string(shared_data_dir()) + "/multicat_2019-10-01.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no real data at " << file;
  expect_error({"prepare", file, "--out", "e.cwlog"}, 3, {"multicat_2019-10-01.csv:17436", "cut"});
}

TEST_F(BadInput, ExperimentsThatCannotBe) {
  folder_.write("e.csv", small_log(3));
  const std::string models = "[extractors.V1]\n[models.bernoulli_nb]\n";
  write_config(models + "[batches]\ntrain = \"30d\"\n");
  expect_error({"run", "c.toml", "e.csv"}, 3, {"days"});
  write_config(models + "[batchs]\ntrain = \"30d\"\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"c.toml:3", "did you mean batches?"});
  write_config(models + "[batches]\ntrian = \"30d\"\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"c.toml:4", "did you mean batches.train?"});
  write_config(models + "[batches]\ntrain = \"a month\"\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"c.toml:4", "a month", "30d"});
  write_config("[extractors.V1]\n[models.bernouli_nb]\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"c.toml:2", "did you mean bernoulli_nb?"});
  write_config("[extractors.V1]\n[models.bernoulli_nb]\nalhpa = 1\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"c.toml:", "did you mean alpha?"});
  write_config("[models.bernoulli_nb]\n");
  expect_error({"run", "c.toml", "e.csv"}, 2, {"[extractors.V1]"});
  write_config("[models.bernoulli_nb\n");
  expect_error({"run", "c.toml", "e.csv"}, 3, {"c.toml:1"});
  expect_error({"run", "none.toml", "e.csv"}, 3, {"none.toml"});
  EXPECT_EQ(folder_.file_count(), 2u) << "something was left behind";
}

TEST_F(BadInput, ALabelWithOneClass) {
  std::string log = header;
  for (int day = 1; day <= 20; ++day)
    for (int i = 0; i < 3; ++i)
      log += "2021-02-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + " 10:00:00 UTC,view,p1,,,,1,u1,s" +
             std::to_string(day) + "\n";
  folder_.write("e.csv", log);
  expect_error({"fit", "e.csv", "--model", "bernoulli_nb", "--out", "m.cwm"}, 3, {"class"});
  EXPECT_EQ(folder_.file_count(), 1u);
}

TEST_F(BadInput, TablesThatAreNotNumbers) {
  folder_.write("good.csv", "a,b,y\n1,2,0\n3,4,1\n5,,1\n");
  const auto expect_table_error = [&](const std::string& bytes, int exit_code, const std::vector<std::string>& parts) {
    folder_.write("t.csv", bytes);
    expect_error({"table", "--train", "t.csv", "--target", "y", "--model", "decision_tree"}, exit_code, parts);
  };
  expect_table_error("a,y\n1,0\nnan,1\n", 3, {"t.csv:3:1", "'a'", "nan"});
  expect_table_error("a,y\n1,0\ninf,1\n", 3, {"t.csv:3:1", "'a'", "infinite"});
  expect_table_error("a,y\n1,0\n1e60,1\n", 3, {"t.csv:3:1", "float32"});
  expect_table_error("a,y\n1,0\nx,1\n", 3, {"t.csv:3:1", "not a number"});
  expect_table_error("a,y\n1,0\n1,2\n", 3, {"t.csv:3:3", "0 or 1"});
  expect_table_error("a,y\n1,0\n1,0\n", 3, {"class"});
  expect_table_error("a,a,y\n1,1,0\n1,1,1\n", 3, {"twice"});
  expect_table_error("a,b\n1,0\n1,1\n", 3, {"'y'"});
  expect_table_error("a,y\n", 3, {"no rows"});
  folder_.write("u.csv", "a,y\n1,0\n");
  expect_error({"table", "--train", "good.csv", "--test", "u.csv", "--target", "y", "--model", "decision_tree"}, 3,
               {"'b'"});
}

TEST_F(BadInput, ModelsThatAreNone) {
  folder_.write("e.csv", small_log(2));
  folder_.write("m.cwm", "not a model");
  expect_error({"predict", "e.csv", "--model", "m.cwm"}, 3, {"m.cwm", "not a Cartwheel model"});
  expect_error({"predict", "e.csv", "--model", "none.cwm"}, 3, {"none.cwm"});
  folder_.write("t.csv", "a,y\n1,0\n2,1\n");
  ASSERT_EQ(run({"table", "--train", "t.csv", "--target", "y", "--model", "bernoulli_nb", "--save", "t.cwm"}).exit_code,
            0);
  expect_error({"predict", "e.csv", "--model", "t.cwm"}, 3, {"fitted on a table"});
}

TEST_F(BadInput, OutputsThatCannotBeWritten) {
  folder_.write("e.csv", small_log(2));
  expect_error({"prepare", "e.csv", "--out", "none/e.cwlog"}, 3, {"none/e.cwlog", "No such file"});
  RunOptions full_disk;
  full_disk.file_size_limit = 1000;
  expect_error({"prepare", "e.csv", "--out", "e.cwlog"}, 3, {"e.cwlog", "File too large"}, full_disk);
  expect_error({"generate", "--events", "5000", "--out", "g.csv"}, 3, {"g.csv"}, full_disk);
  RunOptions full_stdout;
  full_stdout.out_path = "/dev/full";
  expect_error({"features"}, 3, {"standard output"}, full_stdout);
  EXPECT_EQ(folder_.file_count(), 1u) << "something was left behind";
}

TEST_F(BadInput, AnInterruptLeavesNothingBehind) {
  // The pipe holds less than the log, so the program is still at work when the signal comes.
  RunOptions interrupt;
  interrupt.on_first_output = [](pid_t child) { ::kill(child, SIGINT); };
  const ProgramResult result = run({"generate", "--events", "1000000"}, interrupt);
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_THAT(result.err, ::testing::HasSubstr("interrupted"));
}

}  // namespace
}  // namespace cartwheel::test
