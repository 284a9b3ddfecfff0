#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cmath>
#include <limits>

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
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

TEST(LogisticRegression, AllRowsTwiceWithHalfCIsTheSameOptimum) {
  const LabelledRows once = test::random_rows(1, 300, 6);
  LabelledRows twice = once;
  twice.y.insert(twice.y.end(), once.y.begin(), once.y.end());
  for (auto& column : twice.columns) column.insert(column.end(), column.begin(), column.begin() + 300);
  for (const Penalty penalty : every_penalty) {
    const auto a = LogisticRegression::fit(once.matrix(), once.y, with(penalty, 0.8));
    const auto b = LogisticRegression::fit(twice.matrix(), twice.y, with(penalty, 0.4));
    expect_same_coefficients(a, b, 1e-9);
    const double rows_ratio = penalty == Penalty::none ? 2.0 : 1.0;  // C is then 1 for both
    EXPECT_NEAR(a.report().objective * rows_ratio, b.report().objective, 1e-9);
  }
}

TEST(LogisticRegression, WithoutAPenaltyAColumnsScaleGoesToItsCoefficient) {
  const LabelledRows rows = test::random_rows(2, 400, 4);
  LabelledRows scaled = rows;
  constexpr std::array scales{0x1p-20, 0x1p-7, 0x1p9, 0x1p20};  // powers of two: the same float digits
  for (std::size_t j = 0; j < 4; ++j)
    for (float& v : scaled.columns[j]) v *= static_cast<float>(scales[j]);
  const auto a = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
  const auto b = LogisticRegression::fit(scaled.matrix(), scaled.y, with(Penalty::none));
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(b.coefficients()[j] * scales[j], a.coefficients()[j], 1e-12);
  EXPECT_NEAR(b.report().objective, a.report().objective, 1e-9);
}

TEST(LogisticRegression, APenaltyIsOnTheColumnsAsGiven) {
  // The same column in units 1000 times larger needs a coefficient 1000 times larger, which an L1 penalty forbids.
  LabelledRows rows = test::random_rows(3, 400, 1);
  EXPECT_NE(LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::l1, 0.1)).coefficients()[0], 0.0);
  for (float& v : rows.columns[0]) v *= 0.001f;
  EXPECT_EQ(LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::l1, 0.1)).coefficients()[0], 0.0);
}

TEST(LogisticRegression, AStrongL1LeavesNoCoefficientAndTheBaseRate) {
  const LabelledRows rows = test::random_rows(4, 500, 7);
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::l1, 1e-6));
  EXPECT_THAT(model.coefficients(), Each(0.0));
  const double rate = static_cast<double>(std::ranges::count(rows.y, 1)) / 500.0;
  EXPECT_THAT(model.predict_proba(rows.matrix()), Each(::testing::DoubleNear(rate, 1e-14)));
  EXPECT_TRUE(model.report().converged);
}

TEST(LogisticRegression, AnElasticNetEndsInL1AndL2) {
  const LabelledRows rows = test::random_rows(5, 300, 6);
  for (const double ratio : {0.0, 1.0}) {
    auto options = with(Penalty::elasticnet, 0.05);
    options.l1_ratio = ratio;
    expect_same_coefficients(
        LogisticRegression::fit(rows.matrix(), rows.y, options),
        LogisticRegression::fit(rows.matrix(), rows.y, with(ratio == 1.0 ? Penalty::l1 : Penalty::l2, 0.05)), 1e-12);
  }
}

TEST(LogisticRegression, NoneIgnoresCAndL1Ratio) {
  const LabelledRows rows = test::random_rows(6, 100, 3);
  auto options = with(Penalty::none, -1.0);
  options.l1_ratio = 7.0;
  EXPECT_EQ(bytes_of(LogisticRegression::fit(rows.matrix(), rows.y, options)),
            bytes_of(LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none))));
}

