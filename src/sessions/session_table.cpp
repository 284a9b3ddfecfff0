#include <fmt/format.h>

#include <cartwheel/session_table.hpp>

#include "core/time.hpp"

namespace cartwheel {

std::string SessionTable::session_name(std::size_t row) const {
  if (session[row] != missing_code) return std::string(log.sessions()[session[row]]);
  return fmt::format("{}@{}", log.users()[user[row]], core::format_time(start[row]));
}

}  // namespace cartwheel
