#include <cartwheel/session_table.hpp>

#include "sessions/session_table_builder.hpp"

namespace cartwheel {

SessionTable build_sessions(const EventLog& log, const SessionOptions& options, Account& account) {
  sessions::SessionTableBuilder builder(log, options);
  for (std::uint64_t row = 0; row < log.size(); ++row) builder.add(row);
  return builder.finish(account);
}

}  // namespace cartwheel
