#include <algorithm>
#include <cartwheel/session_table.hpp>

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
  const auto size = static_cast<std::size_t>(options.size);
  const bool keep_short = options.short_sessions == ShortSessions::keep;
  if (earliest_.empty() || (earliest_.size() < size && !keep_short)) return LeftOut::too_short;

  const Event& first = earliest_.front();
  std::span<const Event> window = earliest_;
  std::int64_t window_end = window.back().time;
  if (keep_short) {
    const std::int64_t closing = sessions::time_after(first.time, options.horizon);
    const auto late = std::ranges::upper_bound(earliest_, closing, {}, &Event::time);
    window = {earliest_.begin(), late};
    if (window.size() < size) window_end = closing;
  }

  const auto is_target = [&](const Event& event) { return options.is_target(event.type); };
  const bool target_in_window = std::ranges::any_of(window, is_target);
  if (options.label == Label::future && target_in_window) return LeftOut::target_in_window;

  // Events that a closed session got too late stand before every event beyond the first k.
  const auto late_target = std::find_if(earliest_.begin() + std::ssize(window), earliest_.end(), is_target);
  const auto next_target_time = late_target != earliest_.end() ? late_target->time : next_target_time_;
  const std::int64_t horizon_end = sessions::time_after(window_end, options.horizon);
  const bool target_after_window = next_target_time && *next_target_time <= horizon_end;

  row.session = first.session;
  row.user = first.user;
  row.start = first.time;
  row.start_sequence = first.sequence;
  row.window_end = window_end;
  row.window = window;
  row.label_time = options.label == Label::window ? window_end : horizon_end;
  switch (options.label) {
    case Label::future:
      row.label = target_after_window;
      break;
    case Label::window:
      row.label = target_in_window;
      break;
    case Label::session:
      row.label = target_in_window || target_after_window;
      break;
  }
  return LeftOut::none;
}

}  // namespace cartwheel
