#pragma once

#include <cartwheel/session_table.hpp>
#include <string>

#include "core/bytes.hpp"

namespace cartwheel::test {

/// Every column of a session table, end to end: tables are the same if their bytes are.
inline std::string bytes_of(const SessionTable& table) {
  core::ByteWriter out;
  const auto put_all = [&](const auto&... columns) { (out.put_array(std::span(columns)), ...); };
  out.put(table.log_begin);
  out.put(table.log_end);
  put_all(table.session, table.user, table.start, table.window_end, table.label_time, table.start_sequence, table.label,
          table.event_count, table.time, table.price, table.type, table.product, table.category_id, table.category_code,
          table.brand);
  return out.bytes();
}

}  // namespace cartwheel::test
