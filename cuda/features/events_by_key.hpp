#pragma once

#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>

#include "core/device_buffer.hpp"
#include "core/host_device.hpp"

/// The events of a log in order of (time, row), and in order of (key, time, row): what came before a row's start is
/// then the beginning of a stretch, and counts of it are the difference of two sums.
namespace cartwheel::features {

/// Stretches of events in order of time.
struct EventStretches {
  const std::uint32_t* rows;         ///< [events] rows of the log.
  const std::uint32_t *begin, *end;  ///< [keys] where each key's events lie.
  const std::int64_t* time;          ///< [rows of the log]

  /// The first place of the key's stretch that is not before (at, row).
  CARTWHEEL_HD std::uint32_t first_not_before(std::uint32_t key, std::int64_t at, std::uint64_t row) const {
    std::uint32_t low = begin[key], high = end[key];
    while (low < high) {
      const std::uint32_t middle = low + (high - low) / 2, other = rows[middle];
      const bool is_before = time[other] != at ? time[other] < at : other < row;
      low = is_before ? middle + 1 : low;
      high = is_before ? high : middle;
    }
    return low;
  }
};

/// The events of (after, until] in order of time.
class EventsByTime {
 public:
  /// @throws DeviceError for a log of 2^32 - 1 events or more.
  EventsByTime(const EventLog& log, std::int64_t after, std::int64_t until);

  std::size_t size() const { return rows_.size(); }
  const core::DeviceBuffer<std::uint32_t>& rows() const { return rows_; }
  const core::DeviceBuffer<std::int64_t>& time() const { return time_; }
  /// All of them as one stretch, of key 0.
  EventStretches all() const { return {rows_.data(), bounds_.data(), bounds_.data() + 1, time_.data()}; }

 private:
  core::DeviceBuffer<std::int64_t> time_;
  core::DeviceBuffer<std::uint32_t> rows_, bounds_;
};

/// The same in stretches of one key each.
class EventsByKey {
 public:
  /// @param keys  [rows of the log] each below `count`.
  EventsByKey(const EventsByTime& events, std::span<const std::uint32_t> keys, std::size_t count);

  EventStretches view() const { return view_; }

 private:
  core::DeviceBuffer<std::uint32_t> rows_, begin_, end_;
  EventStretches view_;
};

}  // namespace cartwheel::features
