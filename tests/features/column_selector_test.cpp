#include <gmock/gmock.h>

#include <cartwheel/column_selector.hpp>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "support/float_matrix.hpp"
#include "support/golden_file.hpp"

namespace cartwheel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// The figures of tests/golden/steps/make.py.
struct Golden {
  nlohmann::json json = test::golden_file("steps/steps.json");
  std::vector<std::uint8_t> y = json["y"].get<std::vector<std::uint8_t>>();
  FeatureMatrix x{y.size()};

  Golden() {
    for (std::size_t j = 0; j < json["names"].size(); ++j)
      x.add(json["names"][j].get<std::string>(), FloatColumn{json["counts"][j].get<std::vector<float>>()});
  }
};

TEST(ColumnScores, AreScikitLearns) {
  const Golden golden;
  const std::vector<double> chi2 = column_scores(golden.x, golden.y, ColumnScore::chi2);
  const std::vector<double> variance = column_scores(golden.x, golden.y, ColumnScore::variance);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_NEAR(chi2[j] / golden.json["chi2"][j].get<double>(), 1.0, 1e-12) << j;
    EXPECT_NEAR(variance[j] / golden.json["variance"][j].get<double>(), 1.0, 1e-12) << j;
  }
  EXPECT_EQ(chi2[4], 0.0) << "a column of zeros has nothing to say";
  EXPECT_EQ(variance[4], 0.0);
}

TEST(ColumnScores, AMissingValueAddsNothing) {
  const std::vector<std::uint8_t> y{0, 1, 1, 0};
  const auto x = test::float_matrix({{1, missing, 3, 2}, {1, 0, 3, 2}});
  const auto chi2 = column_scores(x, y, ColumnScore::chi2);
  EXPECT_EQ(chi2[0], chi2[1]);
  EXPECT_DOUBLE_EQ(column_scores(x, y, ColumnScore::variance)[0], 2.0 / 3.0);
}

TEST(ColumnScores, ChiSquaredRefusesNegativeValues) {
  const std::vector<std::uint8_t> y{0, 1};
  EXPECT_THAT(
      [&] {
        column_scores(test::float_matrix({{1, 2}, {0, -3}}), y, ColumnScore::chi2);
      },
      ThrowsMessage<DataError>(::testing::AllOf(HasSubstr("'x1'"), HasSubstr("-3"), HasSubstr("row 1"),
                                                HasSubstr("before standard_scaler"))));
}

TEST(ColumnScores, InformationIsThatOfTheTable) {
  const std::vector<std::uint8_t> y{0, 0, 1, 1};
  const auto x = test::float_matrix({{5, 5, 9, 9}, {5, 9, 5, 9}, {missing, missing, 1, 1}, {1, 1, 1, 1}});
  const auto score = column_scores(x, y, ColumnScore::mutual_information);
  EXPECT_DOUBLE_EQ(score[0], 1.0);
  EXPECT_DOUBLE_EQ(score[1], 0.0);
  EXPECT_DOUBLE_EQ(score[2], 1.0) << "missing is a value";
  EXPECT_DOUBLE_EQ(score[3], 0.0);
}

TEST(ColumnSelector, KeepsTheBestInTheirOrder) {
  const std::vector<std::uint8_t> y{0, 0, 1, 1};
  const auto x = test::float_matrix({{0, 0, 1, 1}, {1, 1, 1, 1}, {1, 1, 0, 0}, {0, 0, 2, 2}});
  const auto kept = [&](std::optional<std::uint64_t> k) {
    return ColumnSelector::k_best(x, y, ColumnScore::chi2, k).kept();
  };
  EXPECT_THAT(kept(1), ElementsAre(3u));
  EXPECT_THAT(kept(2), ElementsAre(0u, 3u)) << "of equals the first";
  EXPECT_THAT(kept(3), ElementsAre(0u, 2u, 3u));
  EXPECT_THAT(kept(9), ElementsAre(0u, 1u, 2u, 3u));
  EXPECT_THAT(kept({}), ElementsAre(0u, 1u, 2u, 3u));
  EXPECT_THROW(kept(0), ParameterError);
}

TEST(ColumnSelector, VarianceMustBeAboveTheThreshold) {
  const auto x = test::float_matrix({{0.1f, 0.1f, 0.1f}, {1, 2, 3}, {0, 0, 1}});
  EXPECT_THAT(ColumnSelector::above_variance(x, 0.0).kept(), ElementsAre(1u, 2u));
  EXPECT_THAT(ColumnSelector::above_variance(x, 0.5).kept(), ElementsAre(1u));
  EXPECT_THAT([&] { ColumnSelector::above_variance(x, 5.0); },
              ThrowsMessage<DataError>(::testing::AllOf(HasSubstr("threshold = 5"), HasSubstr("0.66"))));
  EXPECT_THROW(ColumnSelector::above_variance(x, -1.0), ParameterError);
  EXPECT_THROW(ColumnSelector::above_variance(x, std::nan("")), ParameterError);
}

TEST(ColumnSelector, TransformsOnlyItsOwnColumnsAndReadsBack) {
  const Golden golden;
  const auto step = ColumnSelector::k_best(golden.x, golden.y, ColumnScore::chi2, 2);
  const FeatureMatrix selected = step.transform(golden.x);
  EXPECT_EQ(selected.columns(), 2u);
  EXPECT_EQ(selected.names()[0], golden.x.names()[step.kept()[0]]);
  EXPECT_THROW(step.transform(test::float_matrix({{1}})), DataError);

  core::ByteWriter out;
  step.write(out);
  core::ByteReader in(out.bytes(), "test");
  const auto back = ColumnSelector::read(in);
  EXPECT_EQ(back.name(), "chi2");
  EXPECT_EQ(back.kept(), step.kept());
  EXPECT_EQ(back.scores(), step.scores());
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    core::ByteReader cut(std::string_view(out.bytes()).substr(0, size), "test");
    EXPECT_THROW(ColumnSelector::read(cut), DataError) << size;
  }
}

}  // namespace
}  // namespace cartwheel
