#pragma once

#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace cartwheel::sessions {

/// Rows of a log and their codes, side by side.
struct EventBatch {
  std::span<const Code> codes;
  std::uint64_t first_row = 0;
  const std::uint32_t* offsets = nullptr;  ///< Of the rows, from first_row; null where they follow each other.

  std::size_t size() const { return codes.size(); }
  std::uint64_t row(std::size_t i) const { return first_row + (offsets == nullptr ? i : offsets[i]); }
};

/// Hands out the events of a log so that those of one code (a session, a user) come in row order, and never to two
/// threads at once: whatever is kept by code needs no lock. The events are neither sorted nor stored.
///
/// Rows are taken in rounds of some blocks. In the first half of a round every block hands out the events whose code is
/// greater than all codes before the block, which no earlier block can have, and puts the others into lists by code; in
/// the second half each list is handed out, the blocks' parts one after the other. Codes are given in order of first
/// appearance, so where rows are in order of time, the lists hold only what the beginnings of blocks cut through.
class EventsByCode {
 public:
  /// @param codes  must outlive this object. @param block_rows  in [1, 2^32).
  /// Memory: 4 bytes a block, and during visit 64 bytes a row of a block for each thread.
  explicit EventsByCode(std::span<const Code> codes, std::size_t block_rows = std::size_t{1} << 14);

  /// @param visit  called with batches of all events that have a code; where there is one thread, also of those that
  /// have none. Cost: one pass over the codes.
  void visit(const std::function<void(const EventBatch&)>& visit) const;

 private:
  std::span<const Code> codes_;
  std::size_t block_rows_;
  std::vector<Code> greatest_before_;  ///< The greatest code before each block; empty where there is one thread.
};

}  // namespace cartwheel::sessions
