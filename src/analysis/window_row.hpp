#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>

namespace cartwheel::analysis {

/// Event `i` of the window of `row`.
inline Event window_event(const SessionTable& sessions, std::uint32_t row, std::uint32_t i) {
  const std::size_t at = std::size_t{row} * static_cast<std::size_t>(sessions.options.size) + i;
  Event event;
  event.time = sessions.time[at];
  event.price = sessions.price[at];
  event.product = sessions.product[at];
  event.category_id = sessions.category_id[at];
  event.category_code = sessions.category_code[at];
  event.brand = sessions.brand[at];
  event.user = sessions.user[row];
  event.session = sessions.session[row];
  event.type = sessions.type[at];
  return event;
}

}  // namespace cartwheel::analysis
