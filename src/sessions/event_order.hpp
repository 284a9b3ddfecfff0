#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <limits>

#include "core/host_device.hpp"

/// Order and distance of events in time. Logs made in memory may hold any int64 time, so nothing here can overflow.
namespace cartwheel::sessions {

/// The order inside a session: by time, equal times by position in the log.
inline bool is_before(const Event& a, const Event& b) {
  return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
}

inline constexpr std::int64_t last_time = std::numeric_limits<std::int64_t>::max();

/// time + duration, or the last time there is. @param duration  >= 0.
CARTWHEEL_HD inline std::int64_t time_after(std::int64_t time, std::int64_t duration) {
  return time > last_time - duration ? last_time : time + duration;
}

/// Whether more than `gap` lies between two times. @param later  >= earlier. @param gap  >= 0.
CARTWHEEL_HD inline bool is_pause(std::int64_t earlier, std::int64_t later, std::int64_t gap) {
  return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier) > static_cast<std::uint64_t>(gap);
}

}  // namespace cartwheel::sessions
