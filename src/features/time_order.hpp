#pragma once

#include <algorithm>
#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace cartwheel::features {

/// The rows of a log in order of (time, row). Costs nothing where the log is in order of time.
class TimeOrder {
 public:
  explicit TimeOrder(const EventLog& log) : size_(log.size()) {
    const std::span<const std::int64_t> time = log.time();
    if (std::ranges::is_sorted(time)) return;
    rows_.resize(time.size());
    std::iota(rows_.begin(), rows_.end(), std::uint64_t{0});
    std::ranges::sort(rows_, {}, [&](std::uint64_t row) { return std::pair(time[row], row); });
  }

  std::size_t size() const { return size_; }
  std::uint64_t operator[](std::size_t i) const { return rows_.empty() ? i : rows_[i]; }

 private:
  std::size_t size_;
  std::vector<std::uint64_t> rows_;
};

/// Positions in `rows`, in the order of the rows: a session table is sorted by start, so this is in order of time.
inline std::vector<std::uint32_t> by_start(std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  if (!std::ranges::is_sorted(rows)) std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return rows[i]; });
  return order;
}

}  // namespace cartwheel::features
