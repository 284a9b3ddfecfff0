#pragma once

#include <array>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/event_storage.hpp"

namespace cartwheel::serve {

/// What a session that is to be scored is made of.
struct Window {
  std::string_view user, session;       ///< Empty: missing.
  std::span<const EventFields> events;  ///< In order, [1, options.size]; their own user and session are not looked at.
  std::int64_t window_end = 0, label_time = 0;
};

/// A session table of one row, and the log of that row's events, in memory that is used again for the next session: a
/// server has a few microseconds for each. Not for several threads.
class WindowTable {
 public:
  WindowTable();
  WindowTable(const WindowTable&) = delete;
  WindowTable& operator=(const WindowTable&) = delete;

  /// Puts this session in the place of the last one. The result is good until the next call. Time: linear in events,
  /// but for their distinct texts, each of which is compared with those before it.
  const SessionTable& fill(const SessionOptions& options, const Window& window);

 private:
  /// A text column of the log, and its dictionary.
  struct Texts {
    std::vector<Code> codes;
    std::vector<std::uint64_t> ends;
    std::string text;

    void clear();
    Code code_of(std::string_view value);
  };

  void set_row(const Window& window);

  std::shared_ptr<EventLog::Storage> storage_;  ///< What table_.log looks at.
  std::vector<std::int64_t> time_, price_;
  std::vector<EventType> type_;
  data::ByTextColumn<Texts> texts_;
  SessionTable table_;
};

}  // namespace cartwheel::serve
