#pragma once

#include <cartwheel/history_store.hpp>
#include <cstdint>
#include <vector>

#include "core/calendar_day.hpp"
#include "core/host_device.hpp"
#include "core/math.hpp"
#include "features/float_columns.hpp"
#include "sessions/event_order.hpp"

namespace cartwheel::features {

/// What the columns of a user's history mean, in their order.
std::vector<FeatureDefinition> history_definitions();

/// Whether an event belongs to the visit of the user's last event. @param session  key_of its session, 0 without one.
CARTWHEEL_HD inline bool is_same_visit(std::uint64_t last_session, std::int64_t last_time, std::uint64_t session,
                                       std::int64_t time, std::int64_t gap) {
  if (session != 0) return last_session == session;
  return last_session == 0 && !sessions::is_pause(last_time, time > last_time ? time : last_time, gap);
}

/// Sets a row of these columns, on either device. @param no_user  the session has none: all is missing.
/// @param history  before the session's first event; that of a new user has no events. @param start  of the session.
template <class Out>
CARTWHEEL_HD void set_history_columns(bool no_user, const UserHistory& history, std::int64_t start, std::size_t row,
                                      Out& out) {
  enum Column : std::size_t {
    visits,
    events,
    targets,
    purchases,
    target_share,
    since_last,
    since_target,
    column_count
  };
  // Natural logarithm of 1 + days. An event that is not before the start counts as 0 days old.
  const auto log_days = [start](std::int64_t time) {
    const double days =
        (static_cast<double>(start) - static_cast<double>(time)) / static_cast<double>(core::microseconds_per_day);
    return static_cast<float>(core::log1p(days > 0.0 ? days : 0.0));
  };
  for (std::size_t c = 0; c < column_count; ++c) out(c, row) = missing_value;
  if (no_user) return;
  out(visits, row) = static_cast<float>(history.visits);
  out(events, row) = static_cast<float>(history.events);
  out(targets, row) = static_cast<float>(history.targets);
  out(purchases, row) = static_cast<float>(history.purchases);
  if (history.events == 0) return;
  out(target_share, row) = static_cast<float>(static_cast<double>(history.targets) / history.events);
  out(since_last, row) = log_days(history.last_time);
  if (history.targets > 0) out(since_target, row) = log_days(history.last_target_time);
}

}  // namespace cartwheel::features
