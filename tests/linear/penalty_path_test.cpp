#include <gmock/gmock.h>

#include <cartwheel/logistic_regression.hpp>
#include <cmath>

#include "core/parallel.hpp"
#include "support/logistic_fits.hpp"

namespace cartwheel {
namespace {

using test::bytes_of;
using test::every_penalty;
using test::expect_same_coefficients;
using test::LabelledRows;
using test::parted_rows;
using test::with;
using ::testing::IsEmpty;

std::vector<LogisticRegressionOptions> grid() {
  std::vector<LogisticRegressionOptions> options;
  for (const double c : {10.0, 0.01, 1.0, 1e-4})
    for (const Penalty penalty : every_penalty) options.push_back(with(penalty, c));
  options[2].l1_ratio = 0.9;
  options[5].fit_intercept = false;
  options[6].class_weight.rule = ClassWeight::Rule::balanced;
  return options;
}

void expect_each_equals_its_own_fit(const LabelledRows& rows, std::span<const LogisticRegressionOptions> options) {
  const auto x = rows.matrix();
  const auto models = LogisticRegression::fit_each(x, rows.y, options);
  ASSERT_EQ(models.size(), options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    SCOPED_TRACE(i);
    const auto alone = LogisticRegression::fit(x, rows.y, options[i]);
    EXPECT_TRUE(models[i].report().converged);
    EXPECT_NEAR(models[i].report().objective / alone.report().objective, 1.0, 1e-12);
    expect_same_coefficients(models[i], alone, 1e-5);
  }
}

TEST(LogisticRegression, FitEachReachesTheOptimumOfEachFit) {
  expect_each_equals_its_own_fit(test::random_rows(40, 500, 6), grid());
  // So many rows that a sample of them is the start.
  const std::array few{with(Penalty::none), with(Penalty::l1, 1e-3), with(Penalty::l2, 0.1)};
  expect_each_equals_its_own_fit(test::random_rows(41, 40'000, 6), few);
}

TEST(LogisticRegression, APathCostsAPassOrTwoForEachFurtherPenalty) {
  const LabelledRows rows = test::random_rows(46, 100'000, 8);
  for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet}) {
    std::vector<LogisticRegressionOptions> options;
    for (int i = 0; i < 8; ++i) options.push_back(with(penalty, 1e-3 * std::pow(10.0, 0.5 * i)));
    for (LogisticRegressionOptions& one : options) one.tol = 1e-6;
    int steps = 0;
    for (const auto& model : LogisticRegression::fit_each(rows.matrix(), rows.y, options)) {
      EXPECT_TRUE(model.report().converged);
      steps += model.report().iterations;
    }
    const int first = LogisticRegression::fit(rows.matrix(), rows.y, options[0]).report().iterations;
    EXPECT_LE(steps, first + 7);
  }
}

TEST(LogisticRegression, FitEachGivesTheSameBytesForAnyNumberOfThreads) {
  const LabelledRows rows = test::random_rows(42, 40'000, 4);
  const std::array options{with(Penalty::l1, 1e-3), with(Penalty::l2, 0.1)};
  std::vector<std::string> bytes(3);
  for (const std::size_t i : {0u, 1u, 2u})
    core::with_threads(std::array{1, 2, 7}[i], [&] {
      for (const auto& model : LogisticRegression::fit_each(rows.matrix(), rows.y, options))
        bytes[i] += bytes_of(model);
    });
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
}

TEST(LogisticRegression, APathOnPartedClassesStartsAfreshAfterIt) {
  const LabelledRows rows = parted_rows();
  const std::array options{with(Penalty::none), with(Penalty::l2, 1.0), with(Penalty::l2, 1e100)};
  const auto models = LogisticRegression::fit_each(rows.matrix(), rows.y, options);
  EXPECT_TRUE(models[0].report().separable);
  EXPECT_TRUE(models[1].report().converged);
  EXPECT_TRUE(models[2].report().separable);
}

TEST(LogisticRegression, NoOptionsGiveNoModels) {
  const LabelledRows rows = test::random_rows(43, 20, 1);
  EXPECT_THAT(LogisticRegression::fit_each(rows.matrix(), rows.y, {}), IsEmpty());
}

TEST(LogisticRegression, ARareClassInManyRowsConverges) {
  // Too few positives for a sample to show what they lean on.
  LabelledRows rows = test::random_rows(44, 50'000, 3);
  for (std::size_t i = 0; i < rows.rows(); ++i) rows.y[i] = rows.y[i] == 1 && i % 2500 == 0 ? 1 : 0;
  rows.y[7] = 1;
  for (const Penalty penalty : every_penalty)
    EXPECT_TRUE(LogisticRegression::fit(rows.matrix(), rows.y, with(penalty)).report().converged);
}

TEST(LogisticRegression, AColumnThatTheSampleMissesConverges) {
  // Rows that differ lie together, where the even sample has a gap.
  LabelledRows rows = test::random_rows(45, 100'000, 3);
  std::ranges::fill(rows.columns[1], 0.0f);
  for (std::size_t i = 90; i < 700; ++i) rows.columns[1][i] = static_cast<float>(i % 7);
  for (const Penalty penalty : every_penalty) {
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(penalty));
    EXPECT_TRUE(model.report().converged);
    EXPECT_LT(model.report().iterations, 30);
  }
}

}  // namespace
}  // namespace cartwheel
