#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/progress.hpp>
#include <cstdint>

namespace cartwheel::exploration {

/// How many events equal an earlier one in every column. @param in_order  whether no event has a time before that of an
/// event further up: equal events then lie close to each other, and nothing is kept; else rows are grouped by session
/// (or user) first, which takes 8 bytes an event and an id.
std::uint64_t count_repeats(const EventLog& log, bool in_order, const ProgressCallback& progress);

}  // namespace cartwheel::exploration
