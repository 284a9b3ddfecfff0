#include "exploration/calendar.hpp"

#include <cartwheel/error.hpp>

namespace cartwheel::exploration {

Calendar::Calendar(std::int64_t first_time, std::int64_t last_time) {
  constexpr std::uint64_t most_days = 3'652'500;
  const auto days_between = (static_cast<std::uint64_t>(last_time) - static_cast<std::uint64_t>(first_time)) /
                            static_cast<std::uint64_t>(core::microseconds_per_day);
  if (days_between > most_days)
    throw DataError("the log's times are more than 10,000 years apart; check the unit of its time column");
  first_day_ = core::day_start(first_time);
  first_weekday_ = static_cast<std::size_t>(core::weekday(first_time));
  days_ = place(last_time).day + 1;
}

}  // namespace cartwheel::exploration
