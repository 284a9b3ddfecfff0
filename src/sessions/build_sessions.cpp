#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/session_table.hpp>
#include <optional>
#include <vector>

#include "core/current_device.hpp"
#include "core/memory.hpp"
#include "core/parallel.hpp"
#include "sessions/events_by_code.hpp"
#include "sessions/fill_table.hpp"
#include "sessions/group_sessions.hpp"
#include "sessions/inactivity.hpp"
#include "sessions/session_windows.hpp"
#include "sessions/start_order.hpp"

namespace cartwheel {
namespace {

using namespace sessions;

constexpr std::size_t block_rows = std::size_t{1} << 16;
constexpr std::size_t windows_per_block = 4096;

/// The session of each event, named by the log or found.
class SessionCodes {
 public:
  SessionCodes(const EventLog& log, const SessionOptions& options) : named_(log.sessions().size() > 1) {
    codes_ = log.session();
    code_count_ = log.sessions().size();
    if (named_) return;
    core::require_memory(inactivity_bytes(log), "finding the log's sessions by inactivity",
                         "use fewer events, or give the log a user_session column");
    found_ = find_sessions_by_inactivity(log, options.gap);
    codes_ = found_.codes;
    code_count_ = found_.code_count;
  }
  SessionCodes(const SessionCodes&) = delete;
  SessionCodes& operator=(const SessionCodes&) = delete;

  bool named() const { return named_; }
  std::span<const Code> codes() const { return codes_; }
  std::size_t code_count() const { return code_count_; }
  std::uint64_t bytes() const { return found_.codes.size() * sizeof(Code); }

