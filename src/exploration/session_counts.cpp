#include "exploration/session_counts.hpp"

#include "exploration/rows_by_code.hpp"
#include "exploration/sum_over_blocks.hpp"
#include "selection/progress_meter.hpp"
#include "sessions/event_order.hpp"

namespace cartwheel::exploration {
namespace {

/// A session whose events so far came in order.
struct OpenSession {
  std::int64_t first = 0, last = 0;
  std::uint32_t events = 0;
  Code user = missing_code;  ///< The first that is not missing.
  std::uint32_t first_target = 0;
  bool several_users = false, cart_seen = false, purchase_before_cart = false;
};
static_assert(sizeof(OpenSession) == 32);

/// Takes events of one session (or user) after another, or of many in turn, and counts.
class Counter {
 public:
  Counter(const EventLog& log, const SessionOptions& options, const Calendar& calendar)
      : time_(log.time()),
        type_(log.type()),
        user_(log.user()),
        options_(options),
        by_inactivity_(log.sessions().size() <= 1),
        calendar_(calendar) {}

  /// What decides whose event it is: the session's code, or the user's where sessions are found by inactivity.
  static std::span<const Code> keys(const EventLog& log) {
    return log.sessions().size() > 1 ? log.session() : log.user();
  }
  static std::size_t key_count(const EventLog& log) {
    return std::max<std::size_t>(1, log.sessions().size() > 1 ? log.sessions().size() : log.users().size());
  }

  /// The next event of `session`, in (time, row) order.
  void take(OpenSession& session, std::uint64_t row, SessionCounts& counts) const {
    const std::int64_t time = time_[row];
    if (session.events > 0 && by_inactivity_ && sessions::is_pause(session.last, time, options_.gap)) {
      finish(session, counts);
      session = {};
    }
    if (session.events == 0) {
      const Place place = calendar_.place(time);
      ++counts.starts_by_day[place.day];
      ++counts.starts_by_hour[place.hour];
      session.first = time;
    } else {
      counts.gaps.add(seconds_between(session.last, time));
    }
    session.last = time;
    ++session.events;
    const Code user = user_[row];
    if (session.user == missing_code)
      session.user = user;
    else if (user != missing_code && user != session.user)
      session.several_users = true;
    take_type(session, type_[row], counts);
  }

  static void finish(const OpenSession& session, SessionCounts& counts) {
    if (session.events == 0) return;
    ++counts.sessions;
    counts.events.add(session.events);
    if (session.events > 1) counts.durations.add(seconds_between(session.first, session.last));
    if (session.first_target > 0) counts.first_target_places.add(session.first_target);
    counts.several_users += session.several_users ? 1 : 0;
    counts.purchase_before_cart += session.purchase_before_cart ? 1 : 0;
    counts.over_a_day += sessions::is_pause(session.first, session.last, core::microseconds_per_day) ? 1 : 0;
  }

 private:
  void take_type(OpenSession& session, EventType type, SessionCounts& counts) const {
    if (type == EventType::cart) session.cart_seen = true;
    if (type == EventType::purchase && !session.cart_seen) session.purchase_before_cart = true;
    if (!options_.is_target(type)) return;
    counts.target_places.add(session.events);
    if (session.first_target == 0) session.first_target = session.events;
  }

  static std::uint64_t seconds_between(std::int64_t earlier, std::int64_t later) {
    return (static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier)) /
           static_cast<std::uint64_t>(core::microseconds_per_second);
  }

  std::span<const std::int64_t> time_;
  std::span<const EventType> type_;
  std::span<const Code> user_;
  const SessionOptions& options_;
  bool by_inactivity_;
  const Calendar& calendar_;
};

/// Every part of the codes reads the whole log, and keeps its own sessions in mind. Codes are given in order of first
/// appearance, so a part's sessions lie together in time.
SessionCounts count_in_order(const EventLog& log, const Counter& counter, const SessionCounts& zero,
                             const ProgressCallback& progress) {
  const std::span<const Code> keys = Counter::keys(log);
  const std::size_t codes = Counter::key_count(log);
  const auto threads = static_cast<std::size_t>(core::thread_count());
  const std::size_t parts = std::clamp<std::size_t>(codes / 1024, 1, std::min(threads, most_sums));
  const std::size_t codes_a_part = (codes + parts - 1) / parts;
  constexpr std::size_t rows_a_step = std::size_t{1} << 20;
  selection::ProgressMeter meter(progress, "following sessions", parts * (log.size() / rows_a_step + 1));
  return sum_over_blocks(codes, codes_a_part, zero, [&](SessionCounts& counts, std::size_t begin, std::size_t end) {
    std::vector<OpenSession> open(end - begin);
    for (std::uint64_t row = 0; row < keys.size(); ++row) {
      if (row % rows_a_step == 0) meter.finish_one();
      const Code key = keys[row];
      if (key - begin < open.size() && key != missing_code) counter.take(open[key - begin], row, counts);
      if (key == missing_code && begin == 0) ++counts.without_session;
    }
    for (const OpenSession& session : open) Counter::finish(session, counts);
    if (keys.size() % rows_a_step == 0) meter.finish_one();
  });
}

SessionCounts count_grouped(const EventLog& log, const Counter& counter, const SessionCounts& zero,
                            const ProgressCallback& progress) {
  constexpr std::size_t codes_a_block = 4096;
  const std::size_t codes = Counter::key_count(log);
  RowsByCode rows(Counter::keys(log), codes);
  selection::ProgressMeter meter(progress, "following sessions", (codes + codes_a_block - 1) / codes_a_block);
  return sum_over_blocks(codes, codes_a_block, zero, [&](SessionCounts& counts, std::size_t begin, std::size_t end) {
    for (std::size_t code = begin; code < end; ++code) {
      const std::span<const std::uint64_t> own = rows.sorted(static_cast<Code>(code), log.time());
      if (code == missing_code) {
        counts.without_session += own.size();
        continue;
      }
      OpenSession session;
      for (const std::uint64_t row : own) counter.take(session, row, counts);
      Counter::finish(session, counts);
    }
    meter.finish_one();
  });
}

}  // namespace

void SessionCounts::add(const SessionCounts& more) {
  sessions += more.sessions;
  without_session += more.without_session;
  several_users += more.several_users;
  over_a_day += more.over_a_day;
  purchase_before_cart += more.purchase_before_cart;
  events.add(more.events);
  durations.add(more.durations);
  gaps.add(more.gaps);
  target_places.add(more.target_places);
  first_target_places.add(more.first_target_places);
  add_counts(starts_by_day, more.starts_by_day);
  add_counts(starts_by_hour, more.starts_by_hour);
}

SessionCounts count_sessions(const EventLog& log, const SessionOptions& options, const Calendar& calendar,
                             bool in_order, const ProgressCallback& progress) {
  const Counter counter(log, options, calendar);
  SessionCounts zero;
  zero.starts_by_day.resize(calendar.days());
  return in_order ? count_in_order(log, counter, zero, progress) : count_grouped(log, counter, zero, progress);
}

}  // namespace cartwheel::exploration
