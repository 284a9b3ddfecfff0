#pragma once

#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// For logs that the GPU's memory does not hold: whole sessions, some at a time.
namespace cartwheel::sessions {

/// Sessions that are grouped together.
struct SessionBlock {
  Code first = 0;                   ///< Their codes begin here.
  std::size_t codes = 0;            ///< How many there are.
  std::vector<std::uint32_t> rows;  ///< Their events in the log, increasing.
};

/// Cuts the sessions into blocks of at most `room` bytes each, or of one session that takes more. Events without a
/// session are in none. @param codes, code_count  see group_sessions_on_cuda. Memory: 4 bytes an event, 8 a code.
std::vector<SessionBlock> cut_sessions(std::span<const Code> codes, std::size_t code_count, std::size_t bytes_an_event,
                                       std::size_t bytes_a_code, std::size_t room);

/// Fills `table`, whose options and log are set, with the rows of `parts`, sorted by (start, start_sequence).
void merge_tables(std::span<const SessionTable> parts, SessionTable& table);

}  // namespace cartwheel::sessions
