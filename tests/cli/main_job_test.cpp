#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/intent_cli.hpp"

namespace cartwheel::test {
namespace {

using ::testing::HasSubstr;

class MainJob : public SmallExperiment {
 protected:
  MainJob()
      : SmallExperiment(R"([models.bernoulli_nb]
alpha = [0.1, 1.0]
[models.decision_tree]
min_samples_leaf = [5, 15]
)") {}
};

TEST_F(MainJob, GivesADatedTableAndItsFiles) {
  const ProgramResult result = run({"run", "c.toml", "e.csv", "--out", "r"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("batch 2021-03-12"));
  EXPECT_THAT(result.out, HasSubstr("2021-03-12 decision_tree"));
  EXPECT_THAT(result.out, HasSubstr("2021-03-12 always_yes"));
  EXPECT_THAT(result.err, HasSubstr("rows read"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  for (const char* file : {"r/batches.csv", "r/batches.json", "r/search.csv", "r/models/2021-03-12_bernoulli_nb.cwm"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / file)) << file;
  EXPECT_THAT(read_file(folder_ / "r/batches.csv"),
              ::testing::StartsWith(
                  "batch,model_name,extractor,f1_score,f1_score_optimized,threshold,average_precision,roc_auc,"
                  "log_loss,brier,precision,recall,accuracy,base_rate,sessions,best_params\n"));
}

TEST_F(MainJob, PrintsOneJsonObject) {
  const ProgramResult result = run({"run", "c.toml", "e.csv", "--out", "r", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("account").at("rows read"), 20 * 24 * 3);
  EXPECT_GT(json.at("result").size(), 0u);
  EXPECT_TRUE(json.at("seconds").contains("experiment"));
}

TEST_F(MainJob, ACacheGivesWhatItsSourceGives) {
  ASSERT_EQ(run({"prepare", "e.csv", "--out", "e.cwlog"}).exit_code, 0);
  ASSERT_EQ(run({"run", "c.toml", "e.csv", "--out", "r1"}).exit_code, 0);
  ASSERT_EQ(run({"run", "c.toml", "e.cwlog", "--out", "r2"}).exit_code, 0);
  EXPECT_EQ(read_file(folder_ / "r1/batches.csv"), read_file(folder_ / "r2/batches.csv"));
}

TEST_F(MainJob, ModelBytesDoNotDependOnThreadsOrTheInstructionSet) {
  const std::vector<std::string> models{"bernoulli_nb", "logistic_regression", "decision_tree", "random_forest"};
  const auto model_bytes = [&](const std::string& model, const std::string& threads, const RunOptions& options) {
    std::vector<std::string> arguments{"fit",   "e.csv", "--model",   model,  "--set", "session.label=window",
                                       "--out", "m.cwm", "--threads", threads};
    if (model == "random_forest") arguments.insert(arguments.end(), {"--set", "n_estimators=7"});
    const ProgramResult result = run(arguments, options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return read_file(folder_ / "m.cwm");
  };
  for (const std::string& model : models) {
    const std::string expected = model_bytes(model, "1", {});
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(model_bytes(model, "2", {}), expected) << model;
    EXPECT_EQ(model_bytes(model, "7", {}), expected) << model;
    // The C library picks its functions by what the processor can do; masking that shows whether any of them is on the
    // path.
    RunOptions masked;
    masked.environment = {
        "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX_Usable,-AVX2_Usable,-FMA_Usable,-FMA4_Usable,-AVX,-AVX2,-FMA,-FMA4,-"
        "AVX512F,"
        "-AVX512VL,-AVX512BW,-ERMS,-BMI1,-BMI2"};
    EXPECT_EQ(model_bytes(model, "2", masked), expected) << model;
  }
}

TEST_F(MainJob, ExactRepeatsAreDroppedOnRequest) {
  folder_.write("twice.csv", small_log(1) + small_log(1).substr(small_log(1).find('\n') + 1));
  const ProgramResult kept = run({"prepare", "twice.csv", "--out", "a.cwlog", "--format", "json"});
  const ProgramResult dropped =
      run({"prepare", "twice.csv", "--out", "b.cwlog", "--duplicates", "drop", "--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(kept.out).at("result").at("events"), 144);
  EXPECT_EQ(nlohmann::json::parse(dropped.out).at("result").at("events"), 72);
}

TEST_F(MainJob, AFittedModelPredicts) {
  ASSERT_EQ(
      run({"fit", "e.csv", "--model", "decision_tree", "--set", "session.label=window", "--out", "m.cwm"}).exit_code,
      0);
  const ProgramResult result = run({"predict", "e.csv", "--model", "m.cwm"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              ::testing::StartsWith("user_session,start,probability,decision,label\ns0,2021-03-01 00:00:00,"));
  EXPECT_EQ(count(result.out, "\n"), 20 * 24 + 1);
  ASSERT_EQ(run({"predict", "e.csv", "--model", "m.cwm", "--out", "p.csv"}).exit_code, 0);
  EXPECT_EQ(read_file(folder_ / "p.csv"), result.out);
}

TEST_F(MainJob, ATableIsFittedAndScored) {
  folder_.write("t.csv", "a,b,y\n0,1,0\n1,0,1\n0,0,0\n1,1,1\n0,,0\n");
  folder_.write("u.csv", "b,a\n0,1\n1,0\n");
  const ProgramResult result = run({"table", "--train", "t.csv", "--test", "u.csv", "--target", "y", "--model",
                                    "bernoulli_nb", "--out", "p.csv", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(nlohmann::json::parse(result.out).at("seconds").contains("fit"));
  std::istringstream lines(read_file(folder_ / "p.csv"));
  std::string head, first, second;
  std::getline(lines, head);
  std::getline(lines, first);
  std::getline(lines, second);
  EXPECT_EQ(head, "row,probability");
  EXPECT_GT(std::stod(first.substr(2)), 0.5);
  EXPECT_LT(std::stod(second.substr(2)), 0.5);
}

TEST_F(MainJob, LabelFutureAccountsForWhatItLeavesOut) {
  // Of every four sessions one has a cart within the window, one after it, one none, and one is short.
  std::string log = "event_time,event_type,product_id,user_id,user_session\n";
  for (int i = 0; i < 400; ++i)
    for (int event = 0; event < (i % 4 == 3 ? 2 : 5); ++event) {
      const bool cart = (i % 4 == 0 && event == 1) || (i % 4 == 1 && event == 4);
      log += std::to_string(1'600'000'000 + i * 4000 + event * 60) + (cart ? ",cart" : ",view") + ",p" +
             std::to_string(i % 4 + event % 2) + ",u,s" + std::to_string(i) + "\n";
    }
  folder_.write("f.csv", log);
  const ProgramResult result = run({"fit", "f.csv", "--model", "bernoulli_nb", "--out", "m.cwm", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto account = nlohmann::json::parse(result.out).at("account");
  EXPECT_EQ(account.at("sessions with fewer than 3 events, left out"), 100);
  EXPECT_EQ(account.at("sessions with a target in the window, left out"), 100);
  EXPECT_EQ(account.at("sessions kept"), 200);
}

}  // namespace
}  // namespace cartwheel::test
