#include "sessions/session_windows.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>

#include "core/parallel.hpp"
#include "core/touch_pages.hpp"

namespace cartwheel::sessions {
namespace {

constexpr std::int64_t no_target = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t words_per_block = 1024;

/// Counts the events of each code, up to `limit`.
template <class Count>
Column<Count> count_events(const EventsByCode& events, std::size_t code_count, Count limit) {
  Column<Count> counts(code_count);
  core::touch_pages(counts);
  events.visit([&](const EventBatch& batch) {
    constexpr std::size_t ahead = 24;  // in a log in no order every count is a cache miss
    const auto count = [&](Code code) {
      const Count before = counts[code];
      counts[code] = static_cast<Count>(before + (before < limit ? 1 : 0));
    };
    std::size_t i = 0;
    for (; i + ahead < batch.size(); ++i) {
      __builtin_prefetch(&counts[batch.codes[i + ahead]], 1);
      count(batch.codes[i]);
    }
    for (; i < batch.size(); ++i) count(batch.codes[i]);
  });
  if (code_count > 0) counts[missing_code] = 0;
  return counts;
}

template <class Count>
WindowIndex index_counts(const Column<Count>& counts, const SessionOptions& options) {
  const bool keep_short = options.short_sessions == ShortSessions::keep;
  const auto least = static_cast<Count>(keep_short ? 1 : options.size);
  WindowIndex index;
  index.ranks = CodeRanks(counts.size());
  std::atomic<std::uint64_t> sessions = 0;
  const auto counts_of_word = [&](std::size_t word) {
    const std::size_t begin = word * CodeRanks::codes_per_word;
    return std::span(counts).subspan(begin, std::min(CodeRanks::codes_per_word, counts.size() - begin));
  };
  core::parallel_for_blocks(index.ranks.words(), words_per_block, [&](std::size_t begin, std::size_t end) {
    std::uint64_t found = 0;
    for (std::size_t word = begin; word < end; ++word) {
      std::uint64_t members = 0;
      const std::span<const Count> own = counts_of_word(word);
      for (std::size_t i = 0; i < own.size(); ++i) {
        members |= std::uint64_t{own[i] >= least} << i;
        found += own[i] > 0 ? 1 : 0;
      }
      index.ranks.set_members(word, members);
    }
    sessions += found;
  });
  index.sessions = sessions;
  index.windows = index.ranks.number_members();
  if (!keep_short) return index;

  index.begin.resize(index.windows + 1);
  std::uint64_t end = 0, number = 0;
  for (const Count count : counts) {
    if (count == 0) continue;
    index.begin[number++] = end;
    end += std::uint64_t{count} + 1;
  }
  index.begin[number] = end;
  return index;
}

std::uint64_t cells_of(const WindowIndex& index, const SessionOptions& options) {
  return index.begin.empty() ? index.windows * (static_cast<std::uint64_t>(options.size) + 1) : index.begin.back();
}

}  // namespace

WindowIndex index_windows(const EventsByCode& events, std::size_t code_count, const SessionOptions& options) {
  if (options.size <= std::numeric_limits<std::uint8_t>::max())
    return index_counts(count_events(events, code_count, static_cast<std::uint8_t>(options.size)), options);
  return index_counts(count_events(events, code_count, static_cast<std::uint16_t>(options.size)), options);
}

std::uint64_t SessionWindows::bytes_of(const WindowIndex& index, const SessionOptions& options) {
  return cells_of(index, options) * sizeof(Cell);
}

SessionWindows::SessionWindows(const EventLog& log, const WindowIndex& index, const SessionOptions& options)
    : log_(log),
      index_(index),
      options_(options),
      size_(static_cast<std::size_t>(options.size)),
      cells_(cells_of(index, options)) {
  core::touch_pages(cells_);
}

void SessionWindows::fill(const EventsByCode& events) {
  events.visit([this](const EventBatch& batch) { fill(batch); });
}

/// Events are taken in small steps: first those that have a window are found and their windows asked for, then they are
/// added, so that the cache misses of a step are waited for together.
void SessionWindows::fill(const EventBatch& batch) {
  constexpr std::size_t step = 128;
  const std::span<const std::int64_t> time = log_.time();
  const std::span<const EventType> type = log_.type();
  std::array<Cell*, step> window;
  std::array<std::uint32_t, step> event;
  for (std::size_t begin = 0; begin < batch.size(); begin += step) {
    const std::size_t end = std::min(begin + step, batch.size());
    std::size_t found = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const CodeRanks::Place place = index_.ranks[batch.codes[i]];
      window[found] = cells_.data() + first_cell(place.rank);
      event[found] = static_cast<std::uint32_t>(i);
      found += place.is_member ? 1 : 0;
    }
    for (std::size_t f = 0; f < found; ++f) __builtin_prefetch(window[f], 1);
    for (std::size_t f = 0; f < found; ++f) {
      const std::uint64_t row = batch.row(event[f]);
      add(window[f], {time[row], row << 1 | std::uint64_t{options_.is_target(type[row])}});
    }
  }
}

/// The same as SessionState::add.
void SessionWindows::add(Cell* window, const Key& event) const {
  const std::uint64_t events = count(window);
  Key* const first = window + 1;
  std::int64_t next = events == 0 ? no_target : next_target_time(window);
  const auto note = [&](const Key& beyond) { next = std::min(next, beyond.is_target() ? beyond.time : no_target); };
  std::uint64_t place = events;
  if (events < size_) {
    count(window) = events + 1;
  } else if (event < first[--place]) {
    note(first[place]);
  } else {
    note(event);
    next_target_time(window) = next;
    return;
  }
  for (; place > 0 && event < first[place - 1]; --place) first[place] = first[place - 1];
  first[place] = event;
  next_target_time(window) = next;
}

std::span<const SessionWindows::Key> SessionWindows::earliest(std::uint64_t number) const {
  const Cell* const window = &cells_[first_cell(number)];
  return {window + 1, window->row_and_target};
}

Decision SessionWindows::decide(std::uint64_t number) const {
  const std::int64_t next = cells_[first_cell(number)].time;
  const std::span<const Key> keys = earliest(number);
  return decide_session(
      options_, keys.size(), [&](std::size_t i) { return keys[i].time; },
      [&](std::size_t i) { return keys[i].is_target(); }, next == no_target ? nullptr : &next);
}

}  // namespace cartwheel::sessions
