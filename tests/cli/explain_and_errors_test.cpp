#include <nlohmann/json.hpp>

#include "cli/intent_cli.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;

class Explain : public test::IntentCli {
 protected:
  void SetUp() override {
    folder_.write("log.csv", test::small_log(6));
    const auto fitted = run({"fit", "log.csv", "--model", "random_forest", "--set", "session.label=window", "--set",
                             "n_estimators=5", "--validation", "2d", "--out", "m.cwm"});
    ASSERT_EQ(fitted.exit_code, 0) << fitted.err;
  }
};

TEST_F(Explain, SaysWhyInWordsAndInNumbers) {
  const auto table = run({"explain", "log.csv", "--model", "m.cwm", "--session", "s42"});
  ASSERT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, ::testing::StartsWith("Session s42\n"));
  EXPECT_THAT(table.out, HasSubstr("where every session begins"));
  EXPECT_THAT(table.out, HasSubstr("the chance by"));
  const auto csv = run({"explain", "log.csv", "--model", "m.cwm", "--session", "s42", "--format", "csv", "--quiet"});
  EXPECT_THAT(csv.out, ::testing::StartsWith("feature,value,points,log_odds,words\nbase,,"));

  const auto json = run({"explain", "log.csv", "--model", "m.cwm", "--session", "s42", "--format", "json"});
  const auto result = nlohmann::json::parse(json.out)["result"];
  double sum = result["base"];
  for (const auto& c : result["contributions"]) sum += c["points"].get<double>();
  EXPECT_NEAR(sum, result["probability"].get<double>(), 1e-9);
  EXPECT_EQ(result["events"].size(), 3u);
}

TEST_F(Explain, LinesFitATerminal) {
  std::istringstream lines(run({"explain", "log.csv", "--model", "m.cwm", "--session", "s7"}).out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(Explain, AnUnknownSessionGetsASuggestion) {
  expect_error({"explain", "log.csv", "--model", "m.cwm", "--session", "S42x"}, 3,
               {"no session 'S42x'", "did you mean"});
  expect_error({"explain", "log.csv", "--model", "m.cwm"}, 2, {"explain needs --session"});
  expect_error({"explain", "log.csv", "--session", "s1"}, 2, {"explain needs --model"});
  folder_.write("short.csv",
                "event_time,event_type,product_id,user_id,user_session\n2021-03-01 00:00:00,view,p,u,only\n");
  expect_error({"explain", "short.csv", "--model", "m.cwm", "--session", "only"}, 3,
               {"session 'only' has 1 event, but no score"});
}

class Errors : public test::IntentCli {
 protected:
  void SetUp() override { folder_.write("log.csv", test::small_log(9)); }
};

TEST_F(Errors, CountsWhatTheExperimentCounted) {
  folder_.write("c.toml",
                "[session]\nlabel = \"window\"\n[batches]\ntrain = \"4d\"\nvalidation = \"2d\"\ntest = \"2d\"\nstep = "
                "\"2d\"\n[extractors.V1]\n[models.bernoulli_nb]\n[models.decision_tree]\n");
  const auto batch = nlohmann::json::parse(run({"run", "c.toml", "log.csv", "--format", "json"}).out)["result"][0];
  const auto errors = run({"errors", "log.csv", "--model", "result/models/2021-03-07_bernoulli_nb.cwm", "--model",
                           "result/models/2021-03-07_decision_tree.cwm", "--from", "2021-03-07", "--to", "2021-03-09",
                           "--format", "json", "--profit", "[1,1,1,1]"});
  ASSERT_EQ(errors.exit_code, 0) << errors.err;
  const auto result = nlohmann::json::parse(errors.out)["result"];
  EXPECT_EQ(result["sessions"], batch["sessions"]);
  for (const char* key : {"true_positive", "false_positive", "true_negative", "false_negative"})
    EXPECT_EQ(result["models"][0]["confusion"][key], batch["confusion"][key]) << key;
  EXPECT_EQ(result["models"][0]["profit"]["tuned"], 1.0);
  EXPECT_EQ(result["disagreements"].size(), 1u);
}

TEST_F(Errors, HidesIdsUnlessAsked) {
  ASSERT_EQ(
      run({"fit", "log.csv", "--model", "bernoulli_nb", "--set", "session.label=window", "--out", "m.cwm"}).exit_code,
      0);
  const auto hidden = run({"errors", "log.csv", "--model", "m.cwm"});
  ASSERT_EQ(hidden.exit_code, 0) << hidden.err;
  EXPECT_THAT(hidden.err, HasSubstr("its errors look smaller than they are"));
  EXPECT_THAT(hidden.out, ::testing::Not(::testing::ContainsRegex("session s[0-9]")));
  EXPECT_THAT(run({"errors", "log.csv", "--model", "m.cwm", "--show-ids"}).out,
              ::testing::ContainsRegex("session s[0-9]"));
  EXPECT_THAT(run({"errors", "log.csv", "--model", "m.cwm", "--format", "csv", "--quiet"}).out,
              ::testing::StartsWith("model,table,name,"));
}

TEST_F(Errors, RefusesWhatItCannotUse) {
  expect_error({"errors", "log.csv"}, 2, {"errors needs --model"});
  expect_error({"errors", "log.csv", "--model", "m.cwm", "--profit", "[1,2]"}, 2, {"--profit", "four numbers"});
  expect_error({"errors", "log.csv", "--model", "m.cwm", "--from", "noon"}, 2, {"--from is 'noon'"});
  expect_error({"errors", "log.csv", "--model", "none.cwm"}, 3, {"none.cwm"});
}

}  // namespace
}  // namespace cartwheel
