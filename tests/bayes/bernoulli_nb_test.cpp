#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "support/golden_file.hpp"
#include "support/labelled_rows.hpp"
#include "support/weighted_rows.hpp"

namespace cartwheel {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

std::string bytes_of(const Model& model) {
  core::ByteWriter out;
  model.write(out);
  return out.bytes();
}

BernoulliNB read_back(std::string_view bytes) {
  core::ByteReader in(bytes, "model");
  BernoulliNB model = BernoulliNB::read(in);
  in.expect_end();
  return model;
}

/// Four rows, of which two are positive: the smallest matrix that fits.
FeatureMatrix one_column(FeatureMatrix::Column column, std::size_t rows = 4) {
  FeatureMatrix x(rows);
  x.add("a", std::move(column));
  return x;
}
const std::vector<std::uint8_t> four_labels{0, 0, 1, 1};

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << "at " << i;
}

TEST(BernoulliNB, AgreesWithScikitLearn) {
  const auto golden = test::golden_file("bernoulli_nb/bernoulli_nb.json");
  ASSERT_EQ(golden["cases"].size(), 6u);
  for (const auto& c : golden["cases"]) {
    const auto rows = test::labelled_rows(c["x"].get<std::vector<double>>(), c["columns"].get<std::size_t>(),
                                          c["y"].get<std::vector<std::uint8_t>>());
    for (const auto& fit : c["fits"]) {
      SCOPED_TRACE(c["name"].get<std::string>() + " " + fit["settings"].dump());
      BernoulliNBOptions options;
      options.binarize = c["binarize"].is_null() ? std::nullopt : std::optional(c["binarize"].get<double>());
      options.alpha = fit["settings"].value("alpha", 1.0);
      options.fit_prior = fit["settings"].value("fit_prior", true);
      options.class_prior = fit["settings"].value("class_prior", std::vector<double>{});
      const auto model = BernoulliNB::fit(rows.matrix(), rows.y, options);
      // Our own logarithms are within 1 ulp of theirs; a row adds up to 60 of them.
      auto log_proba = model.predict_log_proba(rows.matrix());
      log_proba.resize(fit["log_proba"].size());
      expect_near(log_proba, fit["log_proba"], 1e-12);
      expect_near(model.feature_log_prob(), fit["feature_log_prob"], 1e-14);
      expect_near(model.class_log_prior(), fit["class_log_prior"], 1e-14);
    }
  }
}

/// The definition, row by row, in long double.
std::vector<double> naive_log_proba(const test::LabelledRows& rows, double alpha, double cut) {
  std::array<long double, 2> n{};
  for (const auto label : rows.y) n[label] += 1;
  std::vector<double> out;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::array<long double, 2> joint;
    for (std::size_t c = 0; c < 2; ++c) {
      joint[c] = std::log(n[c] / static_cast<long double>(rows.rows()));
      for (const auto& column : rows.columns) {
        long double with = 0;
        for (std::size_t k = 0; k < rows.rows(); ++k) with += rows.y[k] == c && static_cast<double>(column[k]) > cut;
        const long double p = (with + alpha) / (n[c] + 2 * alpha);
        joint[c] += static_cast<double>(column[i]) > cut ? std::log(p) : std::log1p(-p);
      }
    }
    const long double most = std::max(joint[0], joint[1]);
    const long double norm = most + std::log(std::exp(joint[0] - most) + std::exp(joint[1] - most));
    for (const long double j : joint) out.push_back(static_cast<double>(j - norm));
  }
  return out;
}

TEST(BernoulliNB, EqualsTheDefinition) {
  for (const std::size_t rows : {2u, 63u, 64u, 65u, 300u}) {
    const auto sample = test::random_rows(rows, rows, 7);
    BernoulliNBOptions options;
    options.alpha = 0.3;
    options.binarize = 0.25;
    expect_near(BernoulliNB::fit(sample.matrix(), sample.y, options).predict_log_proba(sample.matrix()),
                naive_log_proba(sample, 0.3, 0.25), 1e-13);
  }
}

