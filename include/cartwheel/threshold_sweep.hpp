#pragma once

#include <cartwheel/metrics.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// The "yes" decisions at one cut.
struct CutCounts {
  double threshold = 0.0;  ///< A row is a "yes" where score >= threshold.
  std::uint64_t true_positive = 0, false_positive = 0;
};

/// What decisions come to at many cuts: the curves of precision, recall, gain and profit go through these points.
struct ThresholdSweep {
  std::uint64_t rows = 0, positives = 0;
  std::vector<CutCounts> cuts;  ///< Thresholds decrease, so counts do not.

  Confusion confusion(const CutCounts& cut) const {
    return {rows - positives - cut.false_positive, cut.false_positive, positives - cut.true_positive,
            cut.true_positive};
  }
};

/// Exact counts at some of all cuts that there are: all where distinct scores are at most `points`, else half of them
/// at even steps of the share of rows that are a "yes", and half at even steps of the score. All lie in the sweep of
/// the `wanted` thresholds, unchanged; of others the text is as short as can be without a change of any decision (0.38,
/// say, where no score lies between 0.375 and 0.3812). "No" to all is among them where scores stay below 1.
/// @param y  0 or 1. @param score  in [0, 1], of equal length, in [1, 2^32]. @param points  [2, 100000].
/// @throws DataError, ParameterError. Time: a sort. Memory: as tune_threshold.
ThresholdSweep sweep_thresholds(std::span<const std::uint8_t> y, std::span<const double> score, std::size_t points,
                                std::span<const double> wanted);

}  // namespace cartwheel
