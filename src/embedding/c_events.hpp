#pragma once

#include <cartwheel.h>

#include <cartwheel/event_log.hpp>
#include <cartwheel/session_table.hpp>
#include <span>

namespace cartwheel::embedding {

/// @throws ParameterError for events that are not there.
std::span<const cartwheel_event> checked_events(const cartwheel_event* events, std::size_t count);

/// A log of `events`, in their order. @throws DataError that names the event which is unusable.
EventLog log_of(std::span<const cartwheel_event> events);

/// The one row of the session that all of `events` make. @throws NoScore if it is left out; DataError as log_of.
SessionTable single_session(std::span<const cartwheel_event> events, const SessionOptions& options);

}  // namespace cartwheel::embedding
