#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <span>

namespace cartwheel::analysis {

/// The given rows of a table, in the given order; a row may occur more than once.
SessionTable select_sessions(const SessionTable& sessions, std::span<const std::uint32_t> rows);

}  // namespace cartwheel::analysis
