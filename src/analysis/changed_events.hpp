#pragma once

#include <cartwheel/audit.hpp>
#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cartwheel::analysis {

/// One event of a log that becomes another, comes in addition, or goes.
struct ChangedEvent {
  static constexpr std::uint64_t inserted = UINT64_MAX;
  std::uint64_t row = inserted;  ///< Of the log.
  AuditChange how = AuditChange::alter;
  Event event;  ///< What it becomes; its sequence is not used.
};

/// What becomes of a third of the events later than `cut`; the log's last event stays. A pure function of its
/// arguments.
/// @param types_alone  only types change; else events are altered, deleted, moved, and others inserted.
std::vector<ChangedEvent> draw_changes(const EventLog& log, std::int64_t cut, bool types_alone, std::uint64_t seed,
                                       std::uint32_t draw);

/// The log with the changes made; inserted events come last among those of their time. Codes and dictionaries are the
/// log's.
EventLog changed_log(const EventLog& log, std::span<const ChangedEvent> changes);

/// "event 1,234 (2016-08-30 12:00:01, view of A): deleted"
std::string to_text(const EventLog& log, const ChangedEvent& change);

}  // namespace cartwheel::analysis
