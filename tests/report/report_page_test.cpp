#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cartwheel/audit.hpp>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/error_analysis.hpp>
#include <cartwheel/exploration.hpp>
#include <cartwheel/pitfalls.hpp>
#include <cartwheel/report_page.hpp>
#include <nlohmann/json.hpp>

#include "support/experiment_settings.hpp"
#include "support/shop_log.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

/// A small shop's whole run.
class ReportOfARun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { run_ = new Run; }
  static void TearDownTestSuite() { delete std::exchange(run_, nullptr); }

  struct Run {
    ExperimentOptions options = test::small_experiment();
    SessionTable sessions = test::sessions_of(test::shop_events(1), options.session);
    ExperimentResult result = run_experiment(sessions, options);
    std::vector<FeatureEffects> features;
    ErrorAnalysis errors;
    Exploration exploration;
    Account account;

    Run() {
      const auto& model = result.models.back();
      const std::shared_ptr<const Pipeline> pipeline(std::shared_ptr<void>(), &model.pipeline);
      features.push_back(feature_effects(model.pipeline, sessions, result.batches.back().final_fold.validation_rows));
      errors = analyse_errors(std::vector<NamedPipeline>{{model.model, pipeline}}, sessions, {}, account);
      ExploreOptions explore_options;
      explore_options.sessions = options.session;
      exploration = explore(sessions.log, explore_options, account);
    }
  };

  static ReportContents contents() {
    ReportContents c;
    c.command = "run";
    c.account = &run_->account;
    c.options = &run_->options;
    c.experiment = &run_->result;
    c.features = run_->features;
    c.errors = &run_->errors;
    c.exploration = &run_->exploration;
    c.id = [](std::string_view id) { return hashed_id(id, 42); };
    return c;
  }

  static Run* run_;
};
ReportOfARun::Run* ReportOfARun::run_ = nullptr;

TEST_F(ReportOfARun, HasTheSchemasPartsAndNoOthers) {
  const json document = json::parse(report_document(contents()));
  EXPECT_EQ(document["schema"], "cartwheel-report");
  EXPECT_EQ(document["version"], report_version);
  for (const char* part :
       {"title", "made", "absent", "account", "experiment", "search", "features", "errors", "exploration"})
    EXPECT_TRUE(document.contains(part)) << part;
  for (const char* part : {"pitfalls", "audit", "earliness", "scored"}) EXPECT_FALSE(document.contains(part)) << part;
}

TEST_F(ReportOfARun, SweepsHoldTheTablesOwnConfusionAtItsCut) {
  const json document = json::parse(report_document(contents()));
  ASSERT_EQ(document["experiment"]["rows"].size(), run_->result.table.size());
  for (std::size_t i = 0; i < run_->result.table.size(); ++i) {
    const BatchRow& row = run_->result.table[i];
    const json& sweep = document["experiment"]["rows"][i]["sweep"];
    const auto thresholds = sweep["thresholds"].get<std::vector<double>>();
    const auto found = std::ranges::find(thresholds, row.threshold);
    ASSERT_NE(found, thresholds.end()) << row.model;
    const auto at = found - thresholds.begin();
    EXPECT_EQ(sweep["true_positives"][at], row.confusion.true_positive);
    EXPECT_EQ(sweep["false_positives"][at], row.confusion.false_positive);
    EXPECT_THAT(thresholds, ::testing::Contains(default_threshold));
    EXPECT_LE(thresholds.size(), 500u);
  }
}

TEST_F(ReportOfARun, TheSameRunGivesTheSameBytes) {
  const std::string document = report_document(contents());
  EXPECT_EQ(document, report_document(contents()));
  ExperimentResult again = run_experiment(run_->sessions, run_->options);
  ReportContents other = contents();
  other.experiment = &again;
  EXPECT_EQ(report_page(document), report_page(report_document(other)));
}

TEST_F(ReportOfARun, IdsAreHashedUnlessTheyMayBeShown) {
  ASSERT_FALSE(run_->errors.models[0].false_positives.empty());
  const std::string id = run_->errors.models[0].false_positives[0].session;
  const std::string quoted = "\"" + id + "\"";
  EXPECT_THAT(report_document(contents()), Not(HasSubstr(quoted)));
  EXPECT_THAT(report_document(contents()), HasSubstr(hashed_id(id, 42)));
  ReportContents open = contents();
  open.id = {};
  EXPECT_THAT(report_document(open), HasSubstr(quoted));
}

