#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/threshold.hpp>
#include <cmath>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/scored_sample.hpp"

using namespace cartwheel;
using cartwheel::test::scored_sample;
using cartwheel::test::ScoredSample;
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
      EXPECT_EQ(choice.tuned_value, best.f);
      EXPECT_EQ(choice.tuned_value, confusion(sample.y, sample.score, choice.threshold).f_beta(beta));
      EXPECT_EQ(choice.default_value, confusion(sample.y, sample.score, default_threshold).f_beta(beta));
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
    EXPECT_EQ(choice.tuned_value, 0.0);
    EXPECT_FALSE(choice.guard_held);
  }
}

TEST(TuneThreshold, OfOneScoreForAllAnswersYesToAll) {
  const std::vector<std::uint8_t> y{0, 1, 0, 1, 0};
  const std::vector<double> score(5, 0.2);
  for (const bool guard : {false, true}) {
    const ThresholdChoice choice = tune_threshold(y, score, {.guard = guard});
    EXPECT_EQ(choice.threshold, 0.2);
    EXPECT_DOUBLE_EQ(choice.tuned_value, 2.0 * 0.4 / 1.4);
  }
}

TEST(TuneThreshold, TheGuardNeverKeepsACutThatFindsNothing) {
  // One positive in 40, and the default cut does not find it. With few draws the bootstrap error may be larger than F.
  std::vector<std::uint8_t> y(40);
  const std::vector<double> score(40, 0.1);
  y[0] = 1;
  int with_a_larger_error = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const ThresholdChoice choice = tune_threshold(y, score, {.bootstrap_draws = 10, .seed = seed});
    with_a_larger_error += choice.standard_error > choice.tuned_value;
    EXPECT_EQ(choice.default_value, 0.0);
    EXPECT_EQ(choice.threshold, 0.1);
    EXPECT_FALSE(choice.guard_held);
  }
  EXPECT_GT(with_a_larger_error, 0);
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
  ASSERT_GT(held.tuned_value, held.default_value);
  ASSERT_LT(held.tuned_value - held.default_value, held.standard_error);
  EXPECT_TRUE(held.guard_held);
  EXPECT_EQ(held.threshold, default_threshold);
  EXPECT_EQ(held.tuned_threshold, 0.6);
}

TEST(TuneThreshold, TheGuardLetsAClearGainThrough) {
  const ScoredSample sample = scored_sample(3, 5000, 0.1, 1000);
  const ThresholdChoice choice = tune_threshold(sample.y, sample.score, {});
  ASSERT_GT(choice.tuned_value - choice.default_value, 5.0 * choice.standard_error);
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

/// Every row's score as a cut, and "no" to all, by the goal's words.
double best_value_by_trying_all(const ScoredSample& sample, const ThresholdOptions& options) {
  std::vector<double> cuts = sample.score;
  cuts.push_back(2.0);
  double best = -1e300;
  for (const double cut : cuts) {
    const Confusion c = confusion(sample.y, sample.score, cut);
    const auto n = static_cast<double>(c.total());
    if (options.goal == ThresholdGoal::precision_at_recall && c.recall() >= options.recall)
      best = std::max(best, c.precision());
    if (options.goal == ThresholdGoal::recall_at_precision && c.precision() >= options.precision)
      best = std::max(best, c.recall());
    if (options.goal == ThresholdGoal::profit)
      best = std::max(best, (static_cast<double>(c.true_negative) * options.profit.true_negative +
                             static_cast<double>(c.false_positive) * options.profit.false_positive +
                             static_cast<double>(c.false_negative) * options.profit.false_negative +
                             static_cast<double>(c.true_positive) * options.profit.true_positive) /
                                n);
  }
  return best;
}

TEST_P(Threshold, MeetsItsGoalAsWellAsTheBestOfAllCuts) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const ScoredSample sample = scored_sample(seed, 60 + 7 * seed, 0.25, GetParam());
    for (ThresholdOptions options :
         {ThresholdOptions{.goal = ThresholdGoal::precision_at_recall, .recall = 0.7},
          ThresholdOptions{.goal = ThresholdGoal::recall_at_precision, .precision = 0.3},
          ThresholdOptions{.goal = ThresholdGoal::profit, .profit = {0.1, -0.7, -0.2, 2.0}},
          ThresholdOptions{.goal = ThresholdGoal::profit, .profit = {0.0, -9.0, 0.0, 1.0}}}) {
      options.guard = false;
      SCOPED_TRACE(std::string(name_of(options.goal)) + " " + std::to_string(seed));
      const ThresholdChoice choice = tune_threshold(sample.y, sample.score, options);
      const CutValue value = value_of_cut(sample.y, sample.score, choice.threshold, options);
      const double best = best_value_by_trying_all(sample, options);
      EXPECT_EQ(value.reached, best > -1e300);
      EXPECT_DOUBLE_EQ(value.value, choice.tuned_value);
      if (value.reached) {
        EXPECT_DOUBLE_EQ(value.value, best);
      }
    }
  }
}

