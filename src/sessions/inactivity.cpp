#include "sessions/inactivity.hpp"

#include <algorithm>

#include "sessions/event_order.hpp"

namespace cartwheel::sessions {
namespace {

/// Rows grouped by user: those of user u are rows[begin[u]] up to rows[begin[u + 1]].
struct RowsByUser {
  std::vector<std::uint64_t> begin, rows;
};

/// A counting sort, because user codes are dense.
RowsByUser group_by_user(const EventLog& log, std::span<const std::uint64_t> rows) {
  const std::span<const Code> user = log.user();
  RowsByUser groups{std::vector<std::uint64_t>(log.users().size() + 1), std::vector<std::uint64_t>(rows.size())};
  for (const std::uint64_t row : rows) ++groups.begin[user[row]];
  std::uint64_t end = 0;
  for (std::uint64_t& count : groups.begin) count = (end += count);  // ends, which filling from the back makes begins
  for (std::size_t i = rows.size(); i-- > 0;) groups.rows[--groups.begin[user[rows[i]]]] = rows[i];
  return groups;
}

}  // namespace

std::vector<SessionState> find_sessions_by_inactivity(const EventLog& log, std::span<const std::uint64_t> rows,
                                                      const SessionOptions& options) {
  const std::span<const std::int64_t> time = log.time();
  const auto is_before_row = [&](std::uint64_t a, std::uint64_t b) {
    return time[a] != time[b] ? time[a] < time[b] : a < b;
  };
  std::vector<SessionState> states;
  RowsByUser groups = group_by_user(log, rows);
  for (std::size_t user = 0; user + 1 < groups.begin.size(); ++user) {
    const std::span<std::uint64_t> own =
        std::span(groups.rows).subspan(groups.begin[user], groups.begin[user + 1] - groups.begin[user]);
    if (!std::ranges::is_sorted(own, is_before_row)) std::ranges::sort(own, is_before_row);  // most logs are in order
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (i == 0 || is_pause(time[own[i - 1]], time[own[i]], options.gap)) states.emplace_back();
      states.back().add(log.event(own[i]), options);
    }
  }
  return states;
}

}  // namespace cartwheel::sessions
