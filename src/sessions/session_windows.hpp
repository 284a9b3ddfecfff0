#pragma once

#include <cartwheel/column.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <optional>
#include <span>

#include "sessions/code_ranks.hpp"
#include "sessions/decide_session.hpp"
#include "sessions/events_by_code.hpp"

namespace cartwheel::sessions {

/// Which sessions get a window: those with `size` events, or all where short ones are kept. The others, most of a
/// typical log, cost no more than their count of events.
struct WindowIndex {
  std::uint64_t sessions = 0;  ///< With at least one event.
  std::uint64_t windows = 0;
  CodeRanks ranks;  ///< Session code -> number of its window.
  /// Where the cells of each window begin, and where the last one's end; empty where all have `size` events.
  Column<std::uint64_t> begin;
};

/// Counts the events of each session. @param codes  of sessions, by event; each below code_count.
/// Memory: 1 byte a code (2 where size > 255) until it returns; the index has 2 bits a code, and 8 bytes a window where
/// short sessions are kept.
WindowIndex index_windows(const EventsByCode& events, std::size_t code_count, const SessionOptions& options);

/// The first events of each session that has a window: SessionState for all of them at once, as times and rows.
class SessionWindows {
 public:
  /// An event: its time, and its row in the log with the mark of a target in the lowest bit.
  struct Key {
    std::int64_t time;
    std::uint64_t row_and_target;

    std::uint64_t row() const { return row_and_target >> 1; }
    bool is_target() const { return (row_and_target & 1) != 0; }
    bool operator<(const Key& other) const {
      return time != other.time ? time < other.time : row_and_target < other.row_and_target;
    }
  };

  SessionWindows(const EventLog& log, const WindowIndex& index, const SessionOptions& options);

  /// Bytes that the windows of `index` take: 16 a window and 16 for each of its events.
  static std::uint64_t bytes_of(const WindowIndex& index, const SessionOptions& options);

  /// Takes every event.
  void fill(const EventsByCode& events);

  std::uint64_t size() const { return index_.windows; }
  /// The first events of window `number`, at most `size`, in (time, row) order.
  std::span<const Key> earliest(std::uint64_t number) const;
  Decision decide(std::uint64_t number) const;
  /// Asks for the memory of a window that will be looked at soon.
  void prefetch(std::uint64_t number) const { __builtin_prefetch(&cells_[first_cell(number)]); }

 private:
  /// A window's first cell holds the time of the first target beyond it (which means nothing while there is no event),
  /// and the number of keys that follow it. All zero is an empty window.
  using Cell = Key;
  static std::uint64_t& count(Cell* window) { return window->row_and_target; }
  static std::int64_t& next_target_time(Cell* window) { return window->time; }

  std::uint64_t first_cell(std::uint64_t number) const {
    return index_.begin.empty() ? number * (size_ + 1) : index_.begin[number];
  }
  void add(Cell* window, const Key& event) const;
  void fill(const EventBatch& batch);

  const EventLog& log_;
  const WindowIndex& index_;
  SessionOptions options_;
  std::size_t size_;
  Column<Cell> cells_;
};

}  // namespace cartwheel::sessions
