#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/calendar_day.hpp"

/// Times are int64 microseconds since 1970-01-01 00:00:00 UTC; durations are int64 microseconds.
namespace cartwheel::core {

/// "2021-02-28".
std::string format_date(std::int64_t time);
/// "2021-02-28 19:13:22", with a fraction (".5") only where there is one.
std::string format_time(std::int64_t time);

/// "30d", "24h", "90m", "15s" or "0"; also a sum such as "1d12h". Nothing for other text or an overflow.
std::optional<std::int64_t> parse_duration(std::string_view text);
/// A whole number of the largest unit that fits: "30d", "36h", "90m", "15s"; parse_duration reads it back. A fraction
/// of a second is cut off.
std::string format_duration(std::int64_t duration);

/// Reads one time: "2021-02-28 19:13:22 UTC", "2021-02-28 19:13:22+00:00", ISO 8601 ("2021-02-28T19:13:22.5Z",
/// "+0130", "+01:30"; no zone means UTC; a date alone is its midnight), or digits alone: an epoch in seconds below
/// 10^11, in milliseconds below 10^14, else in microseconds. Digits of a fraction beyond microseconds are cut off.
/// Years 0001 to 9999; seconds 0 to 59. Nothing for other text.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace cartwheel::core