/// What must hold whatever the goal: a finite cut, finite values, and never worse than 0.5 or a cut at 0.
TEST(ThresholdGoals, HaveAFiniteCutOnEverySampleAndNoWorseThanTheObviousOnes) {
  struct Sample {
    const char* name;
    std::vector<std::uint8_t> y;
    std::vector<double> score;
  };
  const Sample samples[] = {{"all scores equal", {0, 1, 0, 1, 0}, std::vector<double>(5, 0.2)},
                            {"all scores equal and high", {0, 1, 0, 1, 0}, std::vector<double>(5, 0.9)},
                            {"all scores 0", {0, 1, 0}, std::vector<double>(3, 0.0)},
                            {"all scores 1", {0, 1, 0}, std::vector<double>(3, 1.0)},
                            {"one positive", {0, 0, 1, 0}, {0.1, 0.3, 0.25, 0.05}},
                            {"no positive", {0, 0, 0}, {0.1, 0.9, 0.4}},
                            {"no negative", {1, 1, 1}, {0.1, 0.9, 0.4}},
                            {"one row", {1}, {0.3}}};
  for (const Sample& sample : samples)
    for (const ThresholdGoal goal : {ThresholdGoal::f_beta, ThresholdGoal::precision_at_recall,
                                     ThresholdGoal::recall_at_precision, ThresholdGoal::profit})
      for (const bool guard : {false, true}) {
        SCOPED_TRACE(std::string(sample.name) + ", " + std::string(name_of(goal)));
        const ThresholdOptions options{.goal = goal, .guard = guard};
        const ThresholdChoice choice = tune_threshold(sample.y, sample.score, options);
        ASSERT_TRUE(std::isfinite(choice.threshold));
        const CutValue value = value_of_cut(sample.y, sample.score, choice.threshold, options);
        EXPECT_TRUE(std::isfinite(value.value) && std::isfinite(value.low) && std::isfinite(value.high));
        EXPECT_LE(value.low, value.high);
        for (const double obvious : {0.0, default_threshold}) {
          const CutValue other = value_of_cut(sample.y, sample.score, obvious, options);
          if (value.reached || !other.reached) {
            EXPECT_TRUE(value.value >= other.value - choice.standard_error || value.reached > other.reached) << obvious;
          } else {
            ADD_FAILURE() << "the cut at " << obvious << " reaches what the chosen one does not";
          }
        }
        const bool all_zero = sample.score[0] == 0.0;
        EXPECT_TRUE(choice.threshold != 0.0 || all_zero) << "0.0 says yes to all, where a score says it better";
      }
}

TEST(ThresholdGoals, WhereNothingReachesTheConditionTheNearestIsTaken) {
  const std::vector<std::uint8_t> y{0, 1, 0, 0, 1};
  const std::vector<double> score{0.9, 0.8, 0.7, 0.6, 0.1};  // precision by cut: 0, 1/2, 1/3, 1/4, 2/5
  const ThresholdOptions options{.goal = ThresholdGoal::recall_at_precision, .precision = 0.9};
  const ThresholdChoice choice = tune_threshold(y, score, options);
  EXPECT_EQ(choice.threshold, 0.8);
  EXPECT_FALSE(value_of_cut(y, score, choice.threshold, options).reached);
}

TEST(ThresholdGoals, NoToAllIsACutWhereEveryYesLosesMoney) {
  const std::vector<std::uint8_t> y{0, 1, 0, 0};
  const ThresholdOptions options{.goal = ThresholdGoal::profit, .profit = {0.0, -10.0, 0.0, 1.0}};
  EXPECT_EQ(tune_threshold(y, std::vector<double>{0.4, 0.3, 0.2, 0.1}, options).threshold, default_threshold);
  const std::vector<double> high{1.0, 0.9, 0.8, 0.7};
  const double cut = tune_threshold(y, high, options).threshold;
  EXPECT_GT(cut, 1.0);
  EXPECT_EQ(confusion(y, high, cut).true_negative, 3u);
}

TEST(ValueOfCut, ItsIntervalHoldsWhatBootstrapSamplesSay) {
  const ScoredSample sample = scored_sample(3, 4000, 0.25, 1u << 30);
  const ThresholdOptions options{.bootstrap_draws = 2000, .confidence = 0.9};
  const CutValue value = value_of_cut(sample.y, sample.score, 0.4, options);
  EXPECT_EQ(value.value, confusion(sample.y, sample.score, 0.4).f1());
  // Rows drawn one by one, with other random numbers.
  core::RandomStream random(99, core::RandomPurpose::bootstrap_rows);
  std::vector<double> drawn;
  for (int draw = 0; draw < 300; ++draw) {
    Confusion counts;
    for (std::size_t i = 0; i < sample.y.size(); ++i) {
      const std::uint32_t row = random.below(static_cast<std::uint32_t>(sample.y.size()));
      const bool yes = sample.score[row] >= 0.4;
      (sample.y[row] == 1 ? (yes ? counts.true_positive : counts.false_negative)
                          : (yes ? counts.false_positive : counts.true_negative))++;
    }
    drawn.push_back(counts.f1());
  }
  std::ranges::sort(drawn);
  const double width = value.high - value.low;
  EXPECT_NEAR(value.low, drawn[15], 0.2 * width);
  EXPECT_NEAR(value.high, drawn[284], 0.2 * width);
}

TEST(ThresholdOptions, OutOfRangeAreRefused) {
  const std::vector<std::uint8_t> y{0, 1};
  const std::vector<double> score{0.1, 0.9};
  const auto message = [&](const ThresholdOptions& options) {
    try {
      tune_threshold(y, score, options);
    } catch (const ParameterError& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_THAT(message({.recall = 0.0}), HasSubstr("recall of the threshold is 0"));
  EXPECT_THAT(message({.precision = 1.5}), HasSubstr("precision of the threshold is 1.5"));
  EXPECT_THAT(message({.profit = {0.0, std::nan(""), 0.0, 0.0}}), HasSubstr("profit matrix"));
  EXPECT_THAT(message({.confidence = 1.0}), HasSubstr("confidence of the threshold is 1"));
}

}  // namespace
