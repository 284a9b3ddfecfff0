#include "evaluation/cut_goal.hpp"

#include <fmt/format.h>

#include <array>
#include <cartwheel/error.hpp>
#include <tuple>

namespace cartwheel {

std::string_view name_of(ThresholdGoal goal) {
  constexpr std::array<std::string_view, 4> names{"f_beta", "precision_at_recall", "recall_at_precision", "profit"};
  const auto number = static_cast<std::size_t>(goal);
  if (number >= names.size()) throw ParameterError(fmt::format("threshold goal {} does not exist", number));
  return names[number];
}

namespace evaluation {

GoalValue goal_value(const Confusion& counts, const ThresholdOptions& options) {
  switch (options.goal) {
    case ThresholdGoal::f_beta:
      return {true, counts.f_beta(options.beta), 0.0};
    case ThresholdGoal::precision_at_recall:
      return {counts.recall() >= options.recall, counts.precision(), counts.recall()};
    case ThresholdGoal::recall_at_precision:
      return {counts.precision() >= options.precision, counts.recall(), counts.precision()};
    case ThresholdGoal::profit: {
      const auto part = [](std::uint64_t rows, double profit) { return static_cast<double>(rows) * profit; };
      const double sum = part(counts.true_negative, options.profit.true_negative) +
                         part(counts.false_positive, options.profit.false_positive) +
                         part(counts.false_negative, options.profit.false_negative) +
                         part(counts.true_positive, options.profit.true_positive);
      return {true, sum / static_cast<double>(counts.total()), 0.0};
    }
  }
  throw ParameterError(fmt::format("threshold goal {} does not exist", static_cast<int>(options.goal)));
}

bool is_better(const GoalValue& a, const GoalValue& b) {
  if (a.reached != b.reached) return a.reached;
  if (a.reached) return std::tie(a.value, a.condition) > std::tie(b.value, b.condition);
  return std::tie(a.condition, a.value) > std::tie(b.condition, b.value);
}

Confusion confusion_of(const std::vector<ScoreGroup>& groups, double threshold) {
  Confusion counts;
  for (const ScoreGroup& group : groups) {
    const bool yes = group.score >= threshold;
    (yes ? counts.true_positive : counts.false_negative) += group.positives;
    (yes ? counts.false_positive : counts.true_negative) += group.negatives;
  }
  return counts;
}

}  // namespace evaluation
}  // namespace cartwheel
