#include <gtest/gtest.h>

#include <sstream>

#include "cli/intent_cli.hpp"

namespace cartwheel::test {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> commands{"generate", "prepare", "run", "fit", "predict", "explain", "errors", "audit", "pitfalls", "features", "serve", "table"};

TEST_F(IntentCli, HelpNamesEveryCommandAndShowsAnExample) {
  const ProgramResult result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  for (const std::string& command : commands) EXPECT_THAT(result.out, HasSubstr("\n  " + command + " "));
  EXPECT_THAT(result.out, HasSubstr("Example:"));
}

TEST_F(IntentCli, EachCommandsHelpFitsATerminalAndShowsAnExample) {
  for (const std::string& command : commands) {
    const ProgramResult result = run({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("Example:\n  intent_cli " + command));
    EXPECT_THAT(result.out, HasSubstr("--threads"));
    std::istringstream lines(result.out);
    for (std::string line; std::getline(lines, line);)
      EXPECT_TRUE(line.size() <= 80u || line.starts_with("  intent_cli ")) << command << ": " << line;
  }
}

TEST_F(IntentCli, SaysItsVersion) { EXPECT_THAT(run({"--version"}).out, ::testing::StartsWith("cartwheel ")); }

TEST_F(IntentCli, AMisspeltWordGetsASuggestion) {
  expect_error({}, 2, {"intent_cli --help"});
  expect_error({"prepair"}, 2, {"'prepair'", "did you mean prepare?"});
  expect_error({"fit", "--modle", "x"}, 2, {"--modle", "did you mean --model?", "intent_cli fit --help"});
  expect_error({"fit", "e.csv", "--model", "decision_tre", "--out", "m.cwm"}, 2,
               {"decision_tre", "did you mean decision_tree?"});
  expect_error({"fit", "e.csv", "--model", "bernoulli_nb", "--set", "alhpa=1", "--out", "m.cwm"}, 2,
               {"did you mean alpha?"});
  expect_error({"fit", "e.csv", "--model", "bernoulli_nb", "--set", "alpha=-1", "--out", "m.cwm"}, 2, {"alpha is -1"});
  expect_error({"fit", "e.csv", "--model", "bernoulli_nb", "--set", "session.lable=window", "--out", "m.cwm"}, 2,
               {"did you mean session.label?"});
  expect_error({"features", "--extractor", "V9"}, 2, {"V9", "V1"});
  expect_error({"features", "--format", "jsno"}, 2, {"did you mean json?"});
  expect_error({"features", "--threads", "many"}, 2, {"--threads is 'many'"});
  expect_error({"predict", "e.csv"}, 2, {"--model"});
}

TEST_F(IntentCli, AMissingGpuIsAnErrorOfItsOwn) { expect_error({"features", "--device", "cuda"}, 4, {"--device cpu"}); }

TEST_F(IntentCli, FeaturesAreListedInEveryFormat) {
  EXPECT_THAT(run({"features"}).out, HasSubstr("product_ratio"));
  EXPECT_THAT(run({"features", "--format", "csv"}).out, ::testing::StartsWith("name,definition,fitted\n"));
  EXPECT_THAT(run({"features", "--format", "json"}).out, HasSubstr("\"name\": \"price_std\""));
}

}  // namespace
}  // namespace cartwheel::test
