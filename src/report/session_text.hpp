#pragma once

#include <cartwheel/session_events.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "report/page.hpp"

namespace cartwheel::report {

/// A session's events, one a line, at most 80 columns wide: the first with its time, the others with the pause before
/// them. A line parts what the model saw from what came after.
void put_events(Page& page, std::span<const SessionEvent> events);
/// The same for a program.
nlohmann::ordered_json events_json(std::span<const SessionEvent> events);
/// "product A, shoes.winter, brand B, price 12.50"; what is missing is left out.
std::string event_words(const SessionEvent& event);
/// "12s", "3m 05s", "2h 10m", "4d 3h".
std::string pause_text(std::int64_t microseconds);

}  // namespace cartwheel::report
