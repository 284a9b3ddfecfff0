#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/session_events.hpp>
#include <unordered_map>

#include "analysis/window_row.hpp"

namespace cartwheel {
namespace {

SessionEvent shown(const EventLog& log, const Event& event, bool in_window) {
  SessionEvent text;
  text.time = event.time;
  text.type = event.type;
  text.product = log.products()[event.product];
  text.category_id = log.category_ids()[event.category_id];
  text.category_code = log.category_codes()[event.category_code];
  text.brand = log.brands()[event.brand];
  if (event.price != missing_price) text.price = static_cast<double>(event.price) / price_scale;
  text.in_window = in_window;
  return text;
}

void check_rows(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
  for (const std::uint32_t row : rows)
    if (row >= sessions.size())
      throw DataError(fmt::format("session {} was asked of a table of {} sessions", row, sessions.size()));
}

/// Whose events a session has: its own, or, where the log names no sessions, a user's from its start on.
Code owner_of(const SessionTable& sessions, std::uint32_t row) {
  return sessions.session[row] != missing_code ? sessions.session[row] : sessions.user[row];
}

/// Of all events of the owner, in order: the session's.
std::vector<Event> cut_to_session(const SessionTable& sessions, std::uint32_t row, std::vector<Event> events) {
  std::ranges::sort(events, {}, [](const Event& event) { return std::pair(event.time, event.sequence); });
  if (sessions.session[row] != missing_code) return events;
  const auto first = std::ranges::find(events, sessions.start_sequence[row], &Event::sequence);
  auto last = first;
  for (; last != events.end(); ++last)
    if (last != first && last->time - std::prev(last)->time > sessions.options.gap) break;
  return {first, last};
}

}  // namespace

std::vector<SessionEvent> window_events(const SessionTable& sessions, std::uint32_t row) {
  check_rows(sessions, std::span(&row, 1));
  std::vector<SessionEvent> events;
  for (std::uint32_t i = 0; i < sessions.event_count[row]; ++i)
    events.push_back(shown(sessions.log, analysis::window_event(sessions, row, i), true));
  return events;
}

std::vector<std::vector<SessionEvent>> session_events(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                                      std::size_t limit) {
  check_rows(sessions, rows);
  const EventLog& log = sessions.log;
  std::vector<std::vector<SessionEvent>> all(rows.size());
  if (rows.empty()) return all;
  // A log has session ids everywhere or nowhere, so one column of owners serves all rows.
  const bool named = sessions.session[rows.front()] != missing_code;
  const std::span<const Code> owners = named ? log.session() : log.user();
  std::unordered_map<Code, std::vector<Event>> events;
  for (const std::uint32_t row : rows) events[owner_of(sessions, row)];
  for (std::size_t i = 0; i < owners.size(); ++i)
    if (const auto found = events.find(owners[i]); found != events.end()) found->second.push_back(log.event(i));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::vector<Event> own = cut_to_session(sessions, rows[i], events[owner_of(sessions, rows[i])]);
    const std::size_t in_window = sessions.event_count[rows[i]];
    for (std::size_t e = 0; e < std::min(own.size(), std::max(limit, in_window)); ++e)
      all[i].push_back(shown(log, own[e], e < in_window));
  }
  return all;
}

}  // namespace cartwheel
