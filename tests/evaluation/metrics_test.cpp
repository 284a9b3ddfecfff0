#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/parallel.hpp"
#include "support/scored_sample.hpp"

using namespace cartwheel;
using cartwheel::support::scored_sample;
using cartwheel::support::ScoredSample;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

// Both sides sum at most 500 doubles of size 1 in different orders.
constexpr double tolerance = 1e-12;

nlohmann::json golden() {
  std::ifstream file(CARTWHEEL_GOLDEN_DIR "/metrics/metrics.json");
  return nlohmann::json::parse(file);
}

/// The definition: every pair of a positive and a negative.
double auc_by_pairs(const ScoredSample& sample) {
  double in_order = 0.0, pairs = 0.0;
  for (std::size_t i = 0; i < sample.y.size(); ++i)
    for (std::size_t j = 0; j < sample.y.size(); ++j)
      if (sample.y[i] == 1 && sample.y[j] == 0) {
        pairs += 1.0;
        in_order += sample.score[i] > sample.score[j] ? 1.0 : sample.score[i] == sample.score[j] ? 0.5 : 0.0;
      }
  return in_order / pairs;
}

/// The definition: one confusion for each distinct score.
double average_precision_by_cuts(const ScoredSample& sample) {
  const std::set<double, std::greater<>> cuts(sample.score.begin(), sample.score.end());
  double area = 0.0, recall = 0.0;
  for (const double cut : cuts) {
    const Confusion counts = confusion(sample.y, sample.score, cut);
    area += (counts.recall() - recall) * counts.precision();
    recall = counts.recall();
  }
  return area;
}

TEST(Metrics, AgreeWithScikitLearn) {
  for (const auto& example : golden().at("cases")) {
    SCOPED_TRACE(example.at("name").get<std::string>());
    const auto y = example.at("y").get<std::vector<std::uint8_t>>();
    const auto score = example.at("score").get<std::vector<double>>();
    EXPECT_NEAR(average_precision(y, score), example.at("average_precision").get<double>(), tolerance);
    EXPECT_NEAR(log_loss(y, score), example.at("log_loss").get<double>(), tolerance);
    EXPECT_NEAR(brier_score(y, score), example.at("brier").get<double>(), tolerance);
    const std::optional<double> auc = roc_auc(y, score);
    ASSERT_EQ(auc.has_value(), !example.at("roc_auc").is_null());
    if (auc) {
      EXPECT_NEAR(*auc, example.at("roc_auc").get<double>(), tolerance);
    }
    for (const auto& cut : example.at("cuts")) {
      const double threshold = cut.at("threshold").is_null() ? default_threshold : cut.at("threshold").get<double>();
      SCOPED_TRACE(threshold);
      const Confusion counts = confusion(y, score, threshold);
      const auto expected = cut.at("confusion").get<std::vector<std::uint64_t>>();
      EXPECT_EQ(counts, (Confusion{expected[0], expected[1], expected[2], expected[3]}));
      EXPECT_NEAR(counts.precision(), cut.at("precision").get<double>(), tolerance);
      EXPECT_NEAR(counts.recall(), cut.at("recall").get<double>(), tolerance);
      EXPECT_NEAR(counts.f1(), cut.at("f1").get<double>(), tolerance);
      EXPECT_NEAR(counts.f_beta(0.5), cut.at("f_half").get<double>(), tolerance);
      EXPECT_NEAR(counts.f_beta(2.0), cut.at("f_2").get<double>(), tolerance);
      EXPECT_NEAR(counts.accuracy(), cut.at("accuracy").get<double>(), tolerance);
    }
  }
}

class MetricLaws : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  const ScoredSample sample = scored_sample(GetParam(), 400, 0.3, GetParam());
};

TEST_P(MetricLaws, AucEqualsTheCountOfPairs) {
  EXPECT_NEAR(roc_auc(sample.y, sample.score).value(), auc_by_pairs(sample), tolerance);
}

TEST_P(MetricLaws, AveragePrecisionEqualsTheSumOverCuts) {
  EXPECT_NEAR(average_precision(sample.y, sample.score), average_precision_by_cuts(sample), tolerance);
}

TEST_P(MetricLaws, AucOfTurnedScoresIsTheComplement) {
  std::vector<double> turned = sample.score;
  for (double& score : turned) score = -score;
  EXPECT_NEAR(roc_auc(sample.y, turned).value(), 1.0 - roc_auc(sample.y, sample.score).value(), tolerance);
}

