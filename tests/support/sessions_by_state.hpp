#pragma once

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace cartwheel::test {

/// The table of a log by its definition: each session's events, in the given order of rows, through one SessionState.
inline SessionTable sessions_by_state(const EventLog& log, const SessionOptions& options,
                                      const std::vector<std::uint64_t>& order) {
  std::map<std::pair<Code, int>, SessionState> states;  // by session; by (user, number of the session) where unnamed
  if (log.sessions().size() > 1) {
    for (const std::uint64_t row : order)
      if (log.session()[row] != missing_code) states[{log.session()[row], 0}].add(log.event(row), options);
  } else {
    std::map<Code, std::vector<std::uint64_t>> by_user;
    for (const std::uint64_t row : order)
      if (log.user()[row] != missing_code) by_user[log.user()[row]].push_back(row);
    for (auto& [user, rows] : by_user) {
      std::ranges::sort(rows, {}, [&](std::uint64_t row) { return std::pair(log.time()[row], row); });
      int session = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0 && log.time()[rows[i]] - log.time()[rows[i - 1]] > options.gap) ++session;
        states[{user, session}].add(log.event(rows[i]), options);
      }
    }
  }
  std::vector<SessionRow> rows;
  for (const auto& [name, state] : states)
    if (SessionRow row; state.finish(options, row) == LeftOut::none) rows.push_back(row);
  std::ranges::sort(rows, {}, [](const SessionRow& row) { return std::pair(row.start, row.start_sequence); });

  SessionTable table;
  table.options = options;
  table.log = log;
  if (log.size() > 0) {
    table.log_begin = std::ranges::min(log.time());
    table.log_end = std::ranges::max(log.time());
  }
  for (const SessionRow& row : rows) {
    table.session.push_back(row.session);
    table.user.push_back(row.user);
    table.start.push_back(row.start);
    table.window_end.push_back(row.window_end);
    table.label_time.push_back(row.label_time);
    table.start_sequence.push_back(row.start_sequence);
    table.label.push_back(row.label ? 1 : 0);
    table.event_count.push_back(static_cast<std::uint32_t>(row.window.size()));
    for (std::size_t i = 0; i < static_cast<std::size_t>(options.size); ++i) {
      const Event event = i < row.window.size() ? row.window[i] : Event{};
      table.time.push_back(event.time);
      table.price.push_back(event.price);
      table.type.push_back(event.type);
      table.product.push_back(event.product);
      table.category_id.push_back(event.category_id);
      table.category_code.push_back(event.category_code);
      table.brand.push_back(event.brand);
    }
  }
  return table;
}

}  // namespace cartwheel::test
