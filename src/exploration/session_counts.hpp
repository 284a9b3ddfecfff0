#pragma once

#include <array>
#include <cartwheel/event_log.hpp>
#include <cartwheel/exploration.hpp>
#include <cstdint>
#include <vector>

#include "exploration/calendar.hpp"
#include "exploration/counted_values.hpp"

namespace cartwheel::exploration {

/// What is counted session by session.
struct SessionCounts {
  std::uint64_t sessions = 0, without_session = 0, several_users = 0, over_a_day = 0, purchase_before_cart = 0;
  CountedValues events, durations, gaps;  ///< The last two in seconds.
  CountedValues target_places;            ///< Of every target: 1 for the first event of a session.
  CountedValues first_target_places;      ///< Of each session's first target.
  std::vector<std::uint64_t> starts_by_day;
  std::array<std::uint64_t, 24> starts_by_hour{};

  void add(const SessionCounts& more);
};

/// Sessions are those of build_sessions: by id, or by inactivity where the log names none.
/// @param in_order  whether no event has a time before that of an event further up. The events then stream by, and
/// memory is 32 bytes a session id (or user); else rows are grouped first: 8 bytes an event and 8 bytes an id.
SessionCounts count_sessions(const EventLog& log, const SessionOptions& options, const Calendar& calendar,
                             bool in_order, const ProgressCallback& progress);

}  // namespace cartwheel::exploration
