#include "evaluation/labelled_scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cmath>
#include <functional>

namespace cartwheel::evaluation {
namespace {

/// 2^32 rows keep every product of two counts within 64 bits.
constexpr std::uint64_t max_rows = std::uint64_t{1} << 32;

void check_in_range(std::span<const double> score, double low, double high, const char* wanted) {
  for (std::size_t i = 0; i < score.size(); ++i)
    if (!std::isfinite(score[i]) || score[i] < low || score[i] > high)
      throw DataError(fmt::format("row {}: the score is {}; it must be {}", i, score[i], wanted));
}

void check_labels(std::span<const std::uint8_t> y, std::span<const double> score) {
  if (y.size() != score.size())
    throw DataError(
        fmt::format("there are {} labels but {} scores; each row needs one of both", y.size(), score.size()));
  if (y.empty()) throw DataError("there are no rows to evaluate; give at least one label and score");
  if (y.size() > max_rows) throw DataError(fmt::format("there are {} rows to evaluate; at most 2^32 can be", y.size()));
  for (std::size_t i = 0; i < y.size(); ++i)
    if (y[i] > 1) throw DataError(fmt::format("row {}: the label is {}; it must be 0 or 1", i, y[i]));
}

}  // namespace

void check_scores(std::span<const std::uint8_t> y, std::span<const double> score) {
  check_labels(y, score);
  constexpr double largest = std::numeric_limits<double>::max();
  check_in_range(score, -largest, largest, "a finite number");
}

void check_probabilities(std::span<const std::uint8_t> y, std::span<const double> probability) {
  check_labels(y, probability);
  check_in_range(probability, 0.0, 1.0, "a probability, in [0, 1]");
}

std::vector<ScoreGroup> group_by_score(std::span<const std::uint8_t> y, std::span<const double> score) {
  // The scores of each class, sorted by themselves and merged, take half the memory of sorted (score, label) pairs.
  std::array<std::vector<double>, 2> of_class;
  const auto positives = static_cast<std::size_t>(std::ranges::count(y, std::uint8_t{1}));
  of_class[0].reserve(y.size() - positives);
  of_class[1].reserve(positives);
  for (std::size_t i = 0; i < y.size(); ++i) of_class[y[i]].push_back(score[i] + 0.0);  // -0.0 becomes 0.0
  for (auto& scores : of_class) std::ranges::sort(scores, std::greater<>());

  const auto& [negative, positive] = of_class;
  std::vector<ScoreGroup> groups;
  std::size_t n = 0, p = 0;
  while (n < negative.size() || p < positive.size()) {
    const bool positive_next = n == negative.size() || (p < positive.size() && positive[p] >= negative[n]);
    ScoreGroup group{positive_next ? positive[p] : negative[n], 0, 0};
    for (; p < positive.size() && positive[p] == group.score; ++p) ++group.positives;
    for (; n < negative.size() && negative[n] == group.score; ++n) ++group.negatives;
    groups.push_back(group);
  }
  return groups;
}

}  // namespace cartwheel::evaluation