TEST(LogisticRegression, CollinearColumnsShareTheirCoefficient) {
  const LabelledRows rows = test::random_rows(7, 200, 3);
  LabelledRows copies = rows;
  copies.columns.push_back(rows.columns[0]);
  copies.columns.push_back(std::vector<float>(200, 4.0f));
  copies.columns.push_back(std::vector<float>(200, 0.0f));
  const auto plain = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
  const auto model = LogisticRegression::fit(copies.matrix(), copies.y, with(Penalty::none));
  EXPECT_TRUE(model.report().converged);
  EXPECT_FALSE(model.report().separable);
  EXPECT_NEAR(model.report().objective, plain.report().objective, 1e-10);
  EXPECT_NEAR(model.coefficients()[0], 0.5 * plain.coefficients()[0], 1e-9);
  EXPECT_NEAR(model.coefficients()[3], 0.5 * plain.coefficients()[0], 1e-9);
  EXPECT_EQ(model.coefficients()[4], 0.0);
  EXPECT_EQ(model.coefficients()[5], 0.0);
}

TEST(LogisticRegression, AConstantColumnServesAsInterceptWhereThereIsNone) {
  LabelledRows rows = test::random_rows(8, 200, 2);
  const auto with_intercept = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
  rows.columns.push_back(std::vector<float>(200, 2.0f));
  auto options = with(Penalty::none);
  options.fit_intercept = false;
  const auto without = LogisticRegression::fit(rows.matrix(), rows.y, options);
  EXPECT_EQ(without.intercept(), 0.0);
  EXPECT_NEAR(without.coefficients()[2] * 2.0, with_intercept.intercept(), 1e-9);
}

TEST(LogisticRegression, ManyColumnsReachTheSameOptimumAsFew) {
  // Columns of zeros beyond Newton's limit send the same problem to L-BFGS... but columns without spread are left out,
  // so the extra ones are rare bits of a matrix that is solved both ways.
  const LabelledRows few = test::random_rows(9, 900, 500);
  LabelledRows many = few;
  for (std::size_t j = 0; j < 30; ++j) {
    many.columns.push_back(few.columns[j]);
    for (float& v : many.columns.back()) v *= 1e-6f;  // an L2 penalty on it leaves next to nothing
  }
  for (const double c : {1e-4, 1e-2, 1.0}) {
    const auto newton = LogisticRegression::fit(few.matrix(), few.y, with(Penalty::l2, c));
    const auto lbfgs = LogisticRegression::fit(many.matrix(), many.y, with(Penalty::l2, c));
    EXPECT_TRUE(lbfgs.report().converged);
    EXPECT_NEAR(lbfgs.report().objective / newton.report().objective, 1.0, 1e-8);
  }
}

// ---- Separation

void expect_finite(const LogisticRegression& model, const FeatureMatrix& x) {
  for (const double b : model.coefficients()) EXPECT_TRUE(std::isfinite(b));
  EXPECT_TRUE(std::isfinite(model.intercept()));
  EXPECT_TRUE(std::isfinite(model.report().objective));
  EXPECT_TRUE(std::isfinite(model.report().kkt_residual));
  for (const double p : model.predict_proba(x)) EXPECT_TRUE(p >= 0.0 && p <= 1.0);
}

TEST(LogisticRegression, PartedClassesAreReportedWithoutAPenalty) {
  const LabelledRows rows = parted_rows();
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
  expect_finite(model, rows.matrix());
  EXPECT_TRUE(model.report().separable);
  EXPECT_FALSE(model.report().converged);
  EXPECT_LT(model.report().iterations, 100);
  EXPECT_THAT(model.warnings(), ElementsAre(HasSubstr("parts the classes of the training rows")));
  const auto p = model.predict_proba(rows.matrix());
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(p[i], rows.y[i], 1e-3);
}

TEST(LogisticRegression, ARareMarkOfOneClassIsReportedWithoutAPenalty) {
  // Only some rows are parted: those with the mark, all positive. The others overlap, so the loss has a positive
  // infimum.
  LabelledRows rows = test::random_rows(11, 500, 3);
  rows.columns.push_back(std::vector<float>(500, 0.0f));
  for (std::size_t i = 0; i < 500; ++i)
    if (rows.y[i] == 1 && i % 5 == 0) rows.columns[3][i] = 1.0f;
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
  expect_finite(model, rows.matrix());
  EXPECT_TRUE(model.report().separable);
  EXPECT_FALSE(model.report().converged);
  EXPECT_LT(model.report().iterations, 100);
  EXPECT_THAT(model.warnings(), SizeIs(1));
  EXPECT_GT(model.coefficients()[3], 10.0);
}

