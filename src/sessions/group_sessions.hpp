#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <span>

namespace cartwheel::sessions {

/// What became of a log's sessions.
struct SessionCounts {
  std::uint64_t sessions = 0;         ///< With at least one event.
  std::uint64_t windows = 0;          ///< Of these, the ones with enough events for a row;
  std::int64_t target_in_window = 0;  ///< and those that have none because of a target.
};

/// The whole of build_sessions' group-by on the GPU: fills the rows of `table`, whose options, log, log_begin and
/// log_end are set. @param codes  the session of each event, 0 for none; each below code_count.
/// Memory on the device: at most 128 bytes an event and 60 a code (12 a cell more where short sessions
/// are kept); where there is less, whole sessions are grouped some
/// at a time. @throws DeviceError in a build without CUDA, when there is no usable GPU or too little memory on it for
/// one session, or for 2^32 - 1 events or more.
SessionCounts group_sessions_on_cuda(SessionTable& table, std::span<const Code> codes, std::size_t code_count);

}  // namespace cartwheel::sessions
