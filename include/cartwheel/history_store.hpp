#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// What is known of a user from past events. 56 bytes.
struct UserHistory {
  std::uint64_t user = 0;             ///< HistoryStore::key_of the user's id.
  std::uint64_t last_session = 0;     ///< key_of the session of the last event.
  std::int64_t last_time = 0;         ///< Of the last event; microseconds since 1970-01-01 UTC.
  std::int64_t last_target_time = 0;  ///< Means nothing without a target.
  std::uint32_t events = 0;
  std::uint32_t visits = 0;  ///< Stretches of events of one session (where the log names none: without a pause > gap).
  std::uint32_t carts = 0, purchases = 0;
  std::uint32_t targets = 0;   ///< Carts or purchases or both, as the session options say.
  std::uint32_t reserved = 0;  ///< 0.
};

/// The history of users, updated event by event in order of time: by fit_transform, by predict, and by live events, so
/// that all three agree. It holds no ids, only 64-bit hashes of them: among a million users, two share a history with a
/// chance of 3 in 100 million.
///
/// Bounded: it keeps the `most_users` users that were active last, and forgets the others. Memory: at most 80 bytes a
/// user and the power of two above it; 72 bytes a user in a model file.
class HistoryStore {
 public:
  static constexpr std::uint64_t default_most_users = 1'000'000;

  /// @param options  say what a target is, and what pause ends a visit where sessions have no name.
  /// @param most_users  [1, 2^31].
  explicit HistoryStore(const SessionOptions& options = {}, std::uint64_t most_users = default_most_users);

  /// Takes the next event; one without a user is ignored. Cost: constant.
  void add(std::string_view user, std::string_view session, EventType type, std::int64_t time) {
    if (!user.empty()) add(key_of(user), session.empty() ? 0 : key_of(session), type, time);
  }
  /// The user's history so far: what the features of a session need, if it is asked for when the session's first event
  /// arrives, before that event is added. Nothing for a user who is not known.
  std::optional<UserHistory> find(std::string_view user) const { return find(key_of(user)); }

  /// The same by keys, for those who see an id often. @param session  0 where the event has none.
  void add(std::uint64_t user, std::uint64_t session, EventType type, std::int64_t time);
  std::optional<UserHistory> find(std::uint64_t user) const;
  /// XXH3, 64 bits, of the id; never 0.
  static std::uint64_t key_of(std::string_view id);

  std::size_t size() const { return records_.size(); }
  std::uint64_t most_users() const { return most_users_; }
  std::uint64_t forgotten() const { return forgotten_; }  ///< How many users had to make room so far.

  /// All records, from the user who was active longest ago to the last one.
  std::vector<UserHistory> records() const;
  /// A store as records() gave it. @throws DataError if a user occurs twice, or there are more than `most_users`.
  static HistoryStore from_records(const std::vector<UserHistory>& records, const SessionOptions& options,
                                   std::uint64_t most_users);

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  /// A record's neighbours in order of last activity.
  struct Links {
    std::uint32_t older = none, newer = none;
  };

  std::size_t slot_of(std::uint64_t user) const;
  std::uint32_t insert(std::uint64_t user);
  void remove_slot(std::size_t slot);
  void grow();
  void unlink(std::uint32_t record);
  void link_newest(std::uint32_t record);
  void update(UserHistory& history, std::uint64_t session, EventType type, std::int64_t time) const;

  SessionOptions options_;
  std::uint64_t most_users_;
  std::uint64_t forgotten_ = 0;
  std::vector<UserHistory> records_;
  std::vector<Links> links_;          ///< Of each record.
  std::vector<std::uint32_t> slots_;  ///< A hash table with linear probing, at most half full: records, or none.
  std::uint32_t oldest_ = none, newest_ = none;
};

}  // namespace cartwheel