TEST(LogisticRegression, OverlappingClassesAreNotReported) {
  for (std::uint64_t seed = 20; seed < 60; ++seed) {
    const LabelledRows rows = test::random_rows(seed, 60, 3);
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
    EXPECT_FALSE(model.report().separable) << seed;
    EXPECT_TRUE(model.report().converged) << seed;
    EXPECT_THAT(model.warnings(), IsEmpty());
  }
}

TEST(LogisticRegression, PartedClassesWithAPenaltyConverge) {
  const LabelledRows rows = parted_rows();
  for (const double c : {1.0, 1e4, 1e8})
    for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet}) {
      const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(penalty, c));
      EXPECT_TRUE(model.report().converged) << c;
      EXPECT_FALSE(model.report().separable) << c;
    }
}

TEST(LogisticRegression, PartedClassesWithAHugeCStopWithoutOverflow) {
  const LabelledRows rows = parted_rows();
  for (const double c : {1e40, 1e100})
    for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet}) {
      const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(penalty, c));
      expect_finite(model, rows.matrix());
      EXPECT_TRUE(model.report().separable) << c;
      EXPECT_THAT(model.warnings(), SizeIs(1));
    }
}

TEST(LogisticRegression, MoreColumnsThanRowsArePartedToo) {
  for (const std::size_t columns : {50u, 600u}) {
    const LabelledRows rows = test::random_rows(12, 40, columns);
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, with(Penalty::none));
    expect_finite(model, rows.matrix());
    EXPECT_TRUE(model.report().separable) << columns;
  }
}

TEST(LogisticRegression, AnUnfinishedFitSaysSo) {
  const LabelledRows rows = test::random_rows(13, 300, 5);
  for (const Penalty penalty : every_penalty) {
    auto options = with(penalty, 10.0);
    options.max_iter = 1;
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
    EXPECT_FALSE(model.report().converged);
    EXPECT_EQ(model.report().iterations, 1);
    EXPECT_THAT(model.warnings(), ElementsAre(AllOf(HasSubstr("max_iter=1"), HasSubstr("KKT residual"))));
  }
}

TEST(LogisticRegression, ATolBelowRoundingEndsAllTheSame) {
  const LabelledRows rows = test::random_rows(14, 300, 5);
  for (const Penalty penalty : every_penalty) {
    auto options = with(penalty, 1.0);
    options.tol = 1e-30;
    const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
    EXPECT_LT(model.report().iterations, 1000);
    EXPECT_LT(model.report().kkt_residual, 1e-12);
  }
}

// ---- Storage, missing values, identity

TEST(LogisticRegression, EveryColumnTypeIsItsNumbers) {
  constexpr std::size_t rows = 5000;
  test::TestRandom random(15);
  std::vector<std::uint8_t> y(rows);
  std::vector<float> dense(rows);
  SparseColumn sparse;
  BitColumn bits{std::vector<std::uint64_t>((rows + 63) / 64)};
  CategoryColumn category{std::vector<std::uint32_t>(rows), {"", "one", "two", "three"}};
  for (std::size_t i = 0; i < rows; ++i) {
    dense[i] = static_cast<float>(random.normal());
    if (random.below(30) == 0) {
      sparse.rows.push_back(static_cast<std::uint32_t>(i));
      sparse.values.push_back(random.below(4) == 0 ? nothing : 1.0f + dense[i] * dense[i]);
    }
    const bool set = random.below(2) == 0;
    bits.words[i / 64] |= std::uint64_t{set} << (i % 64);
    category.codes[i] = static_cast<std::uint32_t>(random.below(4));
    y[i] = static_cast<double>(dense[i]) + 0.4 * set + 0.3 * category.codes[i] + random.normal() > 1.0;
  }
  FeatureMatrix typed(rows), plain(rows);
  typed.add("dense", FloatColumn{dense});
  typed.add("sparse", sparse);
  typed.add("bits", bits);
  typed.add("category", category);
  for (std::size_t j = 0; j < typed.columns(); ++j) {
    FloatColumn column{std::vector<float>(rows)};
    typed.copy_column(j, column.values);
    plain.add(typed.names()[j], column);
  }
  const auto a = LogisticRegression::fit(typed, y), b = LogisticRegression::fit(plain, y);
  EXPECT_EQ(bytes_of(a), bytes_of(b));
  EXPECT_EQ(a.predict_proba(typed), a.predict_proba(plain));
  EXPECT_THAT(a.coefficient_names(),
              ElementsAre("dense", "sparse", "bits", "category", "sparse is missing", "category is missing"));
}

