#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/column.hpp>
#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// What a session's label says. "After" means later by (time, file, offset).
enum class Label : std::uint8_t {
  /// A target in (window end, window end + horizon]. Sessions whose window already holds a target are left out.
  future,
  /// One of the window's events is a target.
  window,
  /// A target in the window, or in (window end, window end + horizon].
  session,
};
/// "future", "window" or "session".
std::string_view name_of(Label label);

/// What becomes of sessions with fewer events than the window holds.
enum class ShortSessions : std::uint8_t {
  leave_out,  ///< They are left out, and counted.
  keep,       ///< A session is closed at start + horizon; its window is the events it has by then, and ends there.
};

struct SessionOptions {
  int size = 3;  ///< k, the events in a window: [1, 1000].
  Label label = Label::future;
  bool target_cart = true;                         ///< A cart event is a target. At least one of the two must be set.
  bool target_purchase = true;                     ///< A purchase event is a target.
  std::int64_t horizon = 24LL * 3600 * 1'000'000;  ///< Microseconds, > 0 and at most 10 years.
  /// Where the log has no session column: the longest pause within a session, in microseconds, > 0.
  std::int64_t gap = 30LL * 60 * 1'000'000;
  ShortSessions short_sessions = ShortSessions::leave_out;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
  bool is_target(EventType type) const {
    return (target_cart && type == EventType::cart) || (target_purchase && type == EventType::purchase);
  }
};

/// One finished session.
struct SessionRow {
  Code session = missing_code;       ///< In the log's session dictionary; missing for sessions found by inactivity.
  Code user = missing_code;          ///< Of the first event.
  std::int64_t start = 0;            ///< Time of the first event.
  std::uint64_t start_sequence = 0;  ///< Log position of the first event: names the session, whatever its id.
  std::int64_t window_end = 0;  ///< Time of the window's last event; start + horizon where a short session was closed.
  std::int64_t label_time = 0;  ///< When the label is known: window end for Label::window, else window end + horizon.
  bool label = false;
  std::span<const Event> window;  ///< In (time, sequence) order; at most k events, at least 1.
};

/// Why a session has no row.
enum class LeftOut : std::uint8_t { none, too_short, target_in_window };

/// One session, fed one event at a time in any order. Memory: k events and the first target beyond them. This is the
/// only place where windows and labels are decided.
class SessionState {
 public:
  /// Takes the next event of this session. Sequences must be distinct, and `options` the same in every call (finish,
  /// too). Cost: O(k), and O(1) for an event after the window that is no target.
  void add(const Event& event, const SessionOptions& options);

  /// The row as it stands with the events added so far, or the reason why there is none: `row` is then unchanged.
  /// `row.window` points into this object, until it changes.
  LeftOut finish(const SessionOptions& options, SessionRow& row) const;

  std::uint64_t event_count() const { return event_count_; }

 private:
  void note_after_window(const Event& event, const SessionOptions& options);

  std::vector<Event> earliest_;  ///< The first k events so far, sorted by (time, sequence).
  std::uint64_t event_count_ = 0;
  /// The time of the first target beyond them. Its sequence is not needed: whatever was pushed out once stays out, so
  /// it comes after the window even if it has the window's last time.
  std::optional<std::int64_t> next_target_time_;
};

/// One row a session, sorted by (start, log position of the first event); columns of equal length. Window columns are
/// [sessions x size], row-major: row r owns [r * size, r * size + event_count[r]); the rest of its stretch is as in a
/// default Event (time 0, a view, all else missing). Memory: 45 bytes and 33 * size bytes a row.
struct SessionTable {
  SessionOptions options;
  EventLog log;                ///< Owns the dictionaries that all codes refer to.
  std::int64_t log_begin = 0;  ///< Time of the earliest event of the log.
  std::int64_t log_end = 0;    ///< Time of its last event: labels with a later label time are not complete.

  Column<Code> session, user;
  Column<std::int64_t> start, window_end, label_time;
  Column<std::uint64_t> start_sequence;
  Column<std::uint8_t> label;         ///< 0 or 1.
  Column<std::uint32_t> event_count;  ///< Events in the window: [1, size].

  Column<std::int64_t> time, price;
  Column<EventType> type;
  Column<Code> product, category_id, category_code, brand;

  std::size_t size() const { return start.size(); }
  /// What to call session `row` in a table: its id in the log, or "USER@START" where it was found by inactivity.
  std::string session_name(std::size_t row) const;
};

/// Builds the table by SessionState's rule. Where the log has no session at all, sessions are stretches of one user's
/// events with pauses of at most `gap`. The result is the same for any number of threads.
/// @param account  receives events, those without a session, sessions, those left out by reason, those kept, and of
/// these the ones whose label is not complete. @throws ParameterError for options out of range; DataError if the memory
/// that is free will not do (see session_memory). Cost: linear in events, two passes over them; sessions are sorted by
/// start where the log is not in order of time.
SessionTable build_sessions(const EventLog& log, const SessionOptions& options, Account& account);

/// What build_sessions will take beside the log, in bytes.
struct SessionMemory {
  std::uint64_t sessions = 0;  ///< That have an event.
  std::uint64_t windows = 0;   ///< Of these, the ones with enough events for a row.
  std::uint64_t most = 0;      ///< At most in use at any time; nothing of it grows with the events themselves, but for
                               ///< 4 to 9 bytes an event where sessions are found by inactivity.
  std::uint64_t table = 0;     ///< Of the table, if every window becomes a row: at most.
};

/// Counts the events of each session to find out; takes a small part of build_sessions's time, and 1 byte a session.
SessionMemory session_memory(const EventLog& log, const SessionOptions& options);

}  // namespace cartwheel