TEST(BernoulliNB, ProbabilityIsThatOfTheLogarithm) {
  const auto sample = test::random_rows(3, 200, 5);
  const auto model = BernoulliNB::fit(sample.matrix(), sample.y);
  const auto p = model.predict_proba(sample.matrix()), log_p = model.predict_log_proba(sample.matrix());
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(p[i], std::exp(log_p[2 * i + 1]), 1e-15);
    EXPECT_NEAR(1.0, std::exp(log_p[2 * i]) + std::exp(log_p[2 * i + 1]), 1e-15);
  }
}

TEST(BernoulliNB, EveryColumnTypeCountsAlike) {
  // Values 0, 1 and 2, and missing ones, in each storage that can hold them.
  constexpr std::size_t rows = 9001;  // three blocks, the last one ragged
  test::TestRandom random(11);
  std::vector<std::uint8_t> y(rows);
  std::vector<float> dense(rows), bit_values(rows);
  SparseColumn sparse;
  BitColumn bits{std::vector<std::uint64_t>((rows + 63) / 64)};
  CategoryColumn category{std::vector<std::uint32_t>(rows), {"", "one", "two"}};
  std::vector<float> category_values(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    y[i] = random.below(3) == 0;
    const std::size_t kind = random.below(20);
    dense[i] = kind == 0 ? nothing : kind == 1 ? 2.0f : kind == 2 ? -1.0f : 0.0f;
    if (dense[i] != 0.0f) {
      sparse.rows.push_back(static_cast<std::uint32_t>(i));
      sparse.values.push_back(dense[i]);
    }
    const bool set = random.below(2) == 0;
    bit_values[i] = set;
    bits.words[i / 64] |= std::uint64_t{set} << (i % 64);
    category.codes[i] = static_cast<std::uint32_t>(random.below(3));
    category_values[i] = category.codes[i] == 0 ? nothing : static_cast<float>(category.codes[i]);
  }
  FeatureMatrix typed(rows), plain(rows);
  typed.add("sparse", sparse);
  typed.add("bits", bits);
  typed.add("category", category);
  plain.add("sparse", FloatColumn{dense});
  plain.add("bits", FloatColumn{bit_values});
  plain.add("category", FloatColumn{category_values});
  for (const double cut : {0.0, -0.5, 0.5, 1.0, 5.0}) {
    BernoulliNBOptions options;
    options.binarize = cut;
    const auto a = BernoulliNB::fit(typed, y, options), b = BernoulliNB::fit(plain, y, options);
    EXPECT_EQ(bytes_of(a), bytes_of(b)) << cut;
    EXPECT_EQ(a.predict_log_proba(typed), a.predict_log_proba(plain)) << cut;
  }
}

TEST(BernoulliNB, AMissingValueIsBitZeroAndAnIndicator) {
  FeatureMatrix x(6), explicit_x(6);
  x.add("a", FloatColumn{{1, nothing, 0, 1, nothing, nothing}});
  x.add("b", FloatColumn{{1, 0, 1, 0, 1, 0}});
  explicit_x.add("a", FloatColumn{{1, 0, 0, 1, 0, 0}});
  explicit_x.add("b", FloatColumn{{1, 0, 1, 0, 1, 0}});
  explicit_x.add("a is missing", FloatColumn{{0, 1, 0, 0, 1, 1}});
  const std::vector<std::uint8_t> y{0, 0, 0, 1, 1, 1};
  const auto model = BernoulliNB::fit(x, y), same = BernoulliNB::fit(explicit_x, y);
  EXPECT_THAT(model.feature_names(), ElementsAre("a", "b"));
  EXPECT_THAT(model.bit_names(), ElementsAre("a", "b", "a is missing"));
  EXPECT_EQ(model.feature_log_prob(), same.feature_log_prob());
  EXPECT_EQ(model.predict_log_proba(x), same.predict_log_proba(explicit_x));
}

