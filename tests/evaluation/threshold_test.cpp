#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/threshold.hpp>
#include <cmath>

#include "core/parallel.hpp"
#include "support/scored_sample.hpp"

using namespace cartwheel;
using cartwheel::support::scored_sample;
using cartwheel::support::ScoredSample;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

ThresholdOptions without_guard(double beta = 1.0) { return {.beta = beta, .guard = false}; }

struct Cut {
  double threshold, f;
};

/// Every row's score as a cut, the highest first: the first of the best.
Cut best_cut_by_trying_all(const ScoredSample& sample, double beta) {
  std::vector<double> cuts = sample.score;
  std::ranges::sort(cuts, std::greater<>());
  Cut best{default_threshold, 0.0};
  for (const double cut : cuts) {
    const double f = confusion(sample.y, sample.score, cut).f_beta(beta);
    if (f > best.f) best = {cut, f};
  }
  return best;
}

/// The bootstrap as a textbook has it: rows drawn one by one, with replacement, with other random numbers.
double standard_error_by_drawing_rows(const ScoredSample& sample, double tuned, int draws) {
  core::RandomStream random(99, core::RandomPurpose::bootstrap_rows);
  double sum = 0.0, squares = 0.0;
  for (int draw = 0; draw < draws; ++draw) {
    ScoredSample drawn;
    for (std::size_t i = 0; i < sample.y.size(); ++i) {
      const std::uint32_t row = random.below(static_cast<std::uint32_t>(sample.y.size()));
      drawn.y.push_back(sample.y[row]);
      drawn.score.push_back(sample.score[row]);
    }
    const double difference =
        confusion(drawn.y, drawn.score, tuned).f1() - confusion(drawn.y, drawn.score, default_threshold).f1();
    sum += difference;
    squares += difference * difference;
  }
  return std::sqrt((squares - sum * sum / draws) / (draws - 1));
}

class Threshold : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(Threshold, EqualsTheBestOfAllCuts) {
  for (std::uint64_t seed = 0; seed < 30; ++seed)
    for (const double beta : {0.5, 1.0, 1.7, 2.0}) {
      SCOPED_TRACE(seed);
      const ScoredSample sample = scored_sample(seed, 60 + 7 * seed, 0.25, GetParam());
      const Cut best = best_cut_by_trying_all(sample, beta);
      const ThresholdChoice choice = tune_threshold(sample.y, sample.score, without_guard(beta));
      EXPECT_EQ(choice.threshold, best.threshold);
      EXPECT_EQ(choice.tuned_threshold, best.threshold);
      EXPECT_EQ(choice.tuned_f, best.f);
      EXPECT_EQ(choice.tuned_f, confusion(sample.y, sample.score, choice.threshold).f_beta(beta));
      EXPECT_EQ(choice.default_f, confusion(sample.y, sample.score, default_threshold).f_beta(beta));
      EXPECT_FALSE(choice.guard_held);
    }
}
INSTANTIATE_TEST_SUITE_P(DistinctScores, Threshold, ::testing::Values(1u, 3u, 20u, 1u << 30));

TEST(TuneThreshold, TakesTheHighestOfEqualCuts) {
  // F1 = 2/3 at cut 0.8 (1 hit, 1 miss), and again at 0.2 (2 hits, 2 false alarms).
  const std::vector<std::uint8_t> y{1, 0, 0, 1};
  const std::vector<double> score{0.8, 0.6, 0.4, 0.2};
  EXPECT_EQ(tune_threshold(y, score, without_guard()).threshold, 0.8);
}

TEST(TuneThreshold, WithoutAPositiveTheDefaultStays) {
  const std::vector<std::uint8_t> y{0, 0, 0};
  const std::vector<double> score{0.1, 0.9, 0.4};
  for (const bool guard : {false, true}) {
    const ThresholdChoice choice = tune_threshold(y, score, {.guard = guard});
    EXPECT_EQ(choice.threshold, default_threshold);
    EXPECT_EQ(choice.tuned_f, 0.0);
    EXPECT_FALSE(choice.guard_held);
  }
}

TEST(TuneThreshold, OfOneScoreForAllAnswersYesToAll) {
  const std::vector<std::uint8_t> y{0, 1, 0, 1, 0};
  const std::vector<double> score(5, 0.2);
  for (const bool guard : {false, true}) {
    const ThresholdChoice choice = tune_threshold(y, score, {.guard = guard});
    EXPECT_EQ(choice.threshold, 0.2);
    EXPECT_DOUBLE_EQ(choice.tuned_f, 2.0 * 0.4 / 1.4);
  }
}

