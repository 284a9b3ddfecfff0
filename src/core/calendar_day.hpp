#pragma once

#include <cstdint>

#include "core/host_device.hpp"

/// Days of the calendar, UTC, for both devices. Times as in core/time.hpp; right for times before 1970, too.
namespace cartwheel::core {

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_hour = 3600 * microseconds_per_second;
inline constexpr std::int64_t microseconds_per_day = 24 * microseconds_per_hour;

/// @param divisor  > 0. @return the quotient rounded down.
CARTWHEEL_HD inline std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

/// Midnight of the day that holds `time`.
CARTWHEEL_HD inline std::int64_t day_start(std::int64_t time) {
  return floor_divide(time, microseconds_per_day) * microseconds_per_day;
}
/// Monday is 0, Sunday 6, as pandas has it.
CARTWHEEL_HD inline int weekday(std::int64_t time) {
  const std::int64_t day = floor_divide(time, microseconds_per_day);
  return static_cast<int>(day - floor_divide(day + 3, 7) * 7 + 3);  // 1970-01-01 was a Thursday, 3
}
/// [0, 23].
CARTWHEEL_HD inline int hour(std::int64_t time) {
  return static_cast<int>((time - day_start(time)) / microseconds_per_hour);
}

}  // namespace cartwheel::core
