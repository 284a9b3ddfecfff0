#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/exploration.hpp>
#include <string_view>
#include <vector>

#include "exploration/event_counts.hpp"

namespace cartwheel::exploration {

/// Tables by category, each level of the category path, brand and product.
std::vector<RatioTable> ratio_tables(const EventLog& log, const EventCounts& counts, std::uint64_t min_views);

/// The first `level` parts of a category path; empty if it has fewer. Parts are split at '/' where the path has one,
/// else at '.'; an empty last part, as in "home/bags/", is none. @param level  at least 1.
std::string_view path_prefix(std::string_view path, std::size_t level);

}  // namespace cartwheel::exploration