TEST(LogisticRegression, AMissingValueIsTheMeanAndAnIndicator) {
  LabelledRows rows = test::random_rows(16, 200, 2);
  for (std::size_t i = 0; i < 200; i += 7) rows.columns[0][i] = nothing;
  double sum = 0, count = 0;
  for (const float v : rows.columns[0])
    if (!std::isnan(v)) sum += static_cast<double>(v), ++count;
  FeatureMatrix filled(200);
  std::vector<float> values = rows.columns[0], indicator(200);
  for (std::size_t i = 0; i < 200; i += 7) {
    values[i] = static_cast<float>(sum / count);
    indicator[i] = 1.0f;
  }
  filled.add("f0", FloatColumn{values});
  filled.add("f1", FloatColumn{rows.columns[1]});
  filled.add("f0 is missing", FloatColumn{indicator});
  const auto a = LogisticRegression::fit(rows.matrix(), rows.y), b = LogisticRegression::fit(filled, rows.y);
  EXPECT_THAT(a.feature_names(), ElementsAre("f0", "f1"));
  EXPECT_EQ(a.coefficient_names(), b.coefficient_names());
  expect_same_coefficients(a, b, 1e-6);  // the mean may differ in its last float digit
  const auto p = a.predict_proba(rows.matrix()), q = b.predict_proba(filled);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_NEAR(p[i], q[i], 1e-6);
}

TEST(LogisticRegression, AColumnThatIsMissingEverywhereIsHarmless) {
  LabelledRows rows = test::random_rows(17, 100, 2);
  const auto without = LogisticRegression::fit(rows.matrix(), rows.y);
  rows.columns.push_back(std::vector<float>(100, nothing));
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y);
  EXPECT_EQ(model.coefficients()[2], 0.0);
  EXPECT_EQ(model.coefficients()[3], 0.0);
  EXPECT_EQ(model.predict_proba(rows.matrix()), without.predict_proba(test::random_rows(17, 100, 2).matrix()));
}

TEST(LogisticRegression, SameBytesForAnyNumberOfThreads) {
  const LabelledRows rows = test::random_rows(18, 70'000, 9), wide = test::random_rows(19, 5000, 520);
  for (const Penalty penalty : {Penalty::l1, Penalty::l2, Penalty::elasticnet, Penalty::none})
    for (const LabelledRows* sample : {&rows, &wide}) {
      if (sample == &wide && penalty != Penalty::l2) continue;
      std::vector<std::string> bytes;
      std::vector<std::vector<double>> scores;
      for (const int threads : {1, 2, 7})
        core::with_threads(threads, [&] {
          const auto model = LogisticRegression::fit(sample->matrix(), sample->y, with(penalty, 0.01));
          bytes.push_back(bytes_of(model));
          scores.push_back(model.predict_proba(sample->matrix()));
        });
      EXPECT_EQ(bytes[0], bytes[1]);
      EXPECT_EQ(bytes[0], bytes[2]);
      EXPECT_EQ(scores[0], scores[1]);
      EXPECT_EQ(scores[0], scores[2]);
    }
}

TEST(LogisticRegression, ProbabilityIsThatOfTheMargin) {
  const LabelledRows rows = test::random_rows(21, 100, 3);
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y);
  const auto p = model.predict_proba(rows.matrix());
  for (std::size_t i = 0; i < 100; ++i) {
    double margin = model.intercept();
    for (std::size_t j = 0; j < 3; ++j) margin += model.coefficients()[j] * static_cast<double>(rows.columns[j][i]);
    EXPECT_NEAR(p[i], 1.0 / (1.0 + std::exp(-margin)), 1e-15);
  }
}

