#pragma once

#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// One raw event of a session, as a person reads it. Empty texts are missing values.
struct SessionEvent {
  std::int64_t time = 0;  ///< Microseconds since 1970-01-01 UTC.
  EventType type = EventType::view;
  std::string product, category_id, category_code, brand;
  std::optional<double> price;  ///< In currency units.
  bool in_window = true;        ///< Whether the model saw it.
  /// The category's code, or its id where there is none.
  const std::string& category() const { return category_code.empty() ? category_id : category_code; }
};

/// The events of session `row` that the model sees. @throws DataError for a row that is not there.
std::vector<SessionEvent> window_events(const SessionTable& sessions, std::uint32_t row);

/// The raw events of each of `rows`, in order of (time, position in the log): those of the window, and what came after
/// it, at most `limit` (>= the window's). Sessions found by inactivity end where the pause does. Cost: one pass over
/// the log. @throws DataError for a row that is not there.
std::vector<std::vector<SessionEvent>> session_events(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                                      std::size_t limit);

}  // namespace cartwheel