TEST_P(MetricLaws, RankingMetricsIgnoreTheOrderOfRows) {
  ScoredSample turned = sample;
  std::ranges::reverse(turned.y);
  std::ranges::reverse(turned.score);
  EXPECT_EQ(roc_auc(turned.y, turned.score), roc_auc(sample.y, sample.score));
  EXPECT_EQ(average_precision(turned.y, turned.score), average_precision(sample.y, sample.score));
}

INSTANTIATE_TEST_SUITE_P(DistinctScores, MetricLaws, ::testing::Values(1u, 2u, 7u, 100u, 1u << 30));

TEST(Metrics, DoNotDependOnTheNumberOfThreads) {
  const ScoredSample sample = scored_sample(5, 20'000, 0.3, 1u << 30);
  const double loss = log_loss(sample.y, sample.score), brier = brier_score(sample.y, sample.score);
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      EXPECT_EQ(log_loss(sample.y, sample.score), loss);
      EXPECT_EQ(brier_score(sample.y, sample.score), brier);
    });
}

TEST(Metrics, AucOfManyRowsDoesNotOverflow) {
  // 10^5 x 10^5 pairs do not fit 32 bits.
  std::vector<std::uint8_t> y(200'000);
  std::vector<double> score(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = static_cast<std::uint8_t>(i % 2);
    score[i] = y[i] == 1 && i > 2 ? 1.0 : 0.0;  // the first positive ties with all negatives
  }
  EXPECT_DOUBLE_EQ(roc_auc(y, score).value(), 1.0 - 0.5 / 100'000);
}

TEST(Metrics, AHalfIsANo) {
  EXPECT_GT(default_threshold, 0.5);
  EXPECT_EQ(default_threshold, std::nextafter(0.5, 1.0));
  const std::vector<std::uint8_t> y{1, 1};
  const std::vector<double> score{0.5, std::nextafter(0.5, 1.0)};
  EXPECT_EQ(confusion(y, score, default_threshold), (Confusion{0, 0, 1, 1}));
}

TEST(Metrics, ZeroAndMinusZeroAreOneScore) {
  const std::vector<std::uint8_t> y{1, 0};
  EXPECT_EQ(roc_auc(y, std::vector<double>{0.0, -0.0}), 0.5);
  EXPECT_EQ(roc_auc(y, std::vector<double>{-0.0, 0.0}), 0.5);
}

TEST(Metrics, AnEmptyConfusionHasNoNaN) {
  const Confusion none;
  EXPECT_EQ(none.precision(), 0.0);
  EXPECT_EQ(none.recall(), 0.0);
  EXPECT_EQ(none.f1(), 0.0);
  EXPECT_EQ(none.accuracy(), 0.0);
}

TEST(Metrics, BetaOutOfRangeIsRefused) {
  for (const double beta : {0.0, -1.0, 1000.5, std::nan("")})
    EXPECT_THROW(Confusion{}.f_beta(beta), ParameterError) << beta;
}

TEST(Metrics, BadInputIsRefusedByRow) {
  const std::vector<std::uint8_t> y{0, 1, 1};
  const std::vector<double> score{0.1, 0.2, 0.3};
  const double infinity = std::numeric_limits<double>::infinity();
  const auto message = [](const char* part) { return ThrowsMessage<DataError>(HasSubstr(part)); };
  EXPECT_THAT([&] { roc_auc(y, std::vector<double>{0.1, 0.2}); }, message("3 labels but 2 scores"));
  EXPECT_THAT([&] { roc_auc({}, {}); }, message("no rows"));
  EXPECT_THAT([&] { roc_auc(y, std::vector<double>{0.1, std::nan(""), 0.3}); }, message("row 1"));
  EXPECT_THAT([&] { average_precision(y, std::vector<double>{0.1, 0.2, infinity}); }, message("row 2"));
  EXPECT_THAT([&] { confusion(std::vector<std::uint8_t>{0, 1, 2}, score, 0.5); }, message("the label is 2"));
  EXPECT_THAT([&] { confusion(y, score, std::nan("")); }, message("threshold"));
  EXPECT_THAT([&] { log_loss(y, std::vector<double>{0.1, 0.2, 1.5}); }, message("[0, 1]"));
  EXPECT_THAT([&] { brier_score(y, std::vector<double>{-0.1, 0.2, 0.5}); }, message("row 0"));
}

}  // namespace
