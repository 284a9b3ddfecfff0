#pragma once

#include <array>
#include <cartwheel/exploration.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <vector>

namespace cartwheel::exploration {

/// The balance by each definition. @param sessions  built with Label::session: a target in the window makes
/// Label::window positive and leaves the session out of Label::future; for the others, Label::session asks what
/// Label::future asks.
/// @param all_sessions  those of the log, the ones that are too short included.
std::array<LabelBalance, 3> label_balances(const SessionTable& sessions, std::uint64_t all_sessions);

/// The rows whose label is complete.
std::vector<std::uint32_t> complete_rows(const SessionTable& sessions);

}  // namespace cartwheel::exploration
