#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <vector>

#include "features/prior_keys.hpp"
#include "features/time_order.hpp"

namespace cartwheel::features {

/// For each space, the m of smoothed_ratio that foretells best whether an event is a view or a target from the events
/// of other sessions before it: least log-loss over events up to `train_end`, each judged before it is counted (A. P.
/// Dawid, "Statistical Theory: The Prequential Approach", 1984). Events of its own session are left out of an event's
/// counts, because the features that m is for leave them out, too; without a session, those of its user. One of 1, 2,
/// 5, 10, ... 2,000; of equals the smallest. Of more than `judged_events` events, only those of some sessions are
/// judged, about so many, chosen by a hash of their ids; all are counted. Memory: about 100 bytes a judged event and
/// thread.
std::vector<double> fit_smoothing(const EventLog& log, const SessionOptions& options, const PriorKeys& keys,
                                  const TimeOrder& order, std::int64_t train_end, double decay_rate,
                                  std::size_t judged_events = std::size_t{1} << 18);

}  // namespace cartwheel::features