TEST_F(ReportOfARun, ThePageStaysSmallWhateverThereIsToShow) {
  ExperimentResult large;
  large.batches = run_->result.batches;
  for (int b = 0; b < 250; ++b)
    for (BatchRow row : run_->result.table) {
      row.batch = fmt::format("{:010}", b);
      row.warnings = {std::string(5000, 'w') + row.batch};
      large.table.push_back(std::move(row));
    }
  large.batches.resize(250, run_->result.batches.back());
  for (Batch& batch : large.batches) batch.folds.resize(40, batch.folds.front());
  for (int i = 0; i < 20'000; ++i) {
    large.search.push_back(run_->result.search.front());
    large.search.back().model_parameters["alpha"] = 0.1 * i;
    large.search.back().error = std::string(5000, 'e');
  }
  Exploration log = run_->exploration;
  log.days.resize(100'000, log.days.front());
  for (RatioTable& table : log.ratios)
    for (int i = 0; i < 3000; ++i) table.rows.push_back({std::string(2000, 'n') + std::to_string(i), 1, 1, 1});
  Account account;
  for (int i = 0; i < 5000; ++i) account.add(fmt::format("{} {}", i, std::string(2000, 'a')), 1);
  AuditReport audit;
  audit.notes.resize(1000, {"batch", "feature_auc", std::string(1000, 'f'), 0.5, true, std::string(1000, 't')});
  ReportContents c = contents();
  c.experiment = &large;
  c.exploration = &log;
  c.account = &account;
  c.audit = &audit;
  c.config = std::string(10'000'000, '#');
  const std::string text = report_document(c);
  EXPECT_LT(report_page(text).size(), 3'000'000u);
  const json document = json::parse(text);
  EXPECT_EQ(document["experiment"]["rows"].back()["batch"], "0000000249");
  EXPECT_EQ(document["experiment"]["rows"].size() + document["experiment"]["rows_not_shown"].get<std::size_t>(),
            large.table.size());
  EXPECT_EQ(document["search"]["rows"].size() + document["search"]["rows_not_shown"].get<std::size_t>(), 20'000u);
}

TEST(ReportPage, TextsOfTheDataStayTexts) {
  const std::string evil = "</script><img src=x onerror=alert(1)><!--\xff\n&amp;";
  Exploration log;
  log.events = 1;
  log.ratios = {{"category", {{evil, 1, 0, 0}}, 0}};
  ReportContents c;
  c.exploration = &log;
  c.config = evil;
  const std::string document = report_document(c), page = report_page(document);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  const auto count = [&](std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("</script"), 2u);
  const std::size_t begin = page.find("id=\"report-document\">") + 21;
  EXPECT_EQ(json::parse(page.substr(begin, page.find("</script", begin) - begin)), json::parse(document));
}

TEST(ReportPage, ForbidsItselfTheNetwork) {
  const std::string page = report_page(report_document({}));
  EXPECT_THAT(page, ::testing::ContainsRegex("Content-Security-Policy\" content=\"default-src 'none'; script-src "
                                             "'sha256-[A-Za-z0-9+/]{43}='; style-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("http-equiv=\"refresh")));
  EXPECT_THAT(page, Not(HasSubstr("src=\"http")));
  EXPECT_THROW(report_page("not json"), DataError);
}

TEST(ReportPage, NothingAtAllAndOneClassAlonePass) {
  const ExperimentResult nothing;
  const ExperimentOptions options;
  const Exploration log;
  const std::vector<Prediction> predictions{{"a", 0, 0.25, false, false}, {"b", 0, 1.0, true, {}}};
  const ScoredSessions scored{"random_forest", 0.5, 0, predictions}, none{"random_forest", 0.5, 0, {}};
  ReportContents c;
  c.experiment = &nothing;
  c.options = &options;
  c.exploration = &log;
  c.scored = &scored;
  const json document = json::parse(report_document(c));
  EXPECT_EQ(document["scored"]["labelled"], 1);
  EXPECT_EQ(document["scored"]["learned_from"], 2);
  EXPECT_TRUE(document["scored"]["judged"]["roc_auc"].is_null());
  c.scored = &none;
  EXPECT_TRUE(json::parse(report_document(c))["scored"]["judged"].is_null());
}

TEST(DataIdentity, HashesTellBytesApartAndTheKeyIsNotAmongThem) {
  const test::TemporaryFolder folder;
  folder.write("a.csv", "abc");
  folder.write("b.csv", "abd");
  const std::vector<std::filesystem::path> a{folder / "a.csv"}, b{folder / "b.csv"};
  const DataIdentity one = identify_data(a, 7), same = identify_data(a, 7), other = identify_data(b, 7);
  EXPECT_EQ(one.files[0].name, "a.csv");
  EXPECT_EQ(one.files[0].bytes, 3u);
  EXPECT_EQ(one.files[0].hash.size(), 32u);
  EXPECT_EQ(one.files[0].hash, same.files[0].hash);
  EXPECT_EQ(one.id_key, same.id_key);
  EXPECT_NE(one.files[0].hash, other.files[0].hash);
  EXPECT_NE(one.id_key, other.id_key);
  EXPECT_NE(one.id_key, identify_data(a, 8).id_key);
  EXPECT_THAT(one.files[0].hash, Not(HasSubstr(fmt::format("{:016x}", one.id_key))));
  const std::vector<std::filesystem::path> missing{folder / "none.csv"};
  EXPECT_THROW(identify_data(missing, 7), DataError);
}

}  // namespace
}  // namespace cartwheel