TEST(TuneThreshold, TheGuardNeverKeepsACutThatFindsNothing) {
  // One positive in 40: the bootstrap error is large, but the default cut finds no positive at all.
  std::vector<std::uint8_t> y(40);
  std::vector<double> score(40, 0.1);
  y[0] = 1;
  score[0] = score[1] = score[2] = score[3] = 0.3;
  const ThresholdChoice choice = tune_threshold(y, score, {});
  EXPECT_EQ(choice.default_f, 0.0);
  EXPECT_EQ(choice.threshold, 0.3);
  EXPECT_FALSE(choice.guard_held);
}

TEST(TuneThreshold, TheGuardHoldsAgainstNoise) {
  // A fifth of the rows are undecided, at 0.6. Three rows at 0.55 are all that parts the best cut from the default one.
  ScoredSample sample = scored_sample(1, 300, 0.6, 1);
  for (std::size_t i = 0; i < sample.y.size(); ++i) sample.score[i] = i % 5 == 0 ? 0.6 : sample.y[i] == 1 ? 0.8 : 0.1;
  for (const std::size_t i : {1, 2, 3}) {
    sample.y[i] = i == 1 ? 1 : 0;
    sample.score[i] = 0.55;
  }
  ASSERT_EQ(tune_threshold(sample.y, sample.score, without_guard()).threshold, 0.6);
  const ThresholdChoice held = tune_threshold(sample.y, sample.score, {});
  ASSERT_GT(held.tuned_f, held.default_f);
  ASSERT_LT(held.tuned_f - held.default_f, held.standard_error);
  EXPECT_TRUE(held.guard_held);
  EXPECT_EQ(held.threshold, default_threshold);
  EXPECT_EQ(held.tuned_threshold, 0.6);
}

TEST(TuneThreshold, TheGuardLetsAClearGainThrough) {
  const ScoredSample sample = scored_sample(3, 5000, 0.1, 1000);
  const ThresholdChoice choice = tune_threshold(sample.y, sample.score, {});
  ASSERT_GT(choice.tuned_f - choice.default_f, 5.0 * choice.standard_error);
  EXPECT_FALSE(choice.guard_held);
  EXPECT_EQ(choice.threshold, choice.tuned_threshold);
}

TEST(TuneThreshold, TheStandardErrorIsThatOfDrawingRows) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const ScoredSample sample = scored_sample(seed, 400, 0.2 + 0.1 * static_cast<double>(seed), 50);
    const ThresholdChoice choice = tune_threshold(sample.y, sample.score, {.bootstrap_draws = 5000, .seed = seed});
    const double expected = standard_error_by_drawing_rows(sample, choice.tuned_threshold, 2000);
    ASSERT_GT(expected, 0.0);
    EXPECT_NEAR(choice.standard_error, expected, 0.1 * expected) << seed;  // 2000 draws know it to about 2%
  }
}

TEST(TuneThreshold, DependsOnTheSeedAndNotOnThreads) {
  const ScoredSample sample = scored_sample(8, 3000, 0.3, 200);
  const auto standard_error = [&](std::uint64_t seed) {
    return tune_threshold(sample.y, sample.score, {.seed = seed}).standard_error;
  };
  const double expected = standard_error(1);
  EXPECT_NE(standard_error(2), expected);
  for (const int threads : {1, 2, 7}) core::with_threads(threads, [&] { EXPECT_EQ(standard_error(1), expected); });
}

TEST(TuneThreshold, BadOptionsAreRefused) {
  const std::vector<std::uint8_t> y{0, 1};
  const std::vector<double> score{0.1, 0.2};
  const auto tune = [&](const ThresholdOptions& options) {
    return [&, options] { tune_threshold(y, score, options); };
  };
  const auto message = [](const char* part) { return ThrowsMessage<ParameterError>(HasSubstr(part)); };
  EXPECT_THAT(tune({.beta = 0.0}), message("beta"));
  EXPECT_THAT(tune({.beta = std::nan("")}), message("beta"));
  EXPECT_THAT(tune({.bootstrap_draws = 9}), message("bootstrap_draws"));
  EXPECT_THROW(tune_threshold(y, std::vector<double>{0.1}, {}), DataError);
}

}  // namespace
