#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/threshold_sweep.hpp>
#include <set>

#include "support/scored_sample.hpp"

namespace cartwheel {
namespace {

class ThresholdSweepLaws : public ::testing::TestWithParam<std::uint32_t> {
 protected:
  const test::ScoredSample sample_ = test::scored_sample(3, 5000, 0.3, GetParam());
};

TEST_P(ThresholdSweepLaws, EveryCutsCountsAreThoseOfItsThreshold) {
  const ThresholdSweep sweep = sweep_thresholds(sample_.y, sample_.score, 60, {});
  EXPECT_EQ(sweep.rows, 5000u);
  for (const CutCounts& cut : sweep.cuts)
    EXPECT_EQ(sweep.confusion(cut), confusion(sample_.y, sample_.score, cut.threshold)) << cut.threshold;
}

TEST_P(ThresholdSweepLaws, ThereAreFewCutsFromNoToAllToYesToAll) {
  const ThresholdSweep sweep = sweep_thresholds(sample_.y, sample_.score, 60, {});
  EXPECT_LE(sweep.cuts.size(), 63u);
  EXPECT_EQ(sweep.cuts.front().true_positive + sweep.cuts.front().false_positive, 0u);
  EXPECT_EQ(sweep.cuts.back().true_positive, sweep.positives);
  EXPECT_EQ(sweep.cuts.back().false_positive, sweep.rows - sweep.positives);
  EXPECT_TRUE(std::ranges::is_sorted(sweep.cuts, std::greater<>(), &CutCounts::threshold));
}

INSTANTIATE_TEST_SUITE_P(Levels, ThresholdSweepLaws, ::testing::Values(1u, 7u, 50u, 1'000'000u),
                         ::testing::PrintToStringParamName());

TEST(ThresholdSweep, HasAllDistinctScoresWhereTheyAreFew) {
  const test::ScoredSample sample = test::scored_sample(1, 2000, 0.4, 40);
  const std::set<double> scores(sample.score.begin(), sample.score.end());
  EXPECT_EQ(sweep_thresholds(sample.y, sample.score, 100, {}).cuts.size(), scores.size() + 1);
}

TEST(ThresholdSweep, KeepsWantedThresholdsToTheBit) {
  const test::ScoredSample sample = test::scored_sample(1, 2000, 0.4, 1'000'000);
  const std::vector<double> wanted{default_threshold, 0.123456789012345, 7.0};
  const ThresholdSweep sweep = sweep_thresholds(sample.y, sample.score, 10, wanted);
  for (const double threshold : wanted) {
    const auto found = std::ranges::find(sweep.cuts, threshold, &CutCounts::threshold);
    ASSERT_NE(found, sweep.cuts.end());
    EXPECT_EQ(sweep.confusion(*found), confusion(sample.y, sample.score, threshold));
  }
}

TEST(ThresholdSweep, ShortensThresholdsWithoutAChangeOfDecisions) {
  const std::vector<std::uint8_t> y{0, 1, 1};
  const std::vector<double> score{0.1234567, 0.3751, 0.8812};
  std::vector<double> thresholds;
  for (const CutCounts& cut : sweep_thresholds(y, score, 10, {}).cuts) thresholds.push_back(cut.threshold);
  EXPECT_THAT(thresholds, ::testing::ElementsAre(1.0, 0.8, 0.3, 0.0));
}

TEST(ThresholdSweep, OneRowAndOneClassAreFine) {
  const std::vector<std::uint8_t> y{0};
  const std::vector<double> score{1.0};
  const ThresholdSweep sweep = sweep_thresholds(y, score, 10, {});
  ASSERT_EQ(sweep.cuts.size(), 1u);
  EXPECT_EQ(sweep.confusion(sweep.cuts[0]), (Confusion{0, 1, 0, 0}));
}

TEST(ThresholdSweep, RefusesWhatIsNoProbabilityAndTooFewPoints) {
  const std::vector<std::uint8_t> y{0};
  const std::vector<double> high{1.5}, fine{0.5};
  EXPECT_THROW(sweep_thresholds(y, high, 10, {}), DataError);
  EXPECT_THROW(sweep_thresholds(y, fine, 1, {}), ParameterError);
}

}  // namespace
}  // namespace cartwheel
