#pragma once

#include <cartwheel/session_table.hpp>
#include <cstddef>
#include <cstdint>

#include "core/host_device.hpp"
#include "sessions/event_order.hpp"

namespace cartwheel::sessions {

/// What becomes of a session.
struct Decision {
  LeftOut left_out = LeftOut::too_short;
  std::size_t window = 0;  ///< Events in the window; the values from here on hold only if nothing is left out.
  std::int64_t window_end = 0;
  std::int64_t label_time = 0;
  bool label = false;
};

/// The rule of windows and labels, for a session whose first k events are known.
/// @param count  of these events, at most options.size. @param time_of, is_target  of event i of them, in order.
/// @param next_target_time  the time of the first target beyond them; null if there is none.
template <class TimeOf, class IsTarget>
CARTWHEEL_HD Decision decide_session(const SessionOptions& options, std::size_t count, const TimeOf& time_of,
                                     const IsTarget& is_target, const std::int64_t* next_target_time) {
  Decision decision;
  const auto size = static_cast<std::size_t>(options.size);
  const bool keep_short = options.short_sessions == ShortSessions::keep;
  if (count == 0 || (count < size && !keep_short)) return decision;

  std::size_t window = count;
  std::int64_t window_end = time_of(count - 1);
  if (keep_short) {
    const std::int64_t closing = time_after(time_of(0), options.horizon);
    while (time_of(window - 1) > closing) --window;
    window_end = window < size ? closing : time_of(window - 1);
  }

  bool target_in_window = false;
  for (std::size_t i = 0; i < window; ++i) target_in_window |= is_target(i);
  if (options.label == Label::future && target_in_window) {
    decision.left_out = LeftOut::target_in_window;
    return decision;
  }

  // Events that a closed session got too late stand before every event beyond the first k.
  bool target_follows = next_target_time != nullptr;
  std::int64_t target_time = target_follows ? *next_target_time : 0;
  for (std::size_t i = count; i-- > window;)
    if (is_target(i)) {
      target_follows = true;
      target_time = time_of(i);
    }
  const std::int64_t horizon_end = time_after(window_end, options.horizon);
  const bool target_after_window = target_follows && target_time <= horizon_end;

  decision.left_out = LeftOut::none;
  decision.window = window;
  decision.window_end = window_end;
  decision.label_time = options.label == Label::window ? window_end : horizon_end;
  switch (options.label) {
    case Label::future:
      decision.label = target_after_window;
      break;
    case Label::window:
      decision.label = target_in_window;
      break;
    case Label::session:
      decision.label = target_in_window || target_after_window;
      break;
  }
  return decision;
}

}  // namespace cartwheel::sessions
