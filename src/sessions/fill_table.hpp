#pragma once

#include <cartwheel/session_table.hpp>

#include "sessions/start_order.hpp"

namespace cartwheel::sessions {

/// Fills the rows of `table`, whose options and log are set: one for each of `kept`, in its order.
void fill_table(SessionTable& table, const SessionWindows& windows, const Column<KeptWindow>& kept);

/// Gives the columns of `table` room for so many rows.
void resize(SessionTable& table, std::size_t rows);

/// Bytes of a table of `rows` rows.
std::uint64_t table_bytes(std::uint64_t rows, const SessionOptions& options);

}  // namespace cartwheel::sessions
