#include <gtest/gtest.h>

#include <array>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/read_events.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "core/time.hpp"
#include "support/feature_rows.hpp"
#include "support/shared_data.hpp"
#include "support/test_paths.hpp"

// Extractor V2 against tests/golden/features_v2/make.py, which follows the definitions with pandas.
namespace cartwheel {
namespace {

SessionTable sessions_of(const std::filesystem::path& path, Label label) {
  const std::array files{path};
  SessionOptions options;
  options.label = label;
  Account account;
  return build_sessions(read_events(files, {}, account), options, account);
}

/// Within 1e-6 of the value, and of 1 where it is smaller: features are 32-bit numbers.
void expect_near(double found, double expected, const std::string& what) {
  if (std::isnan(expected))
    EXPECT_TRUE(std::isnan(found)) << what << " is " << found << "; it must be missing";
  else
    EXPECT_LE(std::abs(found - expected), 1e-6 * std::max(1.0, std::abs(expected)))
        << what << " is " << found << "; it must be " << expected;
}

/// The features of `rows`: of training rows as of their start, of the others with what was learned.
class FittedRows {
 public:
  FittedRows(const SessionTable& sessions, const std::vector<std::uint32_t>& rows, std::int64_t train_end) {
    std::vector<std::uint32_t> training, others;
    for (const std::uint32_t row : rows) (sessions.label_time[row] <= train_end ? training : others).push_back(row);
    training_ = training.size();
    const auto extractor = make_feature_extractor("V2", {});
    const FeatureMatrix first = extractor->fit_transform(sessions, training, train_end);
    names_ = first.names();
    take(training, test::rows_of(first));
    take(others, test::rows_of(extractor->transform(sessions, others)));
  }
  std::size_t training() const { return training_; }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<float>& row(std::uint32_t row) const { return rows_.at(row); }

 private:
  void take(const std::vector<std::uint32_t>& rows, const std::vector<std::vector<float>>& values) {
    for (std::size_t i = 0; i < rows.size(); ++i) rows_[rows[i]] = values[i];
  }
  std::size_t training_ = 0;
  std::vector<std::string> names_;
  std::map<std::uint32_t, std::vector<float>> rows_;
};

std::filesystem::path folder() { return std::filesystem::path(test::golden_dir()) / "features_v2"; }

class ExtractorV2Golden : public ::testing::TestWithParam<Label> {};

TEST_P(ExtractorV2Golden, AgreesWithPandasOnEveryValueOfASmallLog) {
  const SessionTable sessions = sessions_of(folder().parent_path() / "features_v1/log.csv", GetParam());
  std::map<std::string, std::uint32_t> row_of;
  for (const std::uint32_t row : test::all_rows(sessions)) row_of[sessions.session_name(row)] = row;

  std::ifstream file(folder() / ("expected_" + std::string(name_of(GetParam())) + ".csv"));
  const auto next_line = [&] {
    std::vector<std::string> fields;
    if (std::string line; std::getline(file, line)) {
      std::istringstream in(line + ',');
      for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
    }
    return fields;
  };
  const std::vector<std::string> header = next_line();
  ASSERT_GT(header.size(), 3u);
  std::optional<FittedRows> found;
  std::size_t rows = 0, training = 0;
  for (auto fields = next_line(); !fields.empty(); fields = next_line(), ++rows) {
    ASSERT_EQ(fields.size(), header.size());
    if (!found) {
      found.emplace(sessions, test::all_rows(sessions), core::parse_time(fields[0]).value());
      ASSERT_EQ(found->names(), std::vector<std::string>(header.begin() + 3, header.end()));
    }
    training += fields[2] == "1" ? 1 : 0;
    ASSERT_TRUE(row_of.contains(fields[1])) << fields[1];
    const std::vector<float>& row = found->row(row_of[fields[1]]);
    for (std::size_t f = 0; f < row.size(); ++f)
      expect_near(row[f], fields[f + 3].empty() ? std::nan("") : std::stod(fields[f + 3]),
                  found->names()[f] + " of " + fields[1]);
  }
  EXPECT_EQ(rows, sessions.size());
  EXPECT_EQ(training, found->training());
  EXPECT_GT(training, 10u);
  EXPECT_LT(training, rows);
}

INSTANTIATE_TEST_SUITE_P(Labels, ExtractorV2Golden, ::testing::Values(Label::future, Label::window),
                         [](const auto& label) { return std::string(name_of(label.param)); });

class ExtractorV2StoreGolden : public ::testing::TestWithParam<Label> {};

TEST_P(ExtractorV2StoreGolden, AgreesWithPandasOnTwoThousandRealSessions) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  std::ifstream file(folder() / "store.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  const nlohmann::json& expected = golden.at("labels").at(std::string(name_of(GetParam())));

  const SessionTable sessions = sessions_of(test::shared_data("store_2016-08_09.csv"), GetParam());
  std::vector<std::uint32_t> rows;
  const auto stride = expected.at("stride").get<std::uint32_t>();
  for (std::uint32_t row = 0; rows.size() < 2000; row += stride) rows.push_back(row);
  const FittedRows found(sessions, rows, core::parse_time(golden.at("train_end").get<std::string>()).value());
  EXPECT_EQ(found.training(), expected.at("training_rows").get<std::size_t>());
  ASSERT_EQ(found.names().size(), expected.at("columns").size());
  for (std::size_t f = 0; f < found.names().size(); ++f) {
    const std::string& name = found.names()[f];
    const nlohmann::json& column = expected.at("columns").at(name);
    std::int64_t missing = 0;
    double sum = 0.0, weighted_sum = 0.0, size = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double value = found.row(rows[i])[f];
      if (std::isnan(value)) {
        ++missing;
        continue;
      }
      sum += value;
      weighted_sum += value * static_cast<double>(i % 97 + 1);
      size += std::abs(value) * 97.0;
    }
    EXPECT_EQ(missing, column.at("missing").get<std::int64_t>()) << name;
    if (column.at("integers").get<bool>()) {
      EXPECT_EQ(sum, column.at("sum").get<double>()) << name;
      EXPECT_EQ(weighted_sum, column.at("weighted_sum").get<double>()) << name;
    } else {
      EXPECT_NEAR(sum, column.at("sum").get<double>(), 1e-7 * size) << name;
      EXPECT_NEAR(weighted_sum, column.at("weighted_sum").get<double>(), 1e-6 * size) << name;
    }
    const nlohmann::json& samples = column.at("samples");
    for (std::size_t i = 0; i < samples.size(); ++i)
      expect_near(found.row(rows[250 * i])[f], samples[i].is_null() ? std::nan("") : samples[i].get<double>(), name);
  }
}

INSTANTIATE_TEST_SUITE_P(Labels, ExtractorV2StoreGolden,
                         ::testing::Values(Label::future, Label::window, Label::session),
                         [](const auto& label) { return std::string(name_of(label.param)); });

}  // namespace
}  // namespace cartwheel
