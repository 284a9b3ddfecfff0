#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Labels with the scores that a model gave to the same rows: what every metric starts from.
namespace cartwheel::evaluation {

/// @throws DataError unless there are as many labels as scores, in [1, 2^32], each label is 0 or 1, and each score is
/// finite.
void check_scores(std::span<const std::uint8_t> y, std::span<const double> score);
/// As check_scores, and each score must be in [0, 1].
void check_probabilities(std::span<const std::uint8_t> y, std::span<const double> probability);

/// The rows that share one score.
struct ScoreGroup {
  double score = 0.0;
  std::uint64_t positives = 0, negatives = 0;
};

/// One group for each distinct score, the highest first. The scores must have been checked.
std::vector<ScoreGroup> group_by_score(std::span<const std::uint8_t> y, std::span<const double> score);

}  // namespace cartwheel::evaluation
