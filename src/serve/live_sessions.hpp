#pragma once

#include <array>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/event_storage.hpp"
#include "features/known_history.hpp"

namespace cartwheel::serve {

/// An event, with its texts end to end in one.
class OwnedEvent {
 public:
  explicit OwnedEvent(const EventFields& event);
  /// Views of this object. User and session are left out: the session has them.
  EventFields fields() const;
  std::size_t bytes() const { return sizeof *this + texts_.capacity(); }

 private:
  static constexpr std::size_t texts = 4;
  std::int64_t time_, price_;
  EventType type_;
  std::array<std::uint32_t, texts> ends_;
  std::string texts_;
};

/// A session that goes on.
struct LiveSession {
  std::string key;   ///< Of its session, or of its user where events name no session.
  std::string user;  ///< Of the first event that arrived.
  features::KnownHistory known;
  SessionState state;
  std::vector<OwnedEvent> events;  ///< Event `sequence` of the state; none once the window was full.
  bool window_was_full = false;
  std::int64_t last_time = 0;  ///< The latest event's.
  std::int64_t arrival = 0;    ///< Of the last event, on the clock that time-outs are counted on.
  std::size_t bytes = 0;       ///< As it is accounted for.
};

struct LiveLimits {
  std::uint64_t sessions, bytes;
  std::int64_t timeout;
};

/// Live sessions by key, in order of their last arrival. Bounded: those that have waited longest make room for others.
/// Not for several threads. Cost of each call: constant, but for the sessions it removes.
class LiveSessions {
 public:
  explicit LiveSessions(const LiveLimits& limits) : limits_(limits) {}

  /// The session of that key if there is one. Good until the next call of `arrive`, `remove` or `clear`.
  LiveSession* find(std::string_view key);
  /// Removes those that waited too long; then the session of that key, new if it was not there, as the one that arrived
  /// last.
  LiveSession& arrive(std::string_view key, std::int64_t now);
  /// To be called after a session has changed: makes room where that is needed, never by removing `session`.
  void account(LiveSession& session);
  void remove(LiveSession& session);
  void clear();

  std::size_t size() const { return by_key_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t timed_out() const { return timed_out_; }
  std::uint64_t evicted() const { return evicted_; }

 private:
  using Place = std::list<LiveSession>::iterator;
  void erase(Place place);

  LiveLimits limits_;
  std::list<LiveSession> sessions_;  ///< The one that arrived last is the last.
  std::unordered_map<std::string_view, Place> by_key_;
  std::uint64_t bytes_ = 0, timed_out_ = 0, evicted_ = 0;
};

}  // namespace cartwheel::serve
