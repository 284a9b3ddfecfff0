#include <algorithm>
#include <cartwheel/session_table.hpp>

#include "sessions/decide_session.hpp"
#include "sessions/event_order.hpp"

namespace cartwheel {
namespace {

/// Room for one more event. Most windows are a few events, so they get one allocation; large ones grow as they fill.
void reserve_next(std::vector<Event>& events, std::size_t size) {
  constexpr std::size_t first_capacity = 4;
  if (events.size() == events.capacity()) events.reserve(std::min(size, std::max(first_capacity, 2 * events.size())));
}

}  // namespace

void SessionState::note_after_window(const Event& event, const SessionOptions& options) {
  if (!options.is_target(event.type)) return;
  next_target_time_ = std::min(event.time, next_target_time_.value_or(event.time));
}

void SessionState::add(const Event& event, const SessionOptions& options) {
  const auto size = static_cast<std::size_t>(options.size);
  ++event_count_;
  if (earliest_.size() == size) {
    if (!sessions::is_before(event, earliest_.back())) return note_after_window(event, options);
    note_after_window(earliest_.back(), options);
    earliest_.pop_back();
  }
  reserve_next(earliest_, size);
  earliest_.insert(std::ranges::upper_bound(earliest_, event, sessions::is_before), event);
}

LeftOut SessionState::finish(const SessionOptions& options, SessionRow& row) const {
  const sessions::Decision decision = sessions::decide_session(
      options, earliest_.size(), [&](std::size_t i) { return earliest_[i].time; },
      [&](std::size_t i) { return options.is_target(earliest_[i].type); },
      next_target_time_ ? &*next_target_time_ : nullptr);
  if (decision.left_out != LeftOut::none) return decision.left_out;
  const Event& first = earliest_.front();
  row.session = first.session;
  row.user = first.user;
  row.start = first.time;
  row.start_sequence = first.sequence;
  row.window_end = decision.window_end;
  row.window = std::span(earliest_).first(decision.window);
  row.label_time = decision.label_time;
  row.label = decision.label;
  return LeftOut::none;
}

}  // namespace cartwheel
