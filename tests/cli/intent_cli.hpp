#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/run_program.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel::test {

/// Runs intent_cli in a folder of its own.
class IntentCli : public ::testing::Test {
 protected:
  ProgramResult run(const std::vector<std::string>& arguments, RunOptions options = {}) const {
    options.folder = folder_.path().string();
    return run_program(INTENT_CLI, arguments, options);
  }

  /// Expects an end with that exit code, nothing on stdout, and one error that holds every one of `parts`.
  void expect_error(const std::vector<std::string>& arguments, int exit_code, const std::vector<std::string>& parts,
                    const RunOptions& options = {}) const {
    const ProgramResult result = run(arguments, options);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(result.err, ::testing::StartsWith("error: "));
    EXPECT_EQ(count(result.err, "error:"), 1) << result.err;
    EXPECT_EQ(result.out, "");
    for (const std::string& part : parts) EXPECT_THAT(result.err, ::testing::HasSubstr(part));
  }

  static std::ptrdiff_t count(std::string_view text, std::string_view part) {
    std::ptrdiff_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }

  TemporaryFolder folder_;
};

/// A log that holds both classes and is long enough for a batch of a few days: one session of three events an hour,
/// every third one with a cart among them.
inline std::string small_log(int days) {
  std::string csv = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n";
  for (int hour = 0; hour < 24 * days; ++hour) {
    const int day = 1 + hour / 24;
    for (int i = 0; i < 3; ++i) {
      const bool cart = i == 2 && hour % 3 == 0;
      char line[200];
      std::snprintf(line, sizeof line, "2021-03-%02d %02d:%02d:00 UTC,%s,p%d,%d,a.b%d,%s,%d.50,u%d,s%d\n", day,
                    hour % 24, i, cart ? "cart" : "view", cart || hour % 5 == 0 ? 1 : i, i % 2, i % 2,
                    hour % 2 == 0 ? "acme" : "", 5 + hour % 7, hour % 50, hour);
      csv += line;
    }
  }
  return csv;
}

/// A small log e.csv and a config c.toml for it: batches of a few days, and what a test adds.
class SmallExperiment : public IntentCli {
 protected:
  explicit SmallExperiment(std::string_view rest)
      : config_(
            "[session]\nlabel = \"window\"\n[batches]\ntrain = \"8d\"\nvalidation = \"3d\"\ntest = \"3d\"\n"
            "step = \"3d\"\n[extractors.V1]\n" +
            std::string(rest)) {
    folder_.write("e.csv", small_log(20));
    folder_.write("c.toml", config_);
  }

  std::string config_;
};

}  // namespace cartwheel::test
