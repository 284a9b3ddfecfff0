#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace cartwheel::exploration {

/// Where a time lies: the day of a log and the hour of the day, in UTC.
struct Place {
  std::size_t day, hour;
};

/// The days of a log, from the first one on.
class Calendar {
 public:
  /// @throws DataError if the two are more than 10,000 years apart: a table of days would be too large.
  Calendar(std::int64_t first_time, std::int64_t last_time);

  std::int64_t first_day() const { return first_day_; }
  std::size_t days() const { return days_; }
  /// @param time  in [first_time, last_time].
  Place place(std::int64_t time) const {
    const auto since = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(first_day_);
    const std::uint64_t hours = since / static_cast<std::uint64_t>(core::microseconds_per_hour);
    return {hours / 24, hours % 24};
  }
  /// Monday is 0.
  std::size_t weekday_of_day(std::size_t day) const { return (first_weekday_ + day) % 7; }

 private:
  std::int64_t first_day_;
  std::size_t days_, first_weekday_;
};

}  // namespace cartwheel::exploration
