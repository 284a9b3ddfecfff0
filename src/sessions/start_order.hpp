#pragma once

#include <cartwheel/column.hpp>
#include <cstdint>

#include "sessions/session_windows.hpp"

namespace cartwheel::sessions {

/// A window that becomes a row of the table.
struct KeptWindow {
  std::int64_t start;
  std::uint64_t number;
};

/// Sorts by (start, row of the first event). Memory: as much again as `kept`, unless it is in order already.
void sort_by_start(Column<KeptWindow>& kept, const SessionWindows& windows);

}  // namespace cartwheel::sessions
