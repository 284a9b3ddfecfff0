#include <gtest/gtest.h>

#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

ExperimentResult sample() {
  ExperimentResult result;
  BatchRow row;
  row.batch = "2016-08-29";
  row.model = "bernoulli_nb";
  row.extractor = "V1";
  row.f1_score = 0.5;
  row.f1_score_optimized = 0.625;
  row.threshold = 0.25;
  row.guard_held = true;
  row.roc_auc = 0.75;
  row.sessions = 1581;
  row.base_rate = 0.125;
  row.best_params = {{"alpha", 0.5}, {"fit_prior", true}};
  BatchRow one_class = row;
  one_class.model = "always_yes";
  one_class.roc_auc.reset();
  one_class.guard_held = false;
  one_class.best_params.clear();
  result.table = {row, one_class};
  SearchRow good;
  good.batch = row.batch;
  good.model = row.model;
  good.extractor = "V1";
  good.model_parameters = row.best_params;
  good.fold_scores = {0.5, 0.25};
  good.mean = 0.375;
  good.standard_error = 0.125;
  SearchRow failed = good;
  failed.fold_scores.clear();
  failed.steps = {{"standard_scaler", {}}};
  failed.error = "alpha is \"x\", which it cannot be";
  result.search = {good, failed};
  return result;
}

TEST(ExperimentText, TheTableFitsATerminalAndMarksWhereTheGuardHeld) {
  const std::string text = batch_table_text(sample());
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_NE(text.find("2016-08-29 bernoulli_nb        V1        0.5000 0.6250 0.2500*0.0000 0.7500\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("1,581 sessions, base rate 0.1250"), std::string::npos);
  EXPECT_NE(text.find("* 0.5 was kept"), std::string::npos);
}

TEST(ExperimentText, CsvQuotesWhatHoldsCommas) {
  EXPECT_EQ(batches_csv(sample()),
            "batch,model_name,extractor,f1_score,f1_score_optimized,threshold,average_precision,roc_auc,log_loss,brier,"
            "precision,recall,accuracy,base_rate,sessions,best_params\n"
            "2016-08-29,bernoulli_nb,V1,0.5,0.625,0.25,0,0.75,0,0,0,0,0,0.125,1581,\"alpha=0.5, fit_prior=true\"\n"
            "2016-08-29,always_yes,V1,0.5,0.625,0.25,0,,0,0,0,0,0,0.125,1581,\n");
  EXPECT_EQ(
      search_csv(sample()),
      "batch,model_name,extractor,extractor_params,params,fold_1,fold_2,mean,standard_error,seconds,shared_seconds,"
      "error,steps\n"
      "2016-08-29,bernoulli_nb,V1,,\"alpha=0.5, fit_prior=true\",0.5,0.25,0.375,0.125,0.000000,0.000000,,\n"
      "2016-08-29,bernoulli_nb,V1,,\"alpha=0.5, fit_prior=true\",,,,,0.000000,0.000000,\"alpha is \"\"x\"\", which it "
      "cannot be\",standard_scaler\n");
}

TEST(ExperimentText, JsonHasTheCsvsKeysAndNullForWhatIsUndefined) {
  const auto rows = nlohmann::json::parse(batches_json(sample()));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("best_params").at("alpha"), 0.5);
  EXPECT_TRUE(rows[1].at("roc_auc").is_null());
  std::istringstream header(batches_csv(sample()));
  std::string line;
  std::getline(header, line);
  std::istringstream names(line);
  for (std::string name; std::getline(names, name, ',');) EXPECT_TRUE(rows[0].contains(name)) << name;
}

TEST(ExperimentText, FilesAreWrittenIntoAFolderThatIsMade) {
  const test::TemporaryFolder folder;
  write_experiment(sample(), folder / "new");
  EXPECT_EQ(test::read_file(folder / "new/batches.csv"), batches_csv(sample()));
  EXPECT_EQ(test::read_file(folder / "new/search.csv"), search_csv(sample()));
}

TEST(AccountText, GivesALineAnEntry) {
  Account account;
  account.add("rows read", 1234567);
  account.add("rows rejected: price", 2, "first at e.csv:3:4");
  EXPECT_EQ(account_text(account),
            "    1,234,567  rows read\n            2  rows rejected: price (first at e.csv:3:4)\n");
}

TEST(PredictionsCsv, WritesUnknownLabelsAsEmpty) {
  const std::vector<Prediction> predictions{{"a,b", 0, 0.5, true, true}, {"c", 1'500'000, 0.25, false, {}}};
  EXPECT_EQ(predictions_csv(predictions),
            "user_session,start,probability,decision,label\n\"a,b\",1970-01-01 00:00:00,0.5,1,1\nc,1970-01-01 "
            "00:00:01.5,0.25,0,\n");
}

}  // namespace
}  // namespace cartwheel
