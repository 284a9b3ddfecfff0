#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <vector>

#include "features/prior_keys.hpp"
#include "features/time_order.hpp"

namespace cartwheel::features {

/// For each space, the m of smoothed_ratio that foretells best whether an event is a view or a target from the events
/// before it: least log-loss over all events up to `train_end`, each judged before it is counted (A. P. Dawid, "Present
/// Position and Potential Developments: Some Personal Views: Statistical Theory: The Prequential Approach", 1984). One
/// of 1, 2, 5, 10, ... 2,000; of equals the smallest.
std::vector<double> fit_smoothing(const EventLog& log, const SessionOptions& options, const PriorKeys& keys,
                                  const TimeOrder& order, std::int64_t train_end, double decay_rate);

}  // namespace cartwheel::features
