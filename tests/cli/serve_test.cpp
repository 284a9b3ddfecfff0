#include <csignal>

#include "cli/intent_cli.hpp"

namespace cartwheel::test {
namespace {

using ::testing::HasSubstr;

class Serve : public IntentCli {
 protected:
  void SetUp() override {
    folder_.write("log.csv", small_log(20));
    const auto fitted =
        run({"fit", "log.csv", "--model", "bernoulli_nb", "--set", "session.label=window", "--out", "m.cwm"});
    ASSERT_EQ(fitted.exit_code, 0) << fitted.err;
  }
};

TEST_F(Serve, SaysWhereItListensAndStopsAtASignal) {
  RunOptions terminate;
  terminate.on_first_output = [](pid_t child) { ::kill(child, SIGTERM); };
  const ProgramResult result = run({"serve", "--model", "m.cwm", "--port", "0"}, terminate);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, ::testing::StartsWith("serving m.cwm (model "));
  EXPECT_THAT(result.out, HasSubstr("on http://127.0.0.1:"));
}

TEST_F(Serve, NeedsAModelThatCanBeServed) {
  expect_error({"serve"}, 2, {"--model"});
  expect_error({"serve", "--model", "none.cwm"}, 3, {"none.cwm"});
  expect_error({"serve", "--model", "log.csv"}, 3, {"log.csv"});
}

TEST_F(Serve, RefusesWhatWouldBeOpenToAll) {
  expect_error({"serve", "--model", "m.cwm", "--address", "0.0.0.0"}, 2, {"give a token", "--token-file"});
  expect_error({"serve", "--model", "m.cwm", "--address", "localhost"}, 2, {"an IPv4 or IPv6 address"});
  folder_.write("token", "\n");
  expect_error({"serve", "--model", "m.cwm", "--token-file", "token"}, 3, {"the first line is empty"});
  expect_error({"serve", "--model", "m.cwm", "--session-timeout", "soon"}, 2, {"--session-timeout", "30m"});
}

}  // namespace
}  // namespace cartwheel::test
