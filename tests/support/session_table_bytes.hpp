#pragma once

#include <cartwheel/session_table.hpp>
#include <span>
#include <string>

#include "core/bytes.hpp"

namespace cartwheel::test {

/// Not a lambda: it would hold a writer, which a compiler may see as private to the library.
template <class... Columns>
void put_all(core::ByteWriter& out, const Columns&... columns) {
  (out.put_array(std::span(columns)), ...);
}

/// Every column of a session table, end to end: tables are the same if their bytes are.
inline std::string bytes_of(const SessionTable& table) {
  core::ByteWriter out;
  out.put(table.log_begin);
  out.put(table.log_end);
  put_all(out, table.session, table.user, table.start, table.window_end, table.label_time, table.start_sequence, table.label,
          table.event_count, table.time, table.price, table.type, table.product, table.category_id, table.category_code,
          table.brand);
  return out.bytes();
}

}  // namespace cartwheel::test
