#include "sessions/session_table_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sessions/inactivity.hpp"

namespace cartwheel::sessions {
namespace {

/// How many sessions became rows, and how many did not.
struct SessionCounts {
  std::int64_t sessions = 0, too_short = 0, target_in_window = 0;
};

/// A session that becomes a row, and the key that rows are sorted by.
struct KeptSession {
  std::int64_t start;
  std::uint64_t start_sequence;
  const SessionState* state;
};

std::vector<KeptSession> select_rows(const std::vector<SessionState>& states, const SessionOptions& options,
                                     SessionCounts& counts) {
  std::vector<KeptSession> kept;
  for (const SessionState& state : states) {
    if (state.event_count() == 0) continue;
    ++counts.sessions;
    SessionRow row;
    switch (state.finish(options, row)) {
      case LeftOut::none:
        kept.push_back({row.start, row.start_sequence, &state});
        break;
      case LeftOut::too_short:
        ++counts.too_short;
        break;
      case LeftOut::target_in_window:
        ++counts.target_in_window;
        break;
    }
  }
  std::ranges::sort(kept, {}, [](const KeptSession& k) { return std::pair(k.start, k.start_sequence); });
  return kept;
}

void resize(SessionTable& table, std::size_t rows) {
  const auto size = static_cast<std::size_t>(table.options.size);
  const Event missing;
  table.session.resize(rows);
  table.user.resize(rows);
  table.start.resize(rows);
  table.window_end.resize(rows);
  table.label_time.resize(rows);
  table.start_sequence.resize(rows);
  table.label.resize(rows);
  table.event_count.resize(rows);
  table.time.resize(rows * size, missing.time);
  table.price.resize(rows * size, missing.price);
  table.type.resize(rows * size, missing.type);
  table.product.resize(rows * size, missing.product);
  table.category_id.resize(rows * size, missing.category_id);
  table.category_code.resize(rows * size, missing.category_code);
  table.brand.resize(rows * size, missing.brand);
}

void set_row(SessionTable& table, std::size_t r, const SessionRow& row) {
  table.session[r] = row.session;
  table.user[r] = row.user;
  table.start[r] = row.start;
  table.window_end[r] = row.window_end;
  table.label_time[r] = row.label_time;
  table.start_sequence[r] = row.start_sequence;
  table.label[r] = row.label ? 1 : 0;
  table.event_count[r] = static_cast<std::uint32_t>(row.window.size());
  std::size_t i = r * static_cast<std::size_t>(table.options.size);
  for (const Event& event : row.window) {
    table.time[i] = event.time;
    table.price[i] = event.price;
    table.type[i] = event.type;
    table.product[i] = event.product;
    table.category_id[i] = event.category_id;
    table.category_code[i] = event.category_code;
    table.brand[i] = event.brand;
    ++i;
  }
}

void add_to_account(Account& account, const SessionCounts& counts, const SessionTable& table) {
  const SessionOptions& options = table.options;
  account.add("sessions", counts.sessions);
  if (options.short_sessions == ShortSessions::leave_out)
    account.add(fmt::format("sessions with fewer than {} events, left out", options.size), counts.too_short);
  if (options.label == Label::future)
    account.add("sessions with a target in the window, left out", counts.target_in_window,
                "label future asks what happens after the window");
  account.add("sessions kept", static_cast<std::int64_t>(table.size()));
  account.add("sessions whose label time is after the log's end",
              std::ranges::count_if(table.label_time, [&](std::int64_t time) { return time > table.log_end; }),
              "kept, but their label may still change");
}

}  // namespace

SessionTableBuilder::SessionTableBuilder(EventLog log, const SessionOptions& options)
    : log_(std::move(log)), options_(options), log_names_sessions_(log_.sessions().size() > 1) {
  options.check();
  if (log_names_sessions_) states_.resize(log_.sessions().size());
}

void SessionTableBuilder::add(std::uint64_t row) {
  ++event_count_;
  if (log_names_sessions_) {
    const Code session = log_.session()[row];
    if (session != missing_code)
      states_[session].add(log_.event(row), options_);
    else
      ++events_without_session_;
  } else if (log_.user()[row] != missing_code) {
    rows_.push_back(row);
  } else {
    ++events_without_session_;
  }
}

SessionTable SessionTableBuilder::finish(Account& account) {
  if (!log_names_sessions_) states_ = find_sessions_by_inactivity(log_, std::exchange(rows_, {}), options_);

  SessionCounts counts;
  const std::vector<KeptSession> kept = select_rows(states_, options_, counts);
  SessionTable table;
  table.options = options_;
  table.log = log_;
  if (log_.size() > 0) {
    const auto [first, last] = std::ranges::minmax(log_.time());
    table.log_begin = first;
    table.log_end = last;
  }
  resize(table, kept.size());
  for (std::size_t r = 0; r < kept.size(); ++r) {
    SessionRow row;
    kept[r].state->finish(options_, row);
    set_row(table, r, row);
  }

  account.add("events", event_count_);
  account.add("events without a session, left out", events_without_session_,
              log_names_sessions_ ? "they have no user_session" : "they have neither user_session nor user_id");
  add_to_account(account, counts, table);
  return table;
}

}  // namespace cartwheel::sessions
