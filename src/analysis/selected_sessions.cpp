#include "analysis/selected_sessions.hpp"

#include <algorithm>

namespace cartwheel::analysis {
namespace {

/// @param width  elements a row.
template <class T>
void select(const Column<T>& from, std::span<const std::uint32_t> rows, std::size_t width, Column<T>& to) {
  to.resize(rows.size() * width);
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(from.data() + rows[i] * width, width, to.data() + i * width);
}

}  // namespace

SessionTable select_sessions(const SessionTable& sessions, std::span<const std::uint32_t> rows) {
  SessionTable table;
  table.options = sessions.options;
  table.log = sessions.log;
  table.log_begin = sessions.log_begin;
  table.log_end = sessions.log_end;
  const auto window = static_cast<std::size_t>(sessions.options.size);
  select(sessions.session, rows, 1, table.session);
  select(sessions.user, rows, 1, table.user);
  select(sessions.start, rows, 1, table.start);
  select(sessions.window_end, rows, 1, table.window_end);
  select(sessions.label_time, rows, 1, table.label_time);
  select(sessions.start_sequence, rows, 1, table.start_sequence);
  select(sessions.label, rows, 1, table.label);
  select(sessions.event_count, rows, 1, table.event_count);
  select(sessions.time, rows, window, table.time);
  select(sessions.price, rows, window, table.price);
  select(sessions.type, rows, window, table.type);
  select(sessions.product, rows, window, table.product);
  select(sessions.category_id, rows, window, table.category_id);
  select(sessions.category_code, rows, window, table.category_code);
  select(sessions.brand, rows, window, table.brand);
  return table;
}

}  // namespace cartwheel::analysis
