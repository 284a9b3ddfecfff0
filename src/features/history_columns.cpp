#include "features/history_columns.hpp"

namespace cartwheel::features {
namespace {

constexpr const char* store = "history of each user up to the train end, carried on by later events of the log";

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

}  // namespace cartwheel::features
