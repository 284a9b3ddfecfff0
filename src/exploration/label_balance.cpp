#include "exploration/label_balance.hpp"

namespace cartwheel::exploration {
namespace {

bool target_in_window(const SessionTable& sessions, std::size_t row) {
  const std::size_t begin = row * static_cast<std::size_t>(sessions.options.size);
  for (std::size_t i = begin; i < begin + sessions.event_count[row]; ++i)
    if (sessions.options.is_target(sessions.type[i])) return true;
  return false;
}

void count_row(LabelBalance& balance, bool complete, bool positive) {
  ++balance.sessions;
  balance.incomplete += complete ? 0 : 1;
  balance.positives += complete && positive ? 1 : 0;
}

}  // namespace

std::array<LabelBalance, 3> label_balances(const SessionTable& sessions, std::uint64_t all_sessions) {
  std::array<LabelBalance, 3> balances;
  for (const Label label : {Label::future, Label::window, Label::session}) {
    balances[static_cast<std::size_t>(label)].label = label;
    balances[static_cast<std::size_t>(label)].too_short = all_sessions - sessions.size();
  }
  auto& [future, window, session] = balances;
  for (std::size_t row = 0; row < sessions.size(); ++row) {
    const bool in_window = target_in_window(sessions, row);
    const bool complete = sessions.label_time[row] <= sessions.log_end;
    count_row(session, complete, sessions.label[row] == 1);
    count_row(window, sessions.window_end[row] <= sessions.log_end, in_window);
    if (in_window)
      ++future.target_in_window;
    else
      count_row(future, complete, sessions.label[row] == 1);
  }
  return balances;
}

std::vector<std::uint32_t> complete_rows(const SessionTable& sessions) {
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < sessions.size(); ++row)
    if (sessions.label_time[row] <= sessions.log_end) rows.push_back(static_cast<std::uint32_t>(row));
  return rows;
}

}  // namespace cartwheel::exploration
