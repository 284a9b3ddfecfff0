#include "sessions/fill_table.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace cartwheel::sessions {
namespace {

constexpr std::size_t block_rows = 1024;

/// Where the events of a block of windows lie in the log, and where they go in the table.
struct EventPlaces {
  std::vector<std::uint64_t> rows, cells;
};

/// One column after the other, so that the processor can wait for many cache misses at once.
template <class T>
void gather(const EventPlaces& places, std::span<const T> from, Column<T>& to) {
  for (std::size_t i = 0; i < places.rows.size(); ++i) to[places.cells[i]] = from[places.rows[i]];
}

/// The cells of rows [begin, end), as in a default event.
void clear_cells(SessionTable& table, std::size_t begin, std::size_t end) {
  const auto size = static_cast<std::size_t>(table.options.size);
  const Event missing;
  const auto clear = [&](auto& column, auto value) {
    std::ranges::fill(std::span(column).subspan(begin * size, (end - begin) * size), value);
  };
  clear(table.time, missing.time);
  clear(table.price, missing.price);
  clear(table.type, missing.type);
  clear(table.product, missing.product);
  clear(table.category_id, missing.category_id);
  clear(table.category_code, missing.category_code);
  clear(table.brand, missing.brand);
}

void fill_rows(SessionTable& table, const SessionWindows& windows, std::span<const KeptWindow> kept, std::size_t begin,
               std::size_t end, EventPlaces& places) {
  constexpr std::size_t ahead = 8;  // rows are in order of time, windows perhaps in another
  const auto size = static_cast<std::size_t>(table.options.size);
  const std::span<const Code> session = table.log.session(), user = table.log.user();
  places.rows.clear();
  places.cells.clear();
  for (std::size_t r = begin; r < end; ++r) {
    if (r + ahead < end) windows.prefetch(kept[r + ahead].number);
    const Decision decision = windows.decide(kept[r].number);
    const std::span<const SessionWindows::Key> window = windows.earliest(kept[r].number).first(decision.window);
    const std::uint64_t first_row = window[0].row();
    table.session[r] = session[first_row];
    table.user[r] = user[first_row];
    table.start[r] = window[0].time;
    table.window_end[r] = decision.window_end;
    table.label_time[r] = decision.label_time;
    table.start_sequence[r] = first_row;
    table.label[r] = decision.label ? 1 : 0;
    table.event_count[r] = static_cast<std::uint32_t>(window.size());
    for (std::size_t i = 0; i < window.size(); ++i) {
      table.time[r * size + i] = window[i].time;
      places.rows.push_back(window[i].row());
      places.cells.push_back(r * size + i);
    }
  }
  gather(places, table.log.price(), table.price);
  gather(places, table.log.type(), table.type);
  gather(places, table.log.product(), table.product);
  gather(places, table.log.category_id(), table.category_id);
  gather(places, table.log.category_code(), table.category_code);
  gather(places, table.log.brand(), table.brand);
}

}  // namespace

void resize(SessionTable& table, std::size_t rows) {
  const std::size_t cells = rows * static_cast<std::size_t>(table.options.size);
  const auto resize_all = [](std::size_t size, auto&... columns) { (columns.resize(size), ...); };
  resize_all(rows, table.session, table.user, table.start, table.window_end, table.label_time, table.start_sequence,
             table.label, table.event_count);
  resize_all(cells, table.time, table.price, table.type, table.product, table.category_id, table.category_code,
             table.brand);
}

void fill_table(SessionTable& table, const SessionWindows& windows, const Column<KeptWindow>& kept) {
  resize(table, kept.size());
  core::parallel_for_blocks(kept.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    EventPlaces places;
    places.rows.reserve(block_rows * static_cast<std::size_t>(table.options.size));
    places.cells.reserve(places.rows.capacity());
    if (table.options.short_sessions == ShortSessions::keep) clear_cells(table, begin, end);
    fill_rows(table, windows, kept, begin, end, places);
  });
}

std::uint64_t table_bytes(std::uint64_t rows, const SessionOptions& options) {
  constexpr std::uint64_t row_bytes =
      2 * sizeof(Code) + 4 * sizeof(std::int64_t) + sizeof(std::uint8_t) + sizeof(std::uint32_t);
  constexpr std::uint64_t cell_bytes = 2 * sizeof(std::int64_t) + sizeof(EventType) + 4 * sizeof(Code);
  return rows * (row_bytes + cell_bytes * static_cast<std::uint64_t>(options.size));
}

}  // namespace cartwheel::sessions
