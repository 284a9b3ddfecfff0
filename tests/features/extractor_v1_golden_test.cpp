#include <gtest/gtest.h>

#include <array>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/read_events.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "support/test_paths.hpp"

namespace cartwheel {
namespace {

/// Rows of expected.csv, which has no quoted fields.
std::vector<std::vector<std::string>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

/// The features that pandas computed for one choice of sizes, by session id.
using Expected = std::map<std::string, std::vector<double>>;

class ExtractorV1Golden : public ::testing::TestWithParam<std::pair<int, int>> {
 protected:
  static std::filesystem::path folder() { return std::filesystem::path(test::golden_dir()) / "features_v1"; }
  static constexpr std::size_t first_feature = 3;  ///< After window_size, session_size and user_session.

  Expected expected() const {
    Expected features;
    const auto& [window_size, session_size] = GetParam();
    for (const auto& row : read_table(folder() / "expected.csv")) {
      if (row[0] != std::to_string(window_size) || row[1] != std::to_string(session_size)) continue;
      std::vector<double>& values = features[row[2]];
      for (std::size_t f = first_feature; f < row.size(); ++f) values.push_back(std::stod(row[f]));
    }
    return features;
  }
};

TEST_P(ExtractorV1Golden, AgreesWithPandas) {
  const auto& [window_size, session_size] = GetParam();
  const std::array files{folder() / "log.csv"};
  Account account;
  SessionOptions options;
  options.size = window_size;
  options.label = Label::window;  // leaves out no session for what happens in it
  const SessionTable sessions = build_sessions(read_events(files, {}, account), options, account);
  const Expected golden = expected();
  ASSERT_GT(golden.size(), 50u);
  ASSERT_EQ(sessions.size(), golden.size());

  std::vector<std::uint32_t> rows(sessions.size());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  const auto extractor = make_feature_extractor("V1", {{"session_size", std::int64_t{session_size}}});
  const FeatureMatrix x = extractor->fit_transform(sessions, rows, sessions.log_end);
  const std::vector<std::string> header = read_table(folder() / "expected.csv")[0];
  ASSERT_EQ(x.names(), std::vector<std::string>(header.begin() + first_feature, header.end()));

  std::vector<float> column(rows.size());
  for (std::size_t f = 0; f < x.columns(); ++f) {
    x.copy_column(f, column);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const double value = golden.at(sessions.session_name(r))[f];
      if (value == std::floor(value) && std::abs(value) < 1000)
        EXPECT_EQ(column[r], value) << x.names()[f] << " of " << sessions.session_name(r);
      // float32 keeps 24 bits: 6e-8 of the value.
      else
        EXPECT_NEAR(column[r], value, 1e-6 * std::abs(value) + 1e-9)
            << x.names()[f] << " of " << sessions.session_name(r);
    }
  }
}

std::string name_of_sizes(const ::testing::TestParamInfo<std::pair<int, int>>& info) {
  return "window_" + std::to_string(info.param.first) + "_session_size_" + std::to_string(info.param.second);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ExtractorV1Golden, ::testing::Values(std::pair{3, 3}, std::pair{5, 5}, std::pair{5, 2}),
                         name_of_sizes);

}  // namespace
}  // namespace cartwheel
