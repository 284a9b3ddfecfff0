#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/intent_cli.hpp"

namespace cartwheel::test {
namespace {

using ::testing::HasSubstr;

class SearchOptions : public SmallExperiment {
 protected:
  SearchOptions()
      : SmallExperiment(R"([search]
metric = ["roc_auc", "f1"]
refit = "f1"
folds = 2
[models.bernoulli_nb]
alpha = [0.1, 1.0]
[models.random_forest]
n_estimators = [5, 10]
max_depth = ["none", 3]
)") {}
};

TEST_F(SearchOptions, ADryRunShowsThePlanAndDoesNothing) {
  const ProgramResult result = run({"run", "c.toml", "e.csv", "--out", "r", "--dry-run", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto plan = nlohmann::json::parse(result.out).at("result");
  const int folds = 2 * plan.at("batches").get<int>();
  EXPECT_EQ(plan.at("work").at("model_fits"), folds * 2);
  EXPECT_EQ(plan.at("work").at("extractor_fits"), folds);
  EXPECT_EQ(plan.at("work_if_unshared").at("model_fits"), folds * 6);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "r"));
  const ProgramResult text = run({"run", "c.toml", "e.csv", "--out", "r", "--dry-run"});
  EXPECT_THAT(text.out, HasSubstr("if unshared"));
  EXPECT_THAT(text.out, HasSubstr("MB of columns"));
}

TEST_F(SearchOptions, ARunThatHitsAFullDiskIsResumed) {
  ASSERT_EQ(run({"run", "c.toml", "e.csv", "--out", "whole"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "whole/search.journal")) << "what is safe needs no journal";
  RunOptions full_disk;
  full_disk.file_size_limit = 6000;
  expect_error({"run", "c.toml", "e.csv", "--out", "r"}, 3, {"r/search.journal", "--resume"}, full_disk);
  EXPECT_GT(std::filesystem::file_size(folder_ / "r/search.journal"), 1000u);
  expect_error({"run", "c.toml", "e.csv", "--out", "r", "--resume", "--seed", "3"}, 3, {"journal of another run"});
  const ProgramResult resumed = run({"run", "c.toml", "e.csv", "--out", "r", "--resume"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  for (const char* file : {"batches.csv", "batches.json"})
    EXPECT_EQ(read_file(folder_ / "r" / file), read_file(folder_ / "whole" / file)) << file;
}

TEST_F(SearchOptions, ARunThatDoesNotGoOnKeepsTheJournalOfOneBefore) {
  RunOptions full_disk;
  full_disk.file_size_limit = 6000;
  expect_error({"run", "c.toml", "e.csv", "--out", "r"}, 3, {"r/search.journal"}, full_disk);
  const std::string journal = read_file(folder_ / "r/search.journal");
  const ProgramResult result = run({"run", "c.toml", "e.csv", "--out", "r"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("r/search.journal of a run that was interrupted is now r/search.journal.old"));
  EXPECT_EQ(read_file(folder_ / "r/search.journal.old"), journal);
}

TEST_F(SearchOptions, MetricsBesideTheOneThatChoosesHaveColumns) {
  ASSERT_EQ(run({"run", "c.toml", "e.csv", "--out", "r"}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "r/search.csv"),
              HasSubstr("error,steps,roc_auc_fold_1,roc_auc_fold_2,roc_auc_mean,roc_auc_standard_error\n"));
  folder_.write("wrong.toml", config_ + "\n[threshold]\nprofit = [1, 2]\n");
  expect_error({"run", "wrong.toml", "e.csv"}, 2, {"threshold.profit", "four numbers"});
}

TEST_F(SearchOptions, TheCutsAreJudgedByTheirGoal) {
  folder_.write("profit.toml", config_ + "\n[threshold]\ngoal = \"profit\"\nprofit = [0, -1, 0, 5]\n");
  const ProgramResult result = run({"run", "profit.toml", "e.csv", "--out", "r", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto printed = nlohmann::json::parse(result.out);
  for (const auto& row : printed.at("result")) {
    EXPECT_GE(row.at("regret"), 0.0);
    EXPECT_LE(row.at("tested").at("low"), row.at("tested").at("high"));
    const auto& counts = row.at("confusion");
    const double profit = 5.0 * counts.at("true_positive").get<double>() - counts.at("false_positive").get<double>();
    EXPECT_DOUBLE_EQ(row.at("tested").at("value").get<double>(), profit / row.at("sessions").get<double>());
  }
}

}  // namespace
}  // namespace cartwheel::test
