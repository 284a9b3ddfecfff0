#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cmath>
#include <limits>

#include "support/logistic_fits.hpp"
#include "support/weighted_rows.hpp"

namespace cartwheel {
namespace {

using test::bytes_of;
using test::every_penalty;
using test::expect_same_coefficients;
using test::LabelledRows;
using test::parted_rows;
using test::with;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

TEST(LogisticRegression, StandardErrorsAreThoseOfTheInverseInformation) {
  // One column and an intercept: the 2 x 2 information matrix is inverted by hand.
  const LabelledRows rows = test::random_rows(50, 5000, 1);
  auto options = with(Penalty::none);
  options.standard_errors = true;
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
  const auto p = model.predict_proba(rows.matrix());
  long double w = 0, wx = 0, wxx = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const long double x = rows.columns[0][i], v = p[i] * (1 - p[i]);
    w += v;
    wx += v * x;
    wxx += v * x * x;
  }
  const long double determinant = w * wxx - wx * wx;
  ASSERT_TRUE(model.standard_errors().has_value());
  EXPECT_NEAR(model.standard_errors()->coefficients[0], static_cast<double>(std::sqrt(w / determinant)), 1e-12);
  EXPECT_NEAR(model.standard_errors()->intercept, static_cast<double>(std::sqrt(wxx / determinant)), 1e-12);
  const auto intervals = model.wald_intervals(2.0);
  ASSERT_EQ(intervals.size(), 2u);
  EXPECT_DOUBLE_EQ(intervals[0].high - intervals[0].low, 4.0 * model.standard_errors()->coefficients[0]);
  EXPECT_DOUBLE_EQ(intervals[1].high + intervals[1].low, 2.0 * model.intercept());
  EXPECT_THROW(model.wald_intervals(0.0), ParameterError);
}

TEST(LogisticRegression, IntervalsHoldTheTruthAsOftenAsTheySay) {
  // 400 samples whose true coefficients are known; 95% intervals should miss about 20 times, 38 at the very most.
  int misses = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    test::TestRandom random(seed);
    LabelledRows rows{{std::vector<float>(400)}, std::vector<std::uint8_t>(400)};
    for (std::size_t i = 0; i < 400; ++i) {
      const double x = random.normal();
      rows.columns[0][i] = static_cast<float>(x);
      rows.y[i] = random.uniform() < 1.0 / (1.0 + std::exp(-(0.8 * x - 0.3)));
    }
    auto options = with(Penalty::none);
    options.standard_errors = true;
    const auto interval = LogisticRegression::fit(rows.matrix(), rows.y, options).wald_intervals()[0];
    misses += interval.low > 0.8 || interval.high < 0.8;
  }
  EXPECT_GT(misses, 6);
  EXPECT_LT(misses, 38);
}

TEST(LogisticRegression, AWholeWeightCountsAsSoManyRowsInStandardErrors) {
  const LabelledRows rows = test::random_rows(51, 300, 3);
  const auto weight = test::whole_weights(52, 300);
  const LabelledRows repeated = test::repeat_rows(rows, weight);
  auto options = with(Penalty::none);
  options.standard_errors = true;
  const auto a = LogisticRegression::fit(rows.matrix(), rows.y, options, weight);
  const auto b = LogisticRegression::fit(repeated.matrix(), repeated.y, options);
  for (std::size_t j = 0; j < 3; ++j)
    EXPECT_NEAR(a.standard_errors()->coefficients[j], b.standard_errors()->coefficients[j], 1e-9);
}

