#include "cli/intent_cli.hpp"

namespace cartwheel {
namespace {

class GenerateCommand : public test::IntentCli {};

TEST_F(GenerateCommand, WritesToAFileOrToStandardOutput) {
  const auto printed = run({"generate", "--events", "3000", "--seed", "5", "--signal", "0.5"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_EQ(count(printed.out, "\n"), 3001);
  EXPECT_TRUE(run({"generate", "--events", "3000", "--seed", "5", "--signal", "0.5", "--out", "-"}).out == printed.out);
  ASSERT_EQ(run({"generate", "--events", "3000", "--seed", "5", "--signal", "0.5", "--out", "e.csv"}).exit_code, 0);
  EXPECT_TRUE(test::read_file(folder_ / "e.csv") == printed.out);
}

TEST_F(GenerateCommand, RefusesNumbersOutOfRange) {
  expect_error({"generate", "--cart-rate", "0.5"}, 2, {"--cart-rate is '0.5'", "a number in [0, 0.15]"});
  expect_error({"generate", "--signal", "much"}, 2, {"--signal is 'much'"});
  expect_error({"generate", "--brands", "0"}, 2, {"--brands is '0'"});
}

}  // namespace
}  // namespace cartwheel
