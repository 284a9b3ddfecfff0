#include "sessions/events_by_code.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include "core/dispatched.hpp"
#include "core/parallel.hpp"

namespace cartwheel::sessions {
namespace {

using Visit = std::function<void(const EventBatch&)>;

constexpr std::size_t step_rows = 1024;
constexpr std::size_t blocks_per_thread = 8;  ///< In a round: enough to even out, few enough to stay in the caches.
constexpr std::size_t list_count = 64;

/// Codes near each other share a list, and with it cache lines.
std::size_t list_of(Code code) { return code / 1024 % list_count; }

/// The least and the greatest of some codes.
struct CodeRange {
  Code least, greatest;
};

CARTWHEEL_DISPATCHED CodeRange range_of(std::span<const Code> codes) {
  CodeRange range{codes[0], codes[0]};
  for (const Code code : codes) {
    range.least = std::min(range.least, code);
    range.greatest = std::max(range.greatest, code);
  }
  return range;
}

/// Codes and offsets of some events, with room for one more than it may hold.
struct EventList {
  explicit EventList(std::size_t most)
      : codes(std::make_unique_for_overwrite<Code[]>(most + 1)),
        offsets(std::make_unique_for_overwrite<std::uint32_t[]>(most + 1)) {}

  std::unique_ptr<Code[]> codes;
  std::unique_ptr<std::uint32_t[]> offsets;
  std::size_t size = 0;

  /// Adds an event if `wanted`, without a branch, because which events are wanted has no pattern.
  void add_if(bool wanted, Code code, std::size_t offset) {
    codes[size] = code;
    offsets[size] = static_cast<std::uint32_t>(offset);
    size += wanted ? 1 : 0;
  }
  /// Adds events that follow each other.
  void add_all(std::span<const Code> added, std::size_t first_offset) {
    std::ranges::copy(added, codes.get() + size);
    std::iota(offsets.get() + size, offsets.get() + size + added.size(), static_cast<std::uint32_t>(first_offset));
    size += added.size();
  }
};

/// The events of one block that another block of its round may share a code with, by list.
class SharedEvents {
 public:
  explicit SharedEvents(std::size_t most) : sorted_(most) {}

  void assign(std::uint64_t first_row, const EventList& events) {
    first_row_ = first_row;
    begin_ = {};
    for (std::size_t i = 0; i < events.size; ++i) ++begin_[list_of(events.codes[i]) + 1];
    for (std::size_t list = 0; list < list_count; ++list) begin_[list + 1] += begin_[list];
    std::array<std::size_t, list_count + 1> end = begin_;
    for (std::size_t i = 0; i < events.size; ++i) {
      const std::size_t place = end[list_of(events.codes[i])]++;
      sorted_.codes[place] = events.codes[i];
      sorted_.offsets[place] = events.offsets[i];
    }
  }

  EventBatch list(std::size_t number) const {
    const std::size_t begin = begin_[number];
    return {{sorted_.codes.get() + begin, begin_[number + 1] - begin}, first_row_, sorted_.offsets.get() + begin};
  }

 private:
  std::uint64_t first_row_ = 0;
  std::array<std::size_t, list_count + 1> begin_{};
  EventList sorted_;
};

/// Hands out the events with a code above `limit`, and keeps the others.
void visit_own_events(const EventBatch& block, Code limit, const Visit& visit, SharedEvents& shared) {
  EventList others(block.size()), own(step_rows);
  for (std::size_t begin = 0; begin < block.size(); begin += step_rows) {
    const std::span<const Code> codes = block.codes.subspan(begin, std::min(step_rows, block.size() - begin));
    const CodeRange range = range_of(codes);
    if (range.least > limit) {
      visit({codes, block.first_row + begin});
      continue;
    }
    if (range.greatest <= limit && range.least > missing_code) {
      others.add_all(codes, begin);
      continue;
    }
    own.size = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      own.add_if(codes[i] > limit, codes[i], begin + i);
      others.add_if(codes[i] <= limit && codes[i] != missing_code, codes[i], begin + i);
    }
    visit({{own.codes.get(), own.size}, block.first_row, own.offsets.get()});
  }
  shared.assign(block.first_row, others);
}

}  // namespace

EventsByCode::EventsByCode(std::span<const Code> codes, std::size_t block_rows)
    : codes_(codes), block_rows_(block_rows) {
  if (core::thread_count() == 1 || codes.size() <= block_rows) return;
  greatest_before_.resize((codes.size() + block_rows - 1) / block_rows);
  core::parallel_for_blocks(codes.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    if (end < codes.size()) greatest_before_[end / block_rows] = range_of(codes.subspan(begin, end - begin)).greatest;
  });
  for (std::size_t b = 1; b < greatest_before_.size(); ++b)
    greatest_before_[b] = std::max(greatest_before_[b], greatest_before_[b - 1]);
}

void EventsByCode::visit(const Visit& visit) const {
  const auto block = [&](std::size_t number) {
    const std::size_t begin = number * block_rows_;
    return EventBatch{codes_.subspan(begin, std::min(block_rows_, codes_.size() - begin)), begin};
  };
  const std::size_t blocks = (codes_.size() + block_rows_ - 1) / block_rows_;
  if (greatest_before_.empty()) {
    for (std::size_t b = 0; b < blocks; ++b) visit(block(b));
    return;
  }
  std::vector<SharedEvents> round;
  round.reserve(std::min(blocks, blocks_per_thread * static_cast<std::size_t>(core::thread_count())));
  while (round.size() < round.capacity()) round.emplace_back(block_rows_);
  for (std::size_t first = 0; first < blocks; first += round.size()) {
    const std::size_t count = std::min(round.size(), blocks - first);
    core::parallel_for(count, [&](std::size_t b) {
      visit_own_events(block(first + b), greatest_before_[first + b], visit, round[b]);
    });
    core::parallel_for(list_count, [&](std::size_t list) {
      for (std::size_t b = 0; b < count; ++b)
        if (const EventBatch events = round[b].list(list); events.size() > 0) visit(events);
    });
  }
}

}  // namespace cartwheel::sessions
