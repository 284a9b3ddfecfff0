#pragma once

#include <algorithm>
#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::exploration {

/// The rows of a log grouped by a column's code, each group in (time, row) order. Memory: 8 bytes a row and a code.
class RowsByCode {
 public:
  /// @param codes  one a row, each less than `code_count`.
  RowsByCode(std::span<const Code> codes, std::size_t code_count) : ends_(code_count), rows_(codes.size()) {
    for (const Code code : codes) ++ends_[code];
    std::uint64_t begin = 0;
    for (std::uint64_t& count : ends_) begin += std::exchange(count, begin);  // begins, which filling makes ends
    for (std::uint64_t row = 0; row < codes.size(); ++row) rows_[ends_[codes[row]]++] = row;
  }

  /// The rows of `code`, sorted by time on the way. Groups may be taken from several threads, each group from one.
  std::span<const std::uint64_t> sorted(Code code, std::span<const std::int64_t> time) {
    const std::uint64_t begin = code == 0 ? 0 : ends_[code - 1];
    const std::span<std::uint64_t> rows = std::span(rows_).subspan(begin, ends_[code] - begin);
    const auto is_before = [time](std::uint64_t a, std::uint64_t b) {
      return time[a] != time[b] ? time[a] < time[b] : a < b;
    };
    if (!std::ranges::is_sorted(rows, is_before)) std::ranges::sort(rows, is_before);
    return rows;
  }

 private:
  std::vector<std::uint64_t> ends_, rows_;
};

}  // namespace cartwheel::exploration
