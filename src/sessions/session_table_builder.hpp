#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <vector>

namespace cartwheel::sessions {

/// Makes a session table from the events of one log, taken one at a time: any order gives the same bytes.
class SessionTableBuilder {
 public:
  /// @throws ParameterError for options out of range.
  SessionTableBuilder(EventLog log, const SessionOptions& options);

  /// Takes row `row` of the log; each row once.
  void add(std::uint64_t row);

  /// The table of the rows taken. Call once, last. @param account  receives the counts that build_sessions promises.
  SessionTable finish(Account& account);

 private:
  EventLog log_;
  SessionOptions options_;
  bool log_names_sessions_;
  std::vector<SessionState> states_;  ///< By session code; empty where the log names no session ...
  std::vector<std::uint64_t> rows_;   ///< ... the rows that have a user are then kept until all are there.
  std::int64_t event_count_ = 0, events_without_session_ = 0;
};

}  // namespace cartwheel::sessions