TEST(BernoulliNB, AValueMissingOnlyAtPredictionIsBitZero) {
  const auto model = BernoulliNB::fit(one_column(FloatColumn{{1, 0, 1, 1}}), four_labels);
  EXPECT_EQ(model.predict_proba(one_column(FloatColumn{{nothing}}, 1)),
            model.predict_proba(one_column(FloatColumn{{0}}, 1)));
}

TEST(BernoulliNB, SameBytesForAnyNumberOfThreads) {
  const auto sample = test::random_rows(5, 300'000, 6);
  std::vector<std::string> bytes;
  std::vector<std::vector<double>> scores;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      const auto model = BernoulliNB::fit(sample.matrix(), sample.y);
      bytes.push_back(bytes_of(model));
      scores.push_back(model.predict_proba(sample.matrix()));
    });
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
  EXPECT_EQ(scores[0], scores[1]);
  EXPECT_EQ(scores[0], scores[2]);
}

TEST(BernoulliNB, FitEachEqualsFit) {
  const auto sample = test::random_rows(8, 500, 6);
  std::vector<BernoulliNBOptions> grid;
  for (const double alpha : {0.0, 0.1, 1.0})
    for (const double cut : {0.0, 0.5}) {
      grid.emplace_back();
      grid.back().alpha = alpha;
      grid.back().binarize = cut;
    }
  const auto models = BernoulliNB::fit_each(sample.matrix(), sample.y, grid);
  ASSERT_EQ(models.size(), grid.size());
  for (std::size_t i = 0; i < grid.size(); ++i)
    EXPECT_EQ(bytes_of(models[i]), bytes_of(BernoulliNB::fit(sample.matrix(), sample.y, grid[i])));
}

TEST(BernoulliNB, AWholeWeightIsSoManyRows) {
  auto rows = test::random_rows(9, 9001, 5);
  for (std::size_t i = 0; i < 9001; i += 9) rows.columns[1][i] = nothing;
  const auto weight = test::whole_weights(10, 9001);
  const auto repeated = test::repeat_rows(rows, weight);
  EXPECT_EQ(bytes_of(BernoulliNB::fit(rows.matrix(), rows.y, {}, weight)),
            bytes_of(BernoulliNB::fit(repeated.matrix(), repeated.y)));
}

TEST(BernoulliNB, WeightsGiveTheSameBytesForAnyNumberOfThreads) {
  constexpr std::size_t rows = 150'000;
  const auto sample = test::random_rows(12, rows, 3);
  test::TestRandom random(13);
  std::vector<double> weight(rows);
  for (double& w : weight) w = 3.0 * random.uniform();
  std::vector<std::string> bytes;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads,
                       [&] { bytes.push_back(bytes_of(BernoulliNB::fit(sample.matrix(), sample.y, {}, weight))); });
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(bytes[0], bytes[2]);
}