TEST(LogisticRegression, TheLargestFloatsGiveNumbers) {
  LabelledRows rows = test::random_rows(22, 50, 3);
  for (float& v : rows.columns[0]) v = v > 0 ? std::numeric_limits<float>::max() : std::numeric_limits<float>::lowest();
  for (float& v : rows.columns[1]) v *= 1e-44f;
  for (const Penalty penalty : every_penalty)
    for (const double c : {1e-100, 1.0, 1e100})
      expect_finite(LogisticRegression::fit(rows.matrix(), rows.y, with(penalty, c)), rows.matrix());
}

// ---- Paths

TEST(LogisticRegression, RefusesLabelsThatCannotBeLearned) {
  const auto x = test::random_rows(25, 4, 1).matrix();
  const auto fit = [&](std::vector<std::uint8_t> y) { return [&x, y] { LogisticRegression::fit(x, y); }; };
  EXPECT_THAT(fit({1, 1, 1, 1}), ThrowsMessage<DataError>(HasSubstr("none of class 0")));
  EXPECT_THAT(fit({0, 1, 1}), ThrowsMessage<DataError>(HasSubstr("3 labels for 4 rows")));
  EXPECT_THAT(fit({0, 1, 2, 1}), ThrowsMessage<DataError>(HasSubstr("row 2 is 2")));
}

TEST(LogisticRegression, RefusesOtherColumnsThanThoseOfTheFit) {
  const LabelledRows rows = test::random_rows(26, 40, 2);
  const auto model = LogisticRegression::fit(rows.matrix(), rows.y);
  FeatureMatrix other(1);
  other.add("f1", FloatColumn{{1}});
  other.add("f0", FloatColumn{{1}});
  EXPECT_THAT([&] { model.predict_proba(other); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("logistic_regression: column 0 is 'f1'"), HasSubstr("'f0'"))));
}

TEST(LogisticRegression, NoColumnsGiveTheBaseRate) {
  const std::vector<std::uint8_t> y{0, 1, 1, 1};
  const auto model = LogisticRegression::fit(FeatureMatrix(4), y);
  EXPECT_THAT(model.predict_proba(FeatureMatrix(2)), Each(::testing::DoubleNear(0.75, 1e-15)));
  LogisticRegressionOptions options;
  options.fit_intercept = false;
  EXPECT_THAT(LogisticRegression::fit(FeatureMatrix(4), y, options).predict_proba(FeatureMatrix(1)), ElementsAre(0.5));
}

TEST(LogisticRegression, RefusesSettingsOutOfRange) {
  const LabelledRows rows = test::random_rows(27, 20, 1);
  const auto expect_refused = [&](auto change, const char* name) {
    auto options = with(Penalty::elasticnet);
    change(options);
    EXPECT_THAT([&] { LogisticRegression::fit(rows.matrix(), rows.y, options); },
                ThrowsMessage<ParameterError>(HasSubstr(name)));
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (const double c : {0.0, -1.0, nan, infinity}) expect_refused([&](auto& o) { o.C = c; }, "C is");
  for (const double ratio : {-0.1, 1.1, nan}) expect_refused([&](auto& o) { o.l1_ratio = ratio; }, "l1_ratio is");
  for (const double tol : {0.0, -1.0, nan, 2.0}) expect_refused([&](auto& o) { o.tol = tol; }, "tol is");
  for (const int iterations : {0, -1, 1'000'001})
    expect_refused([&](auto& o) { o.max_iter = iterations; }, "max_iter is");
  for (const double weight : {0.0, -1.0, nan, infinity})
    expect_refused([&](auto& o) { o.class_weight = {ClassWeight::Rule::given, {1.0, weight}}; }, "class_weight is");
}

}  // namespace
}  // namespace cartwheel
