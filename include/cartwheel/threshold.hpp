#pragma once

#include <cartwheel/metrics.hpp>
#include <cstdint>
#include <span>
#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

/// What a cut is chosen for.
enum class ThresholdGoal : std::uint8_t {
  f_beta,               ///< The highest F-beta.
  precision_at_recall,  ///< The highest precision among cuts with at least a given recall.
  recall_at_precision,  ///< The highest recall among cuts with at least a given precision.
  profit,               ///< The highest mean profit a row.
};
std::string_view name_of(ThresholdGoal goal);

/// What one row brings, by its label and the decision; any finite numbers.
struct ProfitMatrix {
  double true_negative = 0.0, false_positive = -1.0, false_negative = 0.0, true_positive = 1.0;
};

struct ThresholdOptions {
  ThresholdGoal goal = ThresholdGoal::f_beta;
  double beta = 1.0;       ///< Of F-beta, (0, 1000]; 1 is F1.
  double recall = 0.8;     ///< (0, 1], of precision_at_recall.
  double precision = 0.5;  ///< (0, 1], of recall_at_precision.
  ProfitMatrix profit{};
  /// Keep the default cut unless the tuned one is better by more than one bootstrap standard error. Never kept are a
  /// default cut that finds no positive at all (F-beta = 0) where another cut finds some, and one that misses the
  /// condition of a goal that has one.
  bool guard = true;
  int bootstrap_draws = 200;  ///< [10, 100000], of the guard and of intervals.
  double confidence = 0.95;   ///< [0.5, 0.999], of intervals.
  std::uint64_t seed = 0;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// How well a cut does by the goal, on some rows.
struct CutValue {
  double value = 0.0;            ///< F-beta, precision, recall, or mean profit a row.
  bool reached = true;           ///< Whether the goal's condition holds (the given recall or precision).
  double low = 0.0, high = 0.0;  ///< Percentile interval of the value over bootstrap samples of the rows.
};

struct ThresholdChoice {
  double threshold = default_threshold;        ///< A row is a "yes" where score >= threshold.
  double tuned_threshold = default_threshold;  ///< The best cut; differs from `threshold` where the guard held.
  double tuned_value = 0.0;                    ///< The goal's value at the best cut, on the scores it was chosen on.
  double default_value = 0.0;                  ///< The goal's value at default_threshold.
  double standard_error = 0.0;                 ///< Bootstrap standard error of their difference; 0 without the guard.
  bool guard_held = false;                     ///< The default cut was kept although another one is best.
};

/// The cut among the distinct scores that is best by the goal (ties: of a goal with a condition the cut that exceeds it
/// more, then the highest cut), by one sorted sweep. Where no cut meets the condition, the one that comes nearest to
/// it. Without a positive no cut has an F, a precision or a recall, and the default cut stays. Where "no" to all brings
/// the highest profit, the cut is the default one if that says so, else just above the highest score. Use only scores
/// that the models gave to rows they were not fitted on. The same result for any number of threads.
/// @param y  0 or 1. @param score  finite; same length, in [1, 2^32]. @throws DataError, ParameterError.
/// Memory: 8 bytes a row and 24 bytes a distinct score. Time: the sort; the guard's bootstrap takes the square root of
/// the rows for each draw.
ThresholdChoice tune_threshold(std::span<const std::uint8_t> y, std::span<const double> score,
                               const ThresholdOptions& options);

/// How well a given cut does. The interval resamples rows with the cut as it is (Efron, "Bootstrap Methods: Another
/// Look at the Jackknife", 1979): on the rows that the cut was chosen on it says nothing of the choice's own luck.
/// @throws as tune_threshold, and DataError if the threshold is not a number.
CutValue value_of_cut(std::span<const std::uint8_t> y, std::span<const double> score, double threshold,
                      const ThresholdOptions& options);

}  // namespace cartwheel