 private:
  bool named_;
  InactivitySessions found_;
  std::span<const Code> codes_;
  std::size_t code_count_ = 0;
};

/// What is known of the log as a whole.
struct LogSummary {
  std::int64_t begin = 0, end = 0;
  std::int64_t events_without_session = 0;
};

LogSummary summary_of(std::span<const std::int64_t> time, std::span<const Code> session) {
  if (time.empty()) return {};
  std::vector<LogSummary> blocks((time.size() + block_rows - 1) / block_rows);
  core::parallel_for_blocks(time.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    LogSummary block{time[begin], time[begin], 0};
    for (std::size_t row = begin; row < end; ++row) {
      block.begin = std::min(block.begin, time[row]);
      block.end = std::max(block.end, time[row]);
    }
    block.events_without_session = std::ranges::count(session.subspan(begin, end - begin), missing_code);
    blocks[begin / block_rows] = block;
  });
  LogSummary summary = blocks[0];
  for (const LogSummary& block : std::span(blocks).subspan(1)) {
    summary.begin = std::min(summary.begin, block.begin);
    summary.end = std::max(summary.end, block.end);
    summary.events_without_session += block.events_without_session;
  }
  return summary;
}

/// The windows that become rows, in order, and how many do not because a target is in them.
struct Selection {
  Column<KeptWindow> kept;
  std::int64_t target_in_window = 0;
};

Selection select_windows(const SessionWindows& windows) {
  const std::size_t blocks = (windows.size() + windows_per_block - 1) / windows_per_block;
  std::vector<std::size_t> kept_in(blocks + 1);
  std::vector<std::int64_t> target_in_window(blocks);
  const auto for_each_block = [&](const auto& body) {
    core::parallel_for_blocks(windows.size(), windows_per_block,
                              [&](std::size_t begin, std::size_t end) { body(begin / windows_per_block, begin, end); });
  };
  for_each_block([&](std::size_t block, std::size_t begin, std::size_t end) {
    for (std::size_t number = begin; number < end; ++number) {
      const LeftOut left_out = windows.decide(number).left_out;
      kept_in[block + 1] += left_out == LeftOut::none ? 1 : 0;
      target_in_window[block] += left_out == LeftOut::target_in_window ? 1 : 0;
    }
  });
  Selection selection;
  for (std::size_t block = 0; block < blocks; ++block) {
    kept_in[block + 1] += kept_in[block];
    selection.target_in_window += target_in_window[block];
  }
  selection.kept.resize(kept_in[blocks]);
  for_each_block([&](std::size_t block, std::size_t begin, std::size_t end) {
    std::size_t place = kept_in[block];
    for (std::size_t number = begin; number < end; ++number)
      if (windows.decide(number).left_out == LeftOut::none)
        selection.kept[place++] = {windows.earliest(number)[0].time, number};
  });
  sort_by_start(selection.kept, windows);
  return selection;
}

SessionMemory memory_for(const SessionCodes& codes, const WindowIndex& index, const SessionOptions& options) {
  SessionMemory memory;
  memory.sessions = index.sessions;
  memory.windows = index.windows;
  memory.table = table_bytes(index.windows, options);
  const std::uint64_t counts = codes.code_count() * (options.size > 255 ? 2 : 1);
  const std::uint64_t ranks = index.ranks.words() * 16 + index.begin.size() * sizeof(std::uint64_t);
  const std::uint64_t windows = SessionWindows::bytes_of(index, options);
  const std::uint64_t order = index.windows * sizeof(KeptWindow);
  // Either the rows are sorted, or they have been and the table is filled.
  memory.most = codes.bytes() + ranks + std::max({counts, windows + 2 * order, windows + order + memory.table});
  return memory;
}

void add_to_account(Account& account, const EventLog& log, const SessionCodes& codes, const LogSummary& summary,
                    const SessionCounts& counts, const SessionTable& table) {
  const SessionOptions& options = table.options;
  account.add("events", static_cast<std::int64_t>(log.size()));
  account.add("events without a session, left out", summary.events_without_session,
              codes.named() ? "they have no user_session" : "they have neither user_session nor user_id");
  account.add("sessions", static_cast<std::int64_t>(counts.sessions));
  if (options.short_sessions == ShortSessions::leave_out)
    account.add(fmt::format("sessions with fewer than {} events, left out", options.size),
                static_cast<std::int64_t>(counts.sessions - counts.windows));
  if (options.label == Label::future)
    account.add("sessions with a target in the window, left out", counts.target_in_window,
                "label future asks what happens after the window");
  account.add("sessions kept", static_cast<std::int64_t>(table.size()));
  account.add("sessions whose label time is after the log's end",
              std::ranges::count_if(table.label_time, [&](std::int64_t time) { return time > table.log_end; }),
              "kept, but their label may still change");
}

/// Fills the rows of `table`, whose options and log are set.
SessionCounts group_sessions(SessionTable& table, const SessionCodes& codes) {
  const EventLog& log = table.log;
  const SessionOptions& options = table.options;
  const EventsByCode events(codes.codes());
  const WindowIndex index = index_windows(events, codes.code_count(), options);
  core::require_memory(memory_for(codes, index, options).most,
                       fmt::format("a table of {} sessions with {} events each", index.windows, options.size),
                       options.short_sessions == ShortSessions::keep
                           ? "use fewer events, a smaller session.size, or session.short = \"leave_out\""
                           : "use fewer events, or a smaller session.size");
  SessionWindows windows(log, index, options);
  windows.fill(events);
  const Selection selection = select_windows(windows);
  fill_table(table, windows, selection.kept);
  return {index.sessions, index.windows, selection.target_in_window};
}

}  // namespace

SessionTable build_sessions(const EventLog& log, const SessionOptions& options, Account& account) {
  options.check();
  const SessionCodes codes(log, options);
  const LogSummary summary = summary_of(log.time(), codes.codes());
  SessionTable table;
  table.options = options;
  table.log = log;
  table.log_begin = summary.begin;
  table.log_end = summary.end;
  const SessionCounts counts = core::current_device() == Device::cuda
                                   ? group_sessions_on_cuda(table, codes.codes(), codes.code_count())
                                   : group_sessions(table, codes);
  add_to_account(account, log, codes, summary, counts, table);
  return table;
}

SessionMemory session_memory(const EventLog& log, const SessionOptions& options) {
  options.check();
  const SessionCodes codes(log, options);
  return memory_for(codes, index_windows(EventsByCode(codes.codes()), codes.code_count(), options), options);
}

}  // namespace cartwheel
