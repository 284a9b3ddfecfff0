#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/session_table.hpp>

#include "core/time.hpp"

namespace cartwheel {

std::string_view name_of(Label label) {
  switch (label) {
    case Label::future:
      return "future";
    case Label::window:
      return "window";
    case Label::session:
      return "session";
  }
  throw ParameterError(fmt::format("label number {} does not exist", static_cast<int>(label)));
}

void SessionOptions::check() const {
  constexpr std::int64_t longest_horizon = 3653 * core::microseconds_per_day;  // 10 years, leap days included
  if (size < 1 || size > 1000) throw ParameterError(fmt::format("session.size is {}; it must be in [1, 1000]", size));
  name_of(label);  // throws for a number that is no label, which a damaged file could hold
  if (!target_cart && !target_purchase)
    throw ParameterError("session.target is empty; it must name cart, purchase or both");
  if (horizon <= 0 || horizon > longest_horizon)
    throw ParameterError(fmt::format("label.horizon is {}; it must be above 0 and at most 10 years ({})",
                                     core::format_duration(horizon), core::format_duration(longest_horizon)));
  if (gap <= 0) throw ParameterError(fmt::format("session.gap is {}; it must be above 0", core::format_duration(gap)));
  if (short_sessions != ShortSessions::leave_out && short_sessions != ShortSessions::keep)
    throw ParameterError("session.short must be leave_out or keep");
}

}  // namespace cartwheel
