#include "sessions/session_blocks.hpp"

#include <algorithm>
#include <tuple>

#include "core/parallel.hpp"
#include "sessions/fill_table.hpp"

namespace cartwheel::sessions {

std::vector<SessionBlock> cut_sessions(std::span<const Code> codes, std::size_t code_count, std::size_t bytes_an_event,
                                       std::size_t bytes_a_code, std::size_t room) {
  std::vector<std::uint32_t> events(code_count), block_of(code_count);
  for (const Code code : codes) ++events[code];
  std::vector<SessionBlock> blocks;
  std::size_t bytes = room + 1, events_of_block = 0;
  for (std::size_t code = 1; code < code_count; ++code) {
    const std::size_t more = events[code] * bytes_an_event + bytes_a_code;
    if (bytes + more > room) {
      if (!blocks.empty()) blocks.back().rows.reserve(events_of_block);
      blocks.push_back({static_cast<Code>(code), 0, {}});
      bytes = events_of_block = 0;
    }
    bytes += more;
    events_of_block += events[code];
    ++blocks.back().codes;
    block_of[code] = static_cast<std::uint32_t>(blocks.size() - 1);
  }
  for (std::size_t row = 0; row < codes.size(); ++row)
    if (codes[row] != missing_code) blocks[block_of[codes[row]]].rows.push_back(static_cast<std::uint32_t>(row));
  return blocks;
}

void merge_tables(std::span<const SessionTable> parts, SessionTable& table) {
  struct Place {
    std::int64_t start;
    std::uint64_t sequence;
    std::uint32_t part, row;
  };
  std::vector<Place> order;
  for (std::uint32_t p = 0; p < parts.size(); ++p)
    for (std::uint32_t row = 0; row < parts[p].size(); ++row)
      order.push_back({parts[p].start[row], parts[p].start_sequence[row], p, row});
  std::ranges::sort(order, {}, [](const Place& place) { return std::tuple(place.start, place.sequence); });
  resize(table, order.size());
  const auto copy = [&](auto column_of, std::size_t cells) {
    core::parallel_for_blocks(order.size(), 4096, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        std::copy_n((parts[order[i].part].*column_of).begin() + static_cast<std::ptrdiff_t>(order[i].row * cells),
                    cells, (table.*column_of).begin() + static_cast<std::ptrdiff_t>(i * cells));
    });
  };
  const auto window = static_cast<std::size_t>(table.options.size);
  const auto copy_all = [&](std::size_t cells, auto... columns) { (copy(columns, cells), ...); };
  copy_all(1, &SessionTable::session, &SessionTable::user, &SessionTable::start, &SessionTable::window_end,
           &SessionTable::label_time, &SessionTable::start_sequence, &SessionTable::label, &SessionTable::event_count);
  copy_all(window, &SessionTable::time, &SessionTable::price, &SessionTable::type, &SessionTable::product,
           &SessionTable::category_id, &SessionTable::category_code, &SessionTable::brand);
}

}  // namespace cartwheel::sessions
