#include "sessions/inactivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <limits>
#include <span>

#include "core/parallel.hpp"
#include "sessions/code_ranks.hpp"
#include "sessions/event_order.hpp"
#include "sessions/events_by_code.hpp"

namespace cartwheel::sessions {
namespace {

// Both ways below leave, for each event, the row of its session's earliest event + 1, or 0 for an event without a user.

/// Where rows are in order of time: the last session of each user is all that must be kept.
void mark_in_order(const EventLog& log, std::int64_t gap, std::span<Code> first_row) {
  struct LastSession {
    std::int64_t time;
    std::uint64_t first_row;  ///< + 1; 0: there is none yet.
  };
  const std::span<const std::int64_t> time = log.time();
  Column<LastSession> last(log.users().size());
  EventsByCode(log.user()).visit([&](const EventBatch& batch) {
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i + ahead < batch.size()) __builtin_prefetch(&last[batch.codes[i + ahead]], 1);
      if (batch.codes[i] == missing_code) continue;
      const std::uint64_t row = batch.row(i);
      LastSession& session = last[batch.codes[i]];
      if (session.first_row == 0 || is_pause(session.time, time[row], gap)) session.first_row = row + 1;
      session.time = time[row];
      first_row[row] = static_cast<Code>(session.first_row);
    }
  });
}

/// In any order: a counting sort by user, because user codes are dense, then each user's rows by time.
void mark_in_any_order(const EventLog& log, std::int64_t gap, std::span<Code> first_row) {
  const std::span<const std::int64_t> time = log.time();
  const std::span<const Code> user = log.user();
  const EventsByCode events(user);
  Column<std::uint64_t> end(log.users().size());
  events.visit([&](const EventBatch& batch) {
    for (const Code code : batch.codes) ++end[code];
  });
  end[missing_code] = 0;
  std::uint64_t sum = 0;
  for (std::uint64_t& count : end) sum += std::exchange(count, sum);  // begins, which filling makes ends
  Column<std::uint32_t> rows(sum);
  events.visit([&](const EventBatch& batch) {
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (batch.codes[i] != missing_code) rows[end[batch.codes[i]]++] = static_cast<std::uint32_t>(batch.row(i));
  });
  const auto is_before_row = [&](std::uint32_t a, std::uint32_t b) {
    return time[a] != time[b] ? time[a] < time[b] : a < b;
  };
  core::parallel_for_blocks(end.size() - 1, 1024, [&](std::size_t begin_user, std::size_t end_user) {
    for (std::size_t u = begin_user + 1; u < end_user + 1; ++u) {
      const std::span<std::uint32_t> own = std::span(rows).subspan(end[u - 1], end[u] - end[u - 1]);
      std::ranges::sort(own, is_before_row);
      std::uint32_t first = 0;
      for (std::size_t i = 0; i < own.size(); ++i) {
        if (i == 0 || is_pause(time[own[i - 1]], time[own[i]], gap)) first = own[i];
        first_row[own[i]] = first + 1;
      }
    }
  });
}

/// Numbers the sessions. `codes` holds rows + 1 before, numbers from 1 after. @return one more than the last.
std::size_t number_sessions(std::span<Code> codes) {
  CodeRanks firsts(codes.size());
  constexpr std::size_t words_per_block = 1024;
  core::parallel_for_blocks(firsts.words(), words_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t word = begin; word < end; ++word) {
      std::uint64_t members = 0;
      const std::size_t first = word * CodeRanks::codes_per_word;
      const std::size_t count = std::min(CodeRanks::codes_per_word, codes.size() - first);
      for (std::size_t i = 0; i < count; ++i) members |= std::uint64_t{codes[first + i] == first + i + 1} << i;
      firsts.set_members(word, members);
    }
  });
  const std::uint64_t sessions = firsts.number_members();
  core::parallel_for_blocks(codes.size(), words_per_block * CodeRanks::codes_per_word,
                            [&](std::size_t begin, std::size_t end) {
                              for (std::size_t i = begin; i < end; ++i)
                                if (codes[i] != missing_code)
                                  codes[i] = static_cast<Code>(firsts[codes[i] - 1].rank + 1);
                            });
  return sessions + 1;
}

}  // namespace

InactivitySessions find_sessions_by_inactivity(const EventLog& log, std::int64_t gap) {
  if (log.size() >= std::numeric_limits<Code>::max())
    throw DataError(
        fmt::format("the log names no session, and has {} events; sessions can be found by inactivity in at most {}: "
                    "give it a user_session column, or split it",
                    log.size(), std::numeric_limits<Code>::max() - 1));
  InactivitySessions sessions;
  sessions.codes = Column<Code>(log.size());
  if (std::ranges::is_sorted(log.time()))
    mark_in_order(log, gap, sessions.codes);
  else
    mark_in_any_order(log, gap, sessions.codes);
  sessions.code_count = number_sessions(sessions.codes);
  return sessions;
}

std::uint64_t inactivity_bytes(const EventLog& log) {
  const bool in_order = std::ranges::is_sorted(log.time());
  return log.size() * (in_order ? 4 : 8) + log.size() / 4 + log.users().size() * (in_order ? 16 : 8);
}

}  // namespace cartwheel::sessions
