#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "core/exclusive_sum.hpp"
#include "core/launch.cuh"
#include "features/events_by_key.hpp"
#include "features/float_columns_on_device.hpp"
#include "features/history_columns.hpp"
#include "features/history_pass.hpp"
#include "sessions/target_types.hpp"

/// A user's history before an event is what was known before the pass, and sums over the user's events up to there. Two
/// sums share a 64-bit number, as neither can reach 2^32.
namespace cartwheel::features {

namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;
constexpr unsigned threads = 256;

/// What of an event counts.
struct EventColumns {
  const EventType* type;
  const std::uint32_t* session;
  const std::uint64_t* visit;  ///< [sessions] their keys.
  std::int64_t gap;
  sessions::TargetTypes targets;

  __device__ bool is_target(std::uint32_t row) const { return targets.contains(type[row]); }
  __device__ std::uint64_t visit_of(std::uint32_t row) const { return visit[session[row]]; }
};

struct Sums {
  std::uint64_t* visits_and_targets;   ///< [events + 1] of those before a place, visits in the upper half.
  std::uint64_t* carts_and_purchases;  ///< [events + 1] carts in the upper half.
  std::uint32_t* target_place;         ///< [targets] where they are.
};

/// What each event adds to the sums. @param user_of  [rows of the log]
__global__ void __launch_bounds__(threads)
    mark_events(const EventStretches events, const EventColumns columns, const std::uint32_t* user_of,
                const UserHistory* known, std::size_t size, Sums sums) {
  const std::size_t i = core::thread_number();
  if (i > size) return;
  sums.visits_and_targets[i] = sums.carts_and_purchases[i] = 0;
  if (i == size) return;
  const std::uint32_t row = events.rows[i], user = user_of[row];
  if (user == missing_code) return;
  bool same_visit;
  const std::uint64_t visit = columns.visit_of(row);
  if (i > events.begin[user]) {
    const std::uint32_t last = events.rows[i - 1];
    same_visit = is_same_visit(columns.visit_of(last), events.time[last], visit, events.time[row], columns.gap);
  } else {
    same_visit = known[user].events > 0 &&
                 is_same_visit(known[user].last_session, known[user].last_time, visit, events.time[row], columns.gap);
  }
  const EventType type = columns.type[row];
  sums.visits_and_targets[i] = std::uint64_t{same_visit ? 0u : 1u} << 32 | (columns.is_target(row) ? 1 : 0);
  sums.carts_and_purchases[i] =
      std::uint64_t{type == EventType::cart ? 1u : 0u} << 32 | (type == EventType::purchase ? 1 : 0);
}

__global__ void __launch_bounds__(threads) place_targets(std::size_t size, Sums sums) {
  const std::size_t i = core::thread_number();
  if (i >= size) return;
  const auto before = static_cast<std::uint32_t>(sums.visits_and_targets[i]);
  if (static_cast<std::uint32_t>(sums.visits_and_targets[i + 1]) != before)
    sums.target_place[before] = static_cast<std::uint32_t>(i);
}

__device__ void add(std::uint32_t& counter, std::uint32_t count) {  // as HistoryStore counts: it stops at the largest
  const std::uint32_t sum = counter + count;
  counter = sum < count ? 0xffffffffu : sum;
}

/// A user's history when its events before a place of its stretch have been taken.
__device__ UserHistory history_at(const EventStretches& events, const EventColumns& columns, const UserHistory* known,
                                  const Sums& sums, std::uint32_t user, std::uint32_t place) {
  UserHistory history = known[user];
  const std::uint32_t begin = events.begin[user];
  if (place == begin) return history;
  const std::uint64_t visits_and_targets = sums.visits_and_targets[place] - sums.visits_and_targets[begin],
                      carts_and_purchases = sums.carts_and_purchases[place] - sums.carts_and_purchases[begin];
  const auto targets = static_cast<std::uint32_t>(visits_and_targets);
  add(history.events, place - begin);
  add(history.visits, static_cast<std::uint32_t>(visits_and_targets >> 32));
  add(history.targets, targets);
  add(history.carts, static_cast<std::uint32_t>(carts_and_purchases >> 32));
  add(history.purchases, static_cast<std::uint32_t>(carts_and_purchases));
  if (targets > 0) {
    const auto before = static_cast<std::uint32_t>(sums.visits_and_targets[place]);
    history.last_target_time = events.time[events.rows[sums.target_place[before - 1]]];
  }
  const std::uint32_t last = events.rows[place - 1];
  history.last_session = columns.visit_of(last);
  history.last_time = events.time[last];
  return history;
}

/// The rows that are asked for: of whom, and from when on.
struct AskedRows {
  const std::uint32_t* user;
  const std::int64_t* start;
  const std::uint64_t* sequence;
  std::size_t size;
};

__global__ void __launch_bounds__(threads)
    set_rows(const EventStretches events, const EventColumns columns, const UserHistory* known, const Sums sums,
             const AskedRows rows, ColumnsOut out) {
  const std::size_t i = core::thread_number();
  if (i >= rows.size) return;
  const std::uint32_t user = rows.user[i];
  UserHistory history{};
  if (user != missing_code)
    history =
        history_at(events, columns, known, sums, user, events.first_not_before(user, rows.start[i], rows.sequence[i]));
  set_history_columns(user == missing_code, history, rows.start[i], i, out);
}

/// Each user at the end; @param last_row  of its last event in the log, none without one.
__global__ void __launch_bounds__(threads)
    set_users(const EventStretches events, const EventColumns columns, const UserHistory* known, const Sums sums,
              std::size_t users, UserHistory* history, std::uint32_t* last_row) {
  const std::size_t i = core::thread_number();
  if (i >= users) return;
  const auto user = static_cast<std::uint32_t>(i);
  const std::uint32_t end = events.end[user];
  const bool has_events = user != missing_code && events.begin[user] < end;
  last_row[i] = has_events ? events.rows[end - 1] : 0xffffffffu;
  history[i] = has_events ? history_at(events, columns, known, sums, user, end) : known[i];
}

/// The first of the users that have the same key: ids that share a hash share a history.
std::vector<std::uint32_t> numbers_of(std::span<const std::uint64_t> keys) {
  std::unordered_map<std::uint64_t, std::uint32_t> first;
  first.reserve(keys.size());
  std::vector<std::uint32_t> numbers;
  for (const std::uint64_t key : keys)
    numbers.push_back(first.try_emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second);
  return numbers;
}

}  // namespace

