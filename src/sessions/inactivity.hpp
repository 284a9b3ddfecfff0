#pragma once

#include <cartwheel/column.hpp>
#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>

namespace cartwheel::sessions {

/// Sessions of a log that names none: one user's events in (time, log position) order, cut where the pause is longer
/// than the gap.
struct InactivitySessions {
  Column<Code> codes;  ///< [events]; sessions numbered by the log position of their earliest event, from 1; 0 for
                       ///< events without a user.
  std::size_t code_count = 0;  ///< All codes are below it.
};

/// Cost: linear in events that are in order of time; else each user's are sorted. Memory: 4 bytes an event, and 12
/// bytes a user; while it works 8 bytes an event more where they are not in order of time.
/// @throws DataError for more than 2^32 - 2 events, which 32 bits cannot number.
InactivitySessions find_sessions_by_inactivity(const EventLog& log, std::int64_t gap);

/// Bytes at most in use while it works.
std::uint64_t inactivity_bytes(const EventLog& log);

}  // namespace cartwheel::sessions
