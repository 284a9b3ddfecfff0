#pragma once

#include <cartwheel/feature_group.hpp>
#include <cartwheel/history_store.hpp>
#include <cstdint>
#include <optional>
#include <span>

namespace cartwheel::features {

/// What is known of a session's user just before the session's first event.
struct KnownHistory {
  bool no_user = true;                 ///< The session has none.
  std::optional<UserHistory> history;  ///< Nothing for a new user.
};

/// A group whose columns come from a HistoryStore. `columns` finds a row's history by following the events of the log;
/// a server, which has no log, follows the events as they arrive, and hands in what it found.
class HistoryReader {
 public:
  virtual ~HistoryReader() = default;
  /// The store as it stood at the end of training.
  virtual HistoryStore history() const = 0;
  /// Events up to this time are in it.
  virtual std::int64_t history_end() const = 0;
  /// @param known  one for each of the windows' rows.
  virtual FeatureGroup::Columns columns_with(const WindowRows& windows, std::span<const KnownHistory> known) const = 0;
};

}  // namespace cartwheel::features
