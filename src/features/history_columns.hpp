#pragma once

#include <cartwheel/history_store.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "features/float_columns.hpp"

namespace cartwheel::features {

/// What the columns of a user's history mean, in their order.
std::vector<FeatureDefinition> history_definitions();

/// Sets a row of these columns. @param no_user  the session has none: all is missing. @param known  the history before
/// the session's first event; nothing for a new user. @param start  of the session.
void set_history_columns(bool no_user, const std::optional<UserHistory>& known, std::int64_t start, std::size_t row,
                         FloatColumns& out);

}  // namespace cartwheel::features
