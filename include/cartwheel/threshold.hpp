#pragma once

#include <cartwheel/metrics.hpp>
#include <cstdint>
#include <span>

namespace cartwheel {

struct ThresholdOptions {
  double beta = 1.0;  ///< Of F-beta, (0, 1000]; 1 is F1.
  /// Keep the default cut unless the tuned one is better by more than one bootstrap standard error. A default cut that
  /// finds no positive at all (F = 0) is never kept where another cut finds some.
  bool guard = true;
  int bootstrap_draws = 200;  ///< [10, 100000], of the guard.
  std::uint64_t seed = 0;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

struct ThresholdChoice {
  double threshold = default_threshold;        ///< A row is a "yes" where score >= threshold.
  double tuned_threshold = default_threshold;  ///< The best cut; differs from `threshold` where the guard held.
  double tuned_f = 0.0;                        ///< F-beta at the best cut, on the scores it was chosen on.
  double default_f = 0.0;                      ///< F-beta at default_threshold.
  double standard_error = 0.0;                 ///< Bootstrap standard error of their difference; 0 without the guard.
  bool guard_held = false;                     ///< The default cut was kept although another one is best.
};

/// The cut among the distinct scores that maximises F-beta (ties: the highest cut), by one sorted sweep. Without a
/// positive no cut has an F, and the default cut stays. Use only scores that the models gave to rows they were not
/// fitted on. The same result for any number of threads.
/// @param y  0 or 1. @param score  finite; same length, in [1, 2^32]. @throws DataError, ParameterError.
/// Memory: 8 bytes a row and 24 bytes a distinct score. Time: the sort; the guard's bootstrap takes the square root of
/// the rows for each draw.
ThresholdChoice tune_threshold(std::span<const std::uint8_t> y, std::span<const double> score,
                               const ThresholdOptions& options);

}  // namespace cartwheel
