#pragma once

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <vector>

namespace cartwheel::support {

/// What a temporal split looks at.
struct SessionTimes {
  std::int64_t start = 0;
  std::int64_t label_time = 0;
  Code user = missing_code;
};

/// A session table with these columns alone, for a log of [log_begin, log_end].
inline SessionTable table_of_times(std::vector<SessionTimes> rows, std::int64_t log_begin, std::int64_t log_end) {
  std::ranges::sort(rows, {}, &SessionTimes::start);
  SessionTable table;
  table.log_begin = log_begin;
  table.log_end = log_end;
  for (const SessionTimes& row : rows) {
    table.start.push_back(row.start);
    table.window_end.push_back(row.start);
    table.label_time.push_back(row.label_time);
    table.user.push_back(row.user);
    table.label.push_back(0);
  }
  return table;
}

}  // namespace cartwheel::support
