#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/history_store.hpp>

#include "features/history_columns.hpp"

namespace cartwheel {
namespace {

constexpr std::size_t first_slots = 16;
constexpr std::uint64_t largest_store = std::uint64_t{1} << 31;

void count(std::uint32_t& counter) {
  if (counter != std::numeric_limits<std::uint32_t>::max()) ++counter;
}

}  // namespace

HistoryStore::HistoryStore(const SessionOptions& options, std::uint64_t most_users)
    : options_(options), most_users_(most_users), slots_(first_slots, none) {
  if (most_users < 1 || most_users > largest_store)
    throw ParameterError(fmt::format("history_users is {}; it must be in [1, {}]", most_users, largest_store));
}

std::uint64_t HistoryStore::key_of(std::string_view id) {
  return std::max<std::uint64_t>(XXH3_64bits(id.data(), id.size()), 1);
}

/// Where the user is, or the free slot where it would be.
std::size_t HistoryStore::slot_of(std::uint64_t user) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = user & mask;
  while (slots_[slot] != none && records_[slots_[slot]].user != user) slot = (slot + 1) & mask;
  return slot;
}

void HistoryStore::grow() {
  slots_.assign(2 * slots_.size(), none);
  for (std::uint32_t record = 0; record < records_.size(); ++record) slots_[slot_of(records_[record].user)] = record;
}

/// Frees a slot, and moves those behind it that would no longer be found (Knuth, TAOCP 6.4, algorithm R).
void HistoryStore::remove_slot(std::size_t slot) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t next = (slot + 1) & mask; slots_[next] != none; next = (next + 1) & mask) {
    const std::size_t home = records_[slots_[next]].user & mask;
    if (((next - home) & mask) < ((next - slot) & mask)) continue;
    slots_[slot] = slots_[next];
    slot = next;
  }
  slots_[slot] = none;
}

void HistoryStore::unlink(std::uint32_t record) {
  const auto [older, newer] = links_[record];
  (older == none ? oldest_ : links_[older].newer) = newer;
  (newer == none ? newest_ : links_[newer].older) = older;
}

void HistoryStore::link_newest(std::uint32_t record) {
  links_[record] = {newest_, none};
  (newest_ == none ? oldest_ : links_[newest_].newer) = record;
  newest_ = record;
}

/// A new record, in place of the user's who was active longest ago where there is no room.
std::uint32_t HistoryStore::insert(std::uint64_t user) {
  std::uint32_t record = oldest_;
  if (records_.size() == most_users_) {
    remove_slot(slot_of(records_[record].user));
    unlink(record);
    records_[record] = {};
    ++forgotten_;
  } else {
    record = static_cast<std::uint32_t>(records_.size());
    records_.emplace_back();
    links_.emplace_back();
    if (2 * records_.size() > slots_.size()) {
      records_.back().user = user;
      grow();
      link_newest(record);
      return record;
    }
  }
  slots_[slot_of(user)] = record;
  records_[record].user = user;
  link_newest(record);
  return record;
}

void HistoryStore::update(UserHistory& history, std::uint64_t session, EventType type, std::int64_t time) const {
  const bool same_visit = history.events > 0 &&
                          features::is_same_visit(history.last_session, history.last_time, session, time, options_.gap);
  if (!same_visit) count(history.visits);
  count(history.events);
  if (type == EventType::cart) count(history.carts);
  if (type == EventType::purchase) count(history.purchases);
  if (options_.is_target(type)) {
    count(history.targets);
    history.last_target_time = time;
  }
  history.last_session = session;
  history.last_time = time;
}

void HistoryStore::add(std::uint64_t user, std::uint64_t session, EventType type, std::int64_t time) {
  const std::size_t slot = slot_of(user);
  std::uint32_t record = slots_[slot];
  if (record == none) {
    record = insert(user);
  } else if (record != newest_) {
    unlink(record);
    link_newest(record);
  }
  update(records_[record], session, type, time);
}

std::optional<UserHistory> HistoryStore::find(std::uint64_t user) const {
  const std::uint32_t record = slots_[slot_of(user)];
  if (record == none) return {};
  return records_[record];
}

std::vector<UserHistory> HistoryStore::records() const {
  std::vector<UserHistory> list;
  list.reserve(records_.size());
  for (std::uint32_t record = oldest_; record != none; record = links_[record].newer) list.push_back(records_[record]);
  return list;
}

HistoryStore HistoryStore::from_records(const std::vector<UserHistory>& records, const SessionOptions& options,
                                        std::uint64_t most_users) {
  HistoryStore store(options, most_users);
  if (records.size() > most_users)
    throw DataError(fmt::format("the history of {} users is there, of at most {}", records.size(), most_users));
  for (const UserHistory& history : records) {
    if (store.find(history.user)) throw DataError("a user's history is there twice");
    store.records_[store.insert(history.user)] = history;
  }
  return store;
}

}  // namespace cartwheel
