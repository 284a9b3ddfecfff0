#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/threshold_sweep.hpp>
#include <cmath>

#include "evaluation/labelled_scores.hpp"

namespace cartwheel {
namespace {

using evaluation::ScoreGroup;

/// A number in (low, high] with as few decimals as may be.
double shortest_between(double low, double high) {
  double scale = 1.0;
  for (int decimals = 0; decimals <= 15; ++decimals, scale *= 10.0) {
    const double candidate = std::floor(high * scale) / scale;
    if (candidate > low && candidate <= high) return candidate;
  }
  return high;
}

/// Counts where all rows down to some group are a "yes"; groups are in order of falling scores.
class CountsByGroup {
 public:
  explicit CountsByGroup(std::span<const ScoreGroup> groups) : groups_(groups), counts_{{}} {
    for (const ScoreGroup& group : groups)
      counts_.push_back(
          {0.0, counts_.back().true_positive + group.positives, counts_.back().false_positive + group.negatives});
  }
  /// Of a "yes" to the first so many groups, at the shortest threshold that says so.
  CutCounts first(std::size_t count) const {
    CutCounts cut = counts_[count];
    const double below = count < groups_.size() ? groups_[count].score : -1.0;
    cut.threshold = shortest_between(below, count == 0 ? 1.0 : groups_[count - 1].score);
    return cut;
  }
  CutCounts at(double threshold) const {
    const auto end =
        std::ranges::partition_point(groups_, [&](const ScoreGroup& group) { return group.score >= threshold; });
    CutCounts cut = counts_[static_cast<std::size_t>(end - groups_.begin())];
    cut.threshold = threshold;
    return cut;
  }
  std::uint64_t yes(std::size_t count) const { return counts_[count].true_positive + counts_[count].false_positive; }

 private:
  std::span<const ScoreGroup> groups_;
  std::vector<CutCounts> counts_;  ///< [groups + 1]
};

/// How many groups say "yes" at each cut that is kept, increasing.
std::vector<std::size_t> chosen_cuts(std::span<const ScoreGroup> groups, const CountsByGroup& counts,
                                     std::size_t points) {
  const auto steps = static_cast<double>(points / 2);
  const auto rows = static_cast<double>(counts.yes(groups.size()));
  const double highest = groups.front().score, width = highest - groups.back().score;
  double next_rank = 0.0, next_score = highest;
  std::vector<std::size_t> chosen;
  for (std::size_t count = 1; count <= groups.size(); ++count) {
    const double rank = static_cast<double>(counts.yes(count)), score = groups[count - 1].score;
    const bool keep = groups.size() <= points || count == groups.size() || rank >= next_rank || score <= next_score;
    if (!keep) continue;
    chosen.push_back(count);
    if (rank >= next_rank) next_rank = (std::floor(rank / rows * steps) + 1.0) * rows / steps;
    if (score <= next_score && width > 0.0)
      next_score = highest - (std::floor((highest - score) / width * steps) + 1.0) * width / steps;
  }
  return chosen;
}

}  // namespace

ThresholdSweep sweep_thresholds(std::span<const std::uint8_t> y, std::span<const double> score, std::size_t points,
                                std::span<const double> wanted) {
  if (points < 2 || points > 100'000)
    throw ParameterError(fmt::format("points is {}; it must be in [2, 100000]", points));
  evaluation::check_probabilities(y, score);
  const std::vector<ScoreGroup> groups = evaluation::group_by_score(y, score);
  const CountsByGroup counts(groups);
  ThresholdSweep sweep{y.size(), static_cast<std::uint64_t>(std::ranges::count(y, std::uint8_t{1})), {}};
  for (const double threshold : wanted) sweep.cuts.push_back(counts.at(threshold));
  if (groups.front().score < 1.0) sweep.cuts.push_back(counts.first(0));
  for (const std::size_t count : chosen_cuts(groups, counts, points)) sweep.cuts.push_back(counts.first(count));
  std::ranges::sort(sweep.cuts, std::greater<>(), &CutCounts::threshold);
  const auto repeated = std::ranges::unique(sweep.cuts, {}, &CutCounts::threshold);
  sweep.cuts.erase(repeated.begin(), repeated.end());
  return sweep;
}

}  // namespace cartwheel
