#pragma once

#include <cartwheel/threshold.hpp>
#include <vector>

#include "evaluation/labelled_scores.hpp"

namespace cartwheel::evaluation {

/// What a goal makes of the counts at one cut.
struct GoalValue {
  bool reached = true;  ///< The goal's condition, where it has one.
  double value = 0.0;   ///< What is to be high.
  double condition = 0.0;
};

GoalValue goal_value(const Confusion& counts, const ThresholdOptions& options);

/// Whether `a` is the better cut: one that meets the condition, then the higher value, then more of what the condition
/// is about; if neither meets it, the one that comes nearer.
bool is_better(const GoalValue& a, const GoalValue& b);

/// Counts at a cut. @param groups  of group_by_score.
Confusion confusion_of(const std::vector<ScoreGroup>& groups, double threshold);

}  // namespace cartwheel::evaluation