TEST(BernoulliNB, NoWeightedCountIsAboveItsClass) {
  // A bit that every row has: its sum must be the class's to the last digit, or 1 - P would be a rounding error.
  test::TestRandom random(14);
  auto sample = test::random_rows(15, 10'000, 1);
  std::ranges::fill(sample.columns[0], 1.0f);
  std::vector<double> weight(10'000);
  for (double& w : weight) w = random.uniform() * 1e-3 + 1e-9;
  const auto model = BernoulliNB::fit(sample.matrix(), sample.y, {}, weight);
  EXPECT_EQ(bytes_of(read_back(bytes_of(model))), bytes_of(model));
}

TEST(BernoulliNB, RefusesWeightsThatCannotCount) {
  const auto fit = [](std::vector<double> weight) {
    return [weight] { BernoulliNB::fit(one_column(FloatColumn{{1, 0, 1, 0}}), four_labels, {}, weight); };
  };
  EXPECT_THAT(fit({1, 1, 1}), ThrowsMessage<DataError>(HasSubstr("3 weights for 4 rows")));
  EXPECT_THAT(fit({1, 1, 0, 0}), ThrowsMessage<DataError>(HasSubstr("label 1 has weight 0")));
  EXPECT_THAT(fit({1, -1, 1, 1}), ThrowsMessage<DataError>(HasSubstr("row 1 is -1")));
}

TEST(BernoulliNB, NoAlphaGivesAnInfiniteOrMissingScore) {
  // Thousands of columns that are certain of opposite things: every probability underflows.
  constexpr std::size_t columns = 3000;
  FeatureMatrix x(4);
  for (std::size_t j = 0; j < columns; ++j)
    x.add(fmt::format("f{}", j), j % 2 == 0 ? FloatColumn{{1, 1, 0, 0}} : FloatColumn{{0, 1, 1, 1}});
  for (const double alpha : {0.0, 1e-300, 1e-10, 1.0, 1e100}) {
    BernoulliNBOptions options;
    options.alpha = alpha;
    const auto model = BernoulliNB::fit(x, four_labels, options);
    for (const double p : model.predict_log_proba(x)) EXPECT_TRUE(std::isfinite(p) && p <= 0.0) << alpha;
    for (const double p : model.predict_proba(x)) EXPECT_TRUE(p >= 0.0 && p <= 1.0) << alpha;
  }
}

TEST(BernoulliNB, WriteAndReadKeepEveryBit) {
  FeatureMatrix x(4);
  x.add("a", FloatColumn{{1, nothing, -1, 2}});
  x.add("b", FloatColumn{{1, 0, 0, 1}});
  BernoulliNBOptions options;
  options.class_prior = {0.3, 0.7};
  options.binarize = 0.75;
  const auto model = BernoulliNB::fit(x, four_labels, options);
  const auto copy = read_back(bytes_of(model));
  EXPECT_EQ(bytes_of(copy), bytes_of(model));
  EXPECT_EQ(copy.bit_names(), model.bit_names());
  EXPECT_EQ(copy.predict_log_proba(x), model.predict_log_proba(x));
}

TEST(BernoulliNB, DamagedBytesAreRefusedOrHarmless) {
  FeatureMatrix x(4);
  x.add("a", FloatColumn{{1, nothing, -1, 2}});
  x.add("b", FloatColumn{{1, 0, 0, 1}});
  const std::string bytes = bytes_of(BernoulliNB::fit(x, four_labels));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_back(std::string_view(bytes).substr(0, size)), DataError) << size;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try {
        const auto model = read_back(damaged);
        if (model.feature_names() != x.names()) continue;
        for (const double p : model.predict_proba(x)) EXPECT_TRUE(p >= 0.0 && p <= 1.0) << i;
      } catch (const DataError&) {
      }
    }
}

TEST(BernoulliNB, RefusesLabelsThatCannotBeLearned) {
  const auto x = one_column(FloatColumn{{1, 0, 1, 0}});
  const auto fit = [&](std::vector<std::uint8_t> y) { return [&x, y] { BernoulliNB::fit(x, y); }; };
  EXPECT_THAT(fit({1, 1, 1, 1}), ThrowsMessage<DataError>(HasSubstr("none of class 0")));
  EXPECT_THAT(fit({0, 0, 0, 0}), ThrowsMessage<DataError>(HasSubstr("none of class 1")));
  EXPECT_THAT(fit({0, 1, 1}), ThrowsMessage<DataError>(HasSubstr("3 labels for 4 rows")));
  EXPECT_THAT(fit({0, 1, 2, 1}), ThrowsMessage<DataError>(HasSubstr("row 2 is 2")));
  EXPECT_THROW(BernoulliNB::fit(FeatureMatrix(0), {}), DataError);
}

