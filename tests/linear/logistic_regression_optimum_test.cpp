#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cartwheel/logistic_regression.hpp>
#include <cmath>

#include "linear/reference_logistic.hpp"

/// That a fit is the optimum: against a bound from duality, a slow solver, and its own certificate recomputed.
namespace cartwheel {
namespace {

using test::LabelledRows;
using test::Real;
using test::ReferenceProblem;

std::string text_of(const LogisticRegressionOptions& options) {
  static constexpr std::array names{"l1", "l2", "elasticnet", "none"};
  return fmt::format("{} C={} l1_ratio={}", names[static_cast<std::size_t>(options.penalty)], options.C,
                     options.l1_ratio);
}

/// What makes fits hard: correlated, constant, all-zero, rare, offset and unevenly scaled columns.
LabelledRows hard_rows(std::uint64_t seed, std::size_t rows) {
  LabelledRows out = test::random_rows(seed, rows, 9);
  test::TestRandom random(seed + 100);
  for (std::size_t i = 0; i < rows; ++i) {
    out.columns[1][i] = out.columns[0][i] + 0.02f * static_cast<float>(random.normal());
    out.columns[3][i] *= 30.0f;
    out.columns[4][i] *= 0.03f;
    out.columns[5][i] = 2.5f;
    out.columns[6][i] = 0.0f;
    out.columns[7][i] = i % 17 == 0 ? 1.0f : 0.0f;
    out.columns[8][i] += 50.0f;
  }
  return out;
}

std::vector<LogisticRegressionOptions> every_penalty() {
  std::vector<LogisticRegressionOptions> out;
  for (const double c : {1e-4, 1e-2, 1.0, 1e2, 1e4})
    for (const auto& [penalty, l1_ratio] : {std::pair{Penalty::l1, 0.5},
                                            {Penalty::l2, 0.5},
                                            {Penalty::elasticnet, 0.5},
                                            {Penalty::elasticnet, 0.05},
                                            {Penalty::elasticnet, 0.95}}) {
      out.emplace_back();
      out.back().penalty = penalty;
      out.back().C = c;
      out.back().l1_ratio = l1_ratio;
    }
  return out;
}

class Shapes : public ::testing::TestWithParam<LabelledRows> {};

TEST_P(Shapes, ObjectiveIsAtTheDualBound) {
  for (const LogisticRegressionOptions& options : every_penalty()) {
    SCOPED_TRACE(text_of(options));
    const ReferenceProblem problem{GetParam(), options};
    const auto model = LogisticRegression::fit(GetParam().matrix(), GetParam().y, options);
    EXPECT_TRUE(model.report().converged) << model.warnings().front();
    const Real objective = test::objective_of(problem, model);
    const Real bound = test::dual_bound(problem, test::coefficients_of(model), static_cast<Real>(model.intercept()));
    EXPECT_LE(static_cast<double>((objective - bound) / objective), 1e-8);
    EXPECT_NEAR(model.report().objective / static_cast<double>(objective), 1.0, 1e-12);
  }
}

TEST_P(Shapes, TheCertificateIsWhatItSays) {
  for (const LogisticRegressionOptions& options : every_penalty()) {
    SCOPED_TRACE(text_of(options));
    const auto model = LogisticRegression::fit(GetParam().matrix(), GetParam().y, options);
    const auto residual = static_cast<double>(test::kkt_residual_of({GetParam(), options}, model));
    EXPECT_LE(residual, 2e-8);
    EXPECT_NEAR(model.report().kkt_residual, residual, 1e-11);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, Shapes,
                         ::testing::Values(test::random_rows(1, 200, 5), hard_rows(2, 300),
                                           test::random_rows(3, 25, 40), test::random_rows(4, 60, 59),
                                           hard_rows(5, 40)),
                         [](const auto& rows) {
                           return fmt::format("{}_rows_{}_columns", rows.param.rows(), rows.param.columns.size());
                         });

/// The same, with columns on scales from 1e-6 to 1e6.
LabelledRows uneven_rows(std::uint64_t seed, std::size_t rows) {
  LabelledRows out = hard_rows(seed, rows);
  for (std::size_t i = 0; i < rows; ++i) {
    out.columns[3][i] *= 1e6f / 30.0f;
    out.columns[4][i] *= 1e-6f / 0.03f;
  }
  return out;
}

TEST(LogisticRegressionOptimum, NoScaleOfAColumnHidesTheOptimum) {
  const LabelledRows rows = uneven_rows(2, 80);
  std::vector<LogisticRegressionOptions> all = every_penalty();
  all.emplace_back().penalty = Penalty::none;
  for (const LogisticRegressionOptions& options : all) {
    SCOPED_TRACE(text_of(options));
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
    EXPECT_TRUE(model.report().converged) << model.warnings().front();
    const Real objective = test::objective_of({rows, options}, model),
               minimum = test::slow_minimum({rows, options}, 3000);
    EXPECT_LE(static_cast<double>((objective - minimum) / minimum), 1e-8);
    EXPECT_GE(static_cast<double>((objective - minimum) / minimum), -1e-8);
  }
}

/// A fit that is stopped early: its certificate must say how far it is from the optimum.
TEST(LogisticRegressionOptimum, TheCertificateOfAnUnfinishedFitIsWhatItSays) {
  const LabelledRows rows = hard_rows(6, 150);
  for (LogisticRegressionOptions options : every_penalty()) {
    options.max_iter = 1;
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
    const auto residual = static_cast<double>(test::kkt_residual_of({rows, options}, model));
    EXPECT_NEAR(model.report().kkt_residual, residual, 1e-10 + 1e-10 * residual) << text_of(options);
  }
}

TEST(LogisticRegressionOptimum, EqualsASlowSolver) {
  const LabelledRows rows = test::random_rows(7, 60, 4);
  for (const double c : {1e-2, 1.0, 10.0})
    for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet, Penalty::none})
      for (const bool intercept : {true, false})
        for (const auto rule : {ClassWeight::Rule::none, ClassWeight::Rule::balanced, ClassWeight::Rule::given}) {
          LogisticRegressionOptions options;
          options.penalty = penalty;
          options.C = c;
          options.l1_ratio = 0.3;
          options.fit_intercept = intercept;
          options.class_weight = {rule, {0.5, 3.0}};
          SCOPED_TRACE(text_of(options));
          const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
          const Real minimum = test::slow_minimum({rows, options}, 4000);
          EXPECT_NEAR(static_cast<double>(test::objective_of({rows, options}, model) / minimum), 1.0, 1e-9);
        }
}

}  // namespace
}  // namespace cartwheel