FeatureGroup::Columns history_columns_on_cuda(const HistoryPass& pass, std::span<const UserHistory> known,
                                              std::vector<UserHistory>* records) {
  const SessionTable& sessions = pass.windows.sessions;
  const EventLog& log = sessions.log;
  const std::vector<std::uint32_t> number = numbers_of(pass.users);
  std::vector<std::uint32_t> user_of_event, user_of_row;
  for (const Code user : log.user()) user_of_event.push_back(number[user]);
  std::vector<std::int64_t> start;
  std::vector<std::uint64_t> sequence;
  for (const std::uint32_t row : pass.windows.rows) {
    user_of_row.push_back(number[sessions.user[row]]);
    start.push_back(sessions.start[row]);
    sequence.push_back(sessions.start_sequence[row]);
  }

  const EventsByTime by_time(log, pass.after, pass.until);
  const EventsByKey by_user(by_time, user_of_event, pass.users.size());
  const EventStretches events = by_user.view();
  const std::size_t size = by_time.size();
  const DeviceBuffer<EventType> type(log.type(), "event types");
  const DeviceBuffer<std::uint32_t> session(log.session(), "session codes"),
      event_users(std::span<const std::uint32_t>(user_of_event), "users of events");
  const DeviceBuffer<std::uint64_t> visit(pass.visits, "keys of sessions");
  const DeviceBuffer<UserHistory> history(known, "histories of users");
  const EventColumns columns{type.data(), session.data(), visit.data(), pass.options.gap,
                             sessions::TargetTypes(pass.options)};
  const DeviceBuffer<std::uint64_t> visits_and_targets(size + 1, "sums of events"),
      carts_and_purchases(size + 1, "sums of events");
  const DeviceBuffer<std::uint32_t> target_place(size, "sums of events");
  const Sums sums{visits_and_targets.data(), carts_and_purchases.data(), target_place.data()};
  launch("marking events", mark_events, blocks_for(size + 1, threads), threads, 0, events, columns, event_users.data(),
         history.data(), size, sums);
  core::exclusive_sum(sums.visits_and_targets, size + 1);
  core::exclusive_sum(sums.carts_and_purchases, size + 1);
  launch("placing targets", place_targets, blocks_for(size, threads), threads, 0, size, sums);

  const DeviceBuffer<std::uint32_t> row_users(std::span<const std::uint32_t>(user_of_row), "users of rows");
  const DeviceBuffer<std::int64_t> starts(std::span<const std::int64_t>(start), "starts of rows");
  const DeviceBuffer<std::uint64_t> sequences(std::span<const std::uint64_t>(sequence), "starts of rows");
  const AskedRows rows{row_users.data(), starts.data(), sequences.data(), start.size()};
  const FloatColumnsOnDevice out(history_definitions().size(), rows.size);
  launch("computing histories", set_rows, blocks_for(rows.size, threads), threads, 0, events, columns, history.data(),
         sums, rows, out.view());

  if (records != nullptr) {
    const DeviceBuffer<UserHistory> at_end(known.size(), "histories of users");
    const DeviceBuffer<std::uint32_t> last_row(known.size(), "histories of users");
    launch("computing histories", set_users, blocks_for(known.size(), threads), threads, 0, events, columns,
           history.data(), sums, known.size(), at_end.data(), last_row.data());
    const std::vector<std::uint32_t> last = last_row.to_host();
    const std::vector<UserHistory> all = at_end.to_host();
    std::vector<std::uint32_t> order;  // by last activity
    for (std::uint32_t user = 0; user < last.size(); ++user)
      if (last[user] != std::numeric_limits<std::uint32_t>::max()) order.push_back(user);
    std::ranges::sort(order, {}, [&](std::uint32_t user) { return std::tuple(log.time()[last[user]], last[user]); });
    records->clear();
    for (const std::uint32_t user : order) {
      records->push_back(all[user]);
      records->back().user = pass.users[user];
    }
  }
  return out.take();
}

}  // namespace cartwheel::features