TEST(BernoulliNB, RefusesValuesWithoutABit) {
  BernoulliNBOptions options;
  options.binarize = std::nullopt;
  const auto fit = [&](FeatureMatrix::Column column) {
    return [&options, x = one_column(std::move(column))] { BernoulliNB::fit(x, four_labels, options); };
  };
  EXPECT_THAT(fit(FloatColumn{{1, 0, 0.5f, 1}}),
              ThrowsMessage<DataError>(AllOf(HasSubstr("'a'"), HasSubstr("0.5"), HasSubstr("row 2"))));
  EXPECT_THAT(fit(SparseColumn{{1, 3}, {1, -2}}),
              ThrowsMessage<DataError>(AllOf(HasSubstr("'a'"), HasSubstr("-2"), HasSubstr("row 3"))));
  EXPECT_THAT(fit(CategoryColumn{{1, 2, 0, 1}, {"", "x", "y"}}), ThrowsMessage<DataError>(HasSubstr("row 1")));
  EXPECT_NO_THROW(fit(FloatColumn{{1, 0, nothing, 1}})());

  const auto model = BernoulliNB::fit(one_column(FloatColumn{{1, 0, 0, 1}}), four_labels, options);
  EXPECT_THAT([&] { model.predict_proba(one_column(FloatColumn{{7}}, 1)); },
              ThrowsMessage<DataError>(HasSubstr("row 0")));
}

TEST(BernoulliNB, InfinityNeverReachesAModel) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(
      [&] {
        BernoulliNB::fit(one_column(FloatColumn{{1, 0, infinity, 0}}), four_labels);
      },
      ThrowsMessage<DataError>(HasSubstr("'a'")));
}

TEST(BernoulliNB, RefusesOtherColumnsThanThoseOfTheFit) {
  FeatureMatrix x(4), swapped(1), fewer(1), more(1);
  for (const char* name : {"a", "b"}) x.add(name, FloatColumn{{1, 0, 1, 0}});
  for (const char* name : {"b", "a"}) swapped.add(name, FloatColumn{{1}});
  fewer.add("a", FloatColumn{{1}});
  for (const char* name : {"a", "b", "c"}) more.add(name, FloatColumn{{1}});
  const auto model = BernoulliNB::fit(x, four_labels);
  EXPECT_THAT([&] { model.predict_proba(swapped); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("column 0 is 'b'"), HasSubstr("'a'"))));
  EXPECT_THAT([&] { model.predict_proba(fewer); }, ThrowsMessage<DataError>(HasSubstr("('b') is missing")));
  EXPECT_THAT([&] { model.predict_log_proba(more); }, ThrowsMessage<DataError>(HasSubstr("column 2 is 'c'")));
}

TEST(BernoulliNB, RefusesSettingsOutOfRange) {
  const auto fit = [](const BernoulliNBOptions& options) {
    return [options] { BernoulliNB::fit(one_column(FloatColumn{{1, 0, 1, 0}}), four_labels, options); };
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double alpha : {-0.1, 1e101, nan}) {
    BernoulliNBOptions options;
    options.alpha = alpha;
    EXPECT_THAT(fit(options), ThrowsMessage<ParameterError>(HasSubstr("alpha is")));
  }
  for (const std::vector<double>& prior : {std::vector{0.5}, {0.5, 0.6}, {0.0, 1.0}, {nan, 0.5}, {0.2, 0.3, 0.5}}) {
    BernoulliNBOptions options;
    options.class_prior = prior;
    EXPECT_THAT(fit(options), ThrowsMessage<ParameterError>(HasSubstr("class_prior")));
  }
  BernoulliNBOptions options;
  options.binarize = nan;
  EXPECT_THAT(fit(options), ThrowsMessage<ParameterError>(HasSubstr("binarize")));
}

}  // namespace
}  // namespace cartwheel