TEST(LogisticRegression, StandardErrorsAreThereOnlyWhereTheyMeanSomething) {
  LabelledRows rows = test::random_rows(53, 200, 2);
  auto options = with(Penalty::none);
  EXPECT_FALSE(LogisticRegression::fit(rows.matrix(), rows.y, options).standard_errors().has_value());
  options.standard_errors = true;
  rows.columns.push_back(std::vector<float>(200, 3.0f));
  EXPECT_EQ(LogisticRegression::fit(rows.matrix(), rows.y, options).standard_errors()->coefficients[2], 0.0);
  rows.columns[2] = rows.columns[0];
  const auto collinear = LogisticRegression::fit(rows.matrix(), rows.y, options);
  EXPECT_FALSE(collinear.standard_errors().has_value());
  EXPECT_THAT(collinear.wald_intervals(), IsEmpty());
  const LabelledRows parted = parted_rows();
  EXPECT_FALSE(LogisticRegression::fit(parted.matrix(), parted.y, options).standard_errors().has_value());
  for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet}) {
    auto penalised = with(penalty);
    penalised.standard_errors = true;
    EXPECT_THAT([&] { LogisticRegression::fit(rows.matrix(), rows.y, penalised); },
                ThrowsMessage<ParameterError>(HasSubstr("standard_errors")));
  }
}

TEST(LogisticRegression, AWholeWeightIsSoManyRows) {
  LabelledRows rows = test::random_rows(30, 400, 5);
  for (std::size_t i = 0; i < 400; i += 9) rows.columns[1][i] = nothing;
  const auto weight = test::whole_weights(31, 400);
  const LabelledRows repeated = test::repeat_rows(rows, weight);
  for (const Penalty penalty : every_penalty)
    for (const auto rule : {ClassWeight::Rule::none, ClassWeight::Rule::balanced}) {
      auto options = with(penalty, 0.3);
      options.class_weight.rule = rule;
      const auto a = LogisticRegression::fit(rows.matrix(), rows.y, options, weight);
      const auto b = LogisticRegression::fit(repeated.matrix(), repeated.y, options);
      EXPECT_TRUE(a.report().converged);
      EXPECT_NEAR(a.report().objective / b.report().objective, 1.0, 1e-10);
      expect_same_coefficients(a, b, 1e-6);  // the mean that fills may differ in its last float digit
    }
}

TEST(LogisticRegression, ARowOfNoWeightIsNotThere) {
  LabelledRows rows = test::random_rows(32, 200, 3), without = rows;
  for (auto& column : rows.columns) column.insert(column.end(), {1e30f, nothing});
  rows.y.insert(rows.y.end(), {0, 1});
  std::vector<double> weight(202, 1.0), ones(200, 1.0);
  weight[200] = weight[201] = 0.0;
  const auto a = LogisticRegression::fit(rows.matrix(), rows.y, {}, weight);
  EXPECT_EQ(bytes_of(a), bytes_of(LogisticRegression::fit(without.matrix(), without.y, {}, ones)));
  EXPECT_EQ(bytes_of(a), bytes_of(LogisticRegression::fit(without.matrix(), without.y)));
}

TEST(LogisticRegression, AWeightIsAFactorOfC) {
  const LabelledRows rows = test::random_rows(33, 300, 4);
  const std::vector<double> weight(300, 0.25);
  for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet})
    expect_same_coefficients(LogisticRegression::fit(rows.matrix(), rows.y, with(penalty, 0.8), weight),
                             LogisticRegression::fit(rows.matrix(), rows.y, with(penalty, 0.2)), 1e-9);
}

TEST(LogisticRegression, RefusesWeightsThatCannotCount) {
  const LabelledRows rows = test::random_rows(34, 4, 1);
  const auto fit = [&](std::vector<double> weight) {
    return [&rows, weight] {
      LogisticRegression::fit(rows.matrix(), std::vector<std::uint8_t>{0, 1, 0, 1}, {}, weight);
    };
  };
  EXPECT_THAT(fit({1, 1, 1}), ThrowsMessage<DataError>(HasSubstr("3 weights for 4 rows")));
  EXPECT_THAT(fit({1, 0, 1, 0}), ThrowsMessage<DataError>(HasSubstr("label 1 has weight 0")));
  for (const double bad : {-1.0, 1e101, 1e-101, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THAT(fit({1, 1, bad, 1}), ThrowsMessage<DataError>(HasSubstr("the weight of row 2 is")));
}

}  // namespace
}  // namespace cartwheel
