#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::sessions {

/// Sessions of a log that names none: one user's events in (time, log position) order, cut where the pause is longer
/// than options.gap. @param rows  of `log`, in any order, each once and with a user. Memory beyond the result: 8 bytes
/// a row and 8 bytes a user. @return one state a session; their order depends on the log alone.
std::vector<SessionState> find_sessions_by_inactivity(const EventLog& log, std::span<const std::uint64_t> rows,
                                                      const SessionOptions& options);

}  // namespace cartwheel::sessions
