#pragma once

#include <cartwheel/metrics.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/temporal_split.hpp>
#include <cartwheel/threshold.hpp>
#include <string_view>
#include <vector>

namespace cartwheel::selection {

/// A prediction that any model has to beat.
struct Dummy {
  std::string_view name;
  std::vector<double> probability;       ///< Of the fold's validation rows.
  double threshold = default_threshold;  ///< The best cut by the goal.
};

/// `always_yes` (P = 1), `base_rate` (P = the share of positives in training) and `session_size` (P = the share of
/// positives among training sessions with as many events in the window; the base rate where there are none). Their cuts
/// are tuned on the training rows themselves: they know nothing of a row but its size, so there is nothing to overfit.
/// @param threshold  the goal; its guard is not used.
std::vector<Dummy> fit_dummies(const SessionTable& sessions, const Fold& fold, const ThresholdOptions& threshold);

}  // namespace cartwheel::selection
