#include "features/history_columns.hpp"

#include <algorithm>
#include <array>

#include "core/math.hpp"
#include "core/time.hpp"

namespace cartwheel::features {
namespace {

constexpr const char* store = "history of each user up to the train end, carried on by later events of the log";

enum Column : std::size_t { visits, events, targets, purchases, target_share, since_last, since_target, column_count };

/// Natural logarithm of 1 + days. An event that is not before the start counts as 0 days old.
float log_days(std::int64_t start, std::int64_t time) {
  const double days = (static_cast<double>(start) - static_cast<double>(time)) / core::microseconds_per_day;
  return static_cast<float>(core::log1p(std::max(days, 0.0)));
}

}  // namespace

std::vector<FeatureDefinition> history_definitions() {
  return {
      {"history_visits", "the user's visits before this session; missing without a user, as all of these", store},
      {"history_events", "the user's events before this session", store},
      {"history_targets", "the user's targets (carts, purchases) before this session", store},
      {"history_purchases", "the user's purchases before this session", store},
      {"history_target_share", "history_targets / history_events; missing for a new user", store},
      {"history_since_last", "natural logarithm of 1 + days since the user's last event; missing for a new user",
       store},
      {"history_since_target", "natural logarithm of 1 + days since the user's last target; missing if there is none",
       store},
  };
}

void set_history_columns(bool no_user, const std::optional<UserHistory>& known, std::int64_t start, std::size_t row,
                         FloatColumns& out) {
  for (std::size_t c = 0; c < column_count; ++c) out(c, row) = missing_value;
  if (no_user) return;
  const UserHistory history = known.value_or(UserHistory{});
  out(visits, row) = static_cast<float>(history.visits);
  out(events, row) = static_cast<float>(history.events);
  out(targets, row) = static_cast<float>(history.targets);
  out(purchases, row) = static_cast<float>(history.purchases);
  if (history.events == 0) return;
  out(target_share, row) = static_cast<float>(static_cast<double>(history.targets) / history.events);
  out(since_last, row) = log_days(start, history.last_time);
  if (history.targets > 0) out(since_target, row) = log_days(start, history.last_target_time);
}

}  // namespace cartwheel::features
