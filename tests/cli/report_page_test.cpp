#include <nlohmann/json.hpp>

#include "cli/intent_cli.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The document within a page.
nlohmann::json document_of(const std::string& page) {
  const std::string_view opening = "id=\"report-document\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script", begin) - begin));
}

class ReportPage : public test::SmallExperiment {
 protected:
  explicit ReportPage() : SmallExperiment("[models.bernoulli_nb]\n[models.decision_tree]\nmax_depth = [2, 4]\n") {}

  /// The config with other sessions: those of label `session` cannot be told by what comes first in them.
  void write_config(const std::string& name, const std::string& size) const {
    std::string text = config_;
    text.replace(text.find("label = \"window\""), 16, "label = \"session\"\nsize = " + size);
    text.insert(text.find("[extractors.V1]\n") + 16, "session_size = 1\n");
    folder_.write(name, text);
  }
  nlohmann::json page(const std::string& name) const { return document_of(test::read_file(folder_ / name)); }
  void run_well(const std::vector<std::string>& arguments) const {
    const auto result = run(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
};

TEST_F(ReportPage, RunWritesOneWithWhatCostsLittleAndSaysHowToGetTheRest) {
  run_well({"run", "c.toml", "e.csv", "--out", "r"});
  const auto document = page("r/report.html");
  for (const char* part : {"experiment", "search", "exploration", "features", "errors", "account"})
    EXPECT_TRUE(document.contains(part)) << part;
  for (const char* part : {"audit", "pitfalls"}) EXPECT_FALSE(document.contains(part)) << part;
  ASSERT_EQ(document["absent"].size(), 3u);
  EXPECT_EQ(document["absent"][0]["part"], "pitfalls");
  EXPECT_THAT(document["absent"][0]["how"].get<std::string>(), HasSubstr("--report full"));
  EXPECT_THAT(document["made"]["config"].get<std::string>(), HasSubstr("[models.bernoulli_nb]"));
  EXPECT_EQ(document["made"]["files"][0]["name"], "e.csv");
}

TEST_F(ReportPage, PartsAreChosenInTheConfigOrOnTheLine) {
  folder_.write("parts.toml", config_ + "[report]\nparts = [\"pitfalls\", \"errors\"]\n");
  run_well({"run", "parts.toml", "e.csv", "--out", "r"});
  EXPECT_TRUE(page("r/report.html").contains("pitfalls"));
  EXPECT_FALSE(page("r/report.html").contains("exploration"));
  run_well({"run", "parts.toml", "e.csv", "--out", "r", "--report", "audit"});
  EXPECT_TRUE(page("r/report.html").contains("audit"));
  EXPECT_FALSE(page("r/report.html").contains("pitfalls"));
  const auto result = run({"run", "parts.toml", "e.csv", "--out", "none", "--report", "none"});
  EXPECT_THAT(result.err, Not(HasSubstr("report.html")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none/report.html"));
}

TEST_F(ReportPage, RefusesPartsThatThereAreNot) {
  expect_error({"run", "c.toml", "e.csv", "--report", "audits"}, 2, {"no part 'audits'", "audit"});
  expect_error({"run", "c.toml", "e.csv", "--report", "full,audit"}, 2, {"'full' is a choice of all parts"});
  folder_.write("bad.toml", config_ + "[report]\npart = \"full\"\n");
  expect_error({"run", "bad.toml", "e.csv"}, 2, {"bad.toml:", "unknown key 'report.part'", "parts"});
}

TEST_F(ReportPage, TheSameRunGivesTheSameBytesAndShowsNoIds) {
  write_config("hard.toml", "1");
  run_well({"run", "hard.toml", "e.csv", "--out", "one", "--threads", "1"});
  run_well({"run", "hard.toml", "e.csv", "--out", "two", "--threads", "3"});
  const std::string one = test::read_file(folder_ / "one/report.html");
  EXPECT_EQ(one, test::read_file(folder_ / "two/report.html"));
  run_well({"run", "hard.toml", "e.csv", "--out", "open", "--show-ids"});
  const auto shown = page("open/report.html")["errors"]["models"][0]["false_positives"],
             hashed = document_of(one)["errors"]["models"][0]["false_positives"];
  ASSERT_FALSE(shown.empty());
  const std::string id = shown[0]["session"];
  EXPECT_THAT(id, ::testing::MatchesRegex("s[0-9]+"));
  EXPECT_THAT(one, Not(HasSubstr("\"session\":\"" + id + "\"")));
  EXPECT_THAT(hashed[0]["session"].get<std::string>(), ::testing::MatchesRegex("[0-9a-f]{12}"));
}

TEST_F(ReportPage, SeveralWindowLengthsGiveEarliness) {
  write_config("sizes.toml", "[1, 2]");
  run_well({"run", "sizes.toml", "e.csv", "--out", "r"});
  const auto document = page("r/report.html");
  EXPECT_EQ(document["earliness"]["rows"].size(), 10u);
  EXPECT_TRUE(document.contains("exploration"));
  EXPECT_FALSE(document.contains("errors"));
}

TEST_F(ReportPage, EdaAndPredictWritePartsOfIt) {
  run_well({"eda", "e.csv", "--html", "eda.html", "--set", "session.label=window"});
  EXPECT_EQ(page("eda.html")["exploration"]["overview"]["events"], 1440);
  run_well({"fit", "e.csv", "--model", "decision_tree", "--set", "session.label=window", "--out", "m.cwm"});
  run_well({"predict", "e.csv", "--model", "m.cwm", "--out", "p.csv", "--html", "p.html"});
  const auto scored = page("p.html")["scored"];
  EXPECT_EQ(scored["sessions"], 480);
  EXPECT_EQ(scored["judged"]["sweep"]["positives"], 160);
}

}  // namespace
}  // namespace cartwheel
