#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <limits>
#include <utility>
#include <vector>

#include "core/launch.cuh"
#include "core/sort_pairs.cuh"
#include "sessions/decide_session.hpp"
#include "sessions/fill_table.hpp"
#include "sessions/group_sessions.hpp"
#include "sessions/session_blocks.hpp"
#include "sessions/target_types.hpp"

/// Events are sorted by (session, time, row), so that a session is a stretch of them; a thread decides a session, the
/// kept ones are sorted by (start, first row), and columns are gathered. Every step is a launch over all events,
/// sessions or cells.
namespace cartwheel::sessions {

namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;
using core::Pairs;
using core::sort_pairs;
using core::thread_number;
constexpr unsigned threads = 256;
constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// Times counted from the log's first in the largest unit that loses nothing: fewer bits to sort by.
struct TimeUnits {
  std::int64_t begin = 0;
  std::uint64_t unit = 1;

  CARTWHEEL_HD std::uint64_t operator()(std::int64_t time) const {
    return (static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(begin)) / unit;
  }
};

constexpr std::uint32_t units_per_check = 2;
constexpr std::uint64_t units[units_per_check] = {1'000'000, 1'000};  // seconds and milliseconds

/// Clears bit u of `holds` where units[u] does not divide a time.
__global__ void __launch_bounds__(threads)
    check_units(const std::int64_t* time, std::size_t size, TimeUnits microseconds, std::uint32_t* holds) {
  const std::size_t i = thread_number();
  if (i >= size) return;
  std::uint32_t fails = 0;
  if (microseconds(time[i]) % 1'000'000 != 0) fails |= 1u;
  if (microseconds(time[i]) % 1'000 != 0) fails |= 2u;
  if (fails != 0 && (*holds & fails) != 0) atomicAnd(holds, ~fails);
}

__global__ void __launch_bounds__(threads)
    make_keys(const std::uint32_t* codes, const std::int64_t* time, std::size_t size, TimeUnits in_units, int time_bits,
              std::uint64_t* keys, std::uint32_t* rows) {
  const std::size_t i = thread_number();
  if (i >= size) return;
  const std::uint64_t code = time_bits < 64 ? std::uint64_t{codes[i]} << time_bits : 0;
  keys[i] = code | in_units(time[i]);
  rows[i] = static_cast<std::uint32_t>(i);
}

/// keys[i] = codes[rows[i]]
__global__ void __launch_bounds__(threads)
    codes_as_keys(const std::uint32_t* codes, const std::uint32_t* rows, std::size_t size, std::uint64_t* keys) {
  const std::size_t i = thread_number();
  if (i < size) keys[i] = codes[rows[i]];
}

/// Events in order, and where each session's lie: at [begin[code], end[code]); nowhere for code 0.
struct SortedEvents {
  const std::uint64_t* keys;  ///< The code is above `shift` bits.
  const std::uint32_t* rows;
  std::size_t size;
  int shift;
  std::uint32_t *begin, *end;
  std::uint32_t* next_target;  ///< [codes]: place of the first target beyond the first k; none if there is none.
  const std::int64_t* time;
  const EventType* type;
  TargetTypes targets;

  CARTWHEEL_HD std::uint64_t code(std::size_t place) const { return keys[place] >> shift; }
  CARTWHEEL_HD std::int64_t time_at(std::size_t place) const { return time[rows[place]]; }
  CARTWHEEL_HD bool is_target(std::size_t place) const { return targets.contains(type[rows[place]]); }
};

__global__ void __launch_bounds__(threads) find_sessions(const SortedEvents events) {
  const std::size_t i = thread_number();
  if (i >= events.size) return;
  const std::uint64_t code = events.code(i);
  if (code == missing_code) return;
  if (i == 0 || events.code(i - 1) != code) events.begin[code] = static_cast<std::uint32_t>(i);
  if (i + 1 == events.size || events.code(i + 1) != code) events.end[code] = static_cast<std::uint32_t>(i + 1);
}

__global__ void __launch_bounds__(threads) find_next_targets(const SortedEvents events, std::uint32_t window) {
  const std::size_t i = thread_number();
  if (i >= events.size || !events.is_target(i)) return;
  const std::uint64_t code = events.code(i);
  if (code != missing_code && i - events.begin[code] >= window)
    atomicMin(&events.next_target[code], static_cast<std::uint32_t>(i));
}

/// Time and target mark of the i-th event of a session.
struct TimeInSession {
  const SortedEvents& events;
  std::size_t begin;
  CARTWHEEL_HD std::int64_t operator()(std::size_t i) const { return events.time_at(begin + i); }
};
struct TargetInSession {
  const SortedEvents& events;
  std::size_t begin;
  CARTWHEEL_HD bool operator()(std::size_t i) const { return events.is_target(begin + i); }
};

__device__ Decision decide(const SortedEvents& events, const SessionOptions& options, std::size_t code) {
  const std::size_t begin = events.begin[code];
  const std::size_t count = min(std::size_t{events.end[code]} - begin, static_cast<std::size_t>(options.size));
  const std::uint32_t next = events.next_target[code];
  const std::int64_t next_time = next == none ? 0 : events.time_at(next);
  return decide_session(options, count, TimeInSession{events, begin}, TargetInSession{events, begin},
                        next == none ? nullptr : &next_time);
}

struct Totals {
  unsigned long long sessions = 0, windows = 0, target_in_window = 0, kept = 0;
};

/// Decides every session; those that are kept are listed, in any order: codes, and their first rows as keys.
__global__ void __launch_bounds__(threads)
    decide_sessions(const SortedEvents events, const SessionOptions options, std::size_t codes, Totals* totals,
                    std::uint64_t* kept_first_row, std::uint32_t* kept_code) {
  const std::size_t code = thread_number();
  if (code >= codes || events.begin[code] == events.end[code]) return;
  atomicAdd(&totals->sessions, 1ull);
  const Decision decision = decide(events, options, code);
  if (decision.left_out != LeftOut::too_short) atomicAdd(&totals->windows, 1ull);
  if (decision.left_out == LeftOut::target_in_window) atomicAdd(&totals->target_in_window, 1ull);
  if (decision.left_out != LeftOut::none) return;
  const unsigned long long place = atomicAdd(&totals->kept, 1ull);
  kept_first_row[place] = events.rows[events.begin[code]];
  kept_code[place] = static_cast<std::uint32_t>(code);
}

__global__ void __launch_bounds__(threads)
    starts_as_keys(const SortedEvents events, TimeUnits in_units, const std::uint32_t* kept, std::size_t size,
                   std::uint64_t* keys) {
  const std::size_t i = thread_number();
  if (i < size) keys[i] = in_units(events.time_at(events.begin[kept[i]]));
}

/// Columns of the table that have one value a row; see SessionTable.
struct RowColumns {
  std::int64_t *start, *window_end, *label_time;
  std::uint64_t* start_sequence;
  std::uint8_t* label;
  std::uint32_t* event_count;
  std::uint32_t* first_row;
  std::uint32_t* cells;  ///< [rows x size]: the row of the log that a cell is filled from, or none.
};

__global__ void __launch_bounds__(threads)
    fill_rows(const SortedEvents events, const SessionOptions options, const std::uint32_t* kept, std::size_t size,
              const RowColumns out) {
  const std::size_t r = thread_number();
  if (r >= size) return;
  const std::uint32_t code = kept[r];
  const std::size_t begin = events.begin[code], window = static_cast<std::size_t>(options.size);
  const Decision decision = decide(events, options, code);
  out.start[r] = events.time_at(begin);
  out.window_end[r] = decision.window_end;
  out.label_time[r] = decision.label_time;
  out.start_sequence[r] = events.rows[begin];
  out.label[r] = decision.label ? 1 : 0;
  out.event_count[r] = static_cast<std::uint32_t>(decision.window);
  out.first_row[r] = events.rows[begin];
  for (std::size_t i = 0; i < window; ++i)
    out.cells[r * window + i] = i < decision.window ? events.rows[begin + i] : none;
}

template <class T>
__global__ void __launch_bounds__(threads)
    gather_rows(const T* from, const std::uint32_t* rows, std::size_t size, T missing, T* to) {
  const std::size_t i = thread_number();
  if (i < size) to[i] = rows[i] == none ? missing : from[rows[i]];
}

/// to[i] = from[rows[i]], or `missing`. @param from  on the device.
template <class T>
void gather(const T* from, const DeviceBuffer<std::uint32_t>& rows, T missing, Column<T>& to) {
  const DeviceBuffer<T> out(rows.size(), "a column of the session table");
  launch("gathering a column", gather_rows<T>, blocks_for(rows.size(), threads), threads, 0, from, rows.data(),
         rows.size(), missing, out.data());
  out.get(to);
}

int bits_of(std::uint64_t largest) { return static_cast<int>(std::bit_width(largest)); }

/// Sorts by (key, first): `pairs` holds `first` as keys; keys_of(pairs) puts the keys in their place.
template <class MakeKeys>
void sort_by(Pairs& pairs, int first_bits, const MakeKeys& make_keys_of, int key_bits) {
  sort_pairs(pairs, first_bits);
  make_keys_of(pairs);
  sort_pairs(pairs, key_bits);
}

/// Events that are grouped: all of a log, or those of some sessions.
class GroupedEvents {
 public:
  /// All of them. @param codes  see group_sessions_on_cuda.
  explicit GroupedEvents(std::span<const Code> codes) : codes_(codes) {}
  /// Those of a block, whose codes become numbers from 1.
  GroupedEvents(std::span<const Code> codes, const SessionBlock& block) : rows_(block.rows) {
    for (const std::uint32_t row : rows_) own_codes_.push_back(codes[row] - block.first + 1);
    codes_ = own_codes_;
  }
  GroupedEvents(const GroupedEvents&) = delete;
  GroupedEvents& operator=(const GroupedEvents&) = delete;

  std::span<const Code> codes() const { return codes_; }
  /// Of an event's number here, its row in the log.
  std::uint64_t row(std::uint64_t number) const { return rows_.empty() ? number : rows_[number]; }
  /// A column of the log, in device memory.
  template <class T>
  DeviceBuffer<T> column(std::span<const T> of_log, const char* what) const {
    if (rows_.empty()) return {of_log, what};
    std::vector<T> own;
    for (const std::uint32_t row : rows_) own.push_back(of_log[row]);
    return {std::span<const T>(own), what};
  }

 private:
  std::span<const std::uint32_t> rows_;  ///< Empty: all.
  std::vector<Code> own_codes_;
  std::span<const Code> codes_;
};

/// What a group-by takes, at most: sorting, then the columns and the table. A session that is left out has no cells.
constexpr std::size_t bytes_an_event = 128;
std::size_t bytes_a_code(const SessionOptions& options) {
  constexpr std::size_t sorting = 60, row = 72, cell = 12;
  if (options.short_sessions == ShortSessions::leave_out) return sorting;
  return sorting + row + cell * static_cast<std::size_t>(options.size);
}

class Grouping {
 public:
  Grouping(SessionTable& table, const GroupedEvents& events, std::size_t code_count)
      : table_(table),
        grouped_(events),
        code_count_(code_count),
        codes_(events.codes(), "session codes"),
        time_(events.column(table.log.time(), "times")),
        type_(events.column(table.log.type(), "event types")),
        begin_(code_count, "sessions"),
        end_(code_count, "sessions"),
        next_target_(code_count, "sessions") {}

  SessionCounts run() {
    in_units_ = {table_.log_begin, largest_unit()};
    time_bits_ = bits_of(in_units_(table_.log_end));
    sort_events();
    const SortedEvents events = find();
    DeviceBuffer<Totals> totals(1, "counts of sessions");
    totals.fill_with_zeros();
    Pairs kept{{code_count_, "kept sessions"}, {code_count_, "kept sessions"}};
    launch("deciding sessions", decide_sessions, blocks_for(code_count_, threads), threads, 0, events, table_.options,
           code_count_, totals.data(), kept.keys.data(), kept.values.data());
    const Totals all = totals.to_host()[0];
    kept = first_of(kept, all.kept);
    sort_by(
        kept, bits_of(codes_.size()),
        [&](Pairs& pairs) {
          launch("ordering sessions", starts_as_keys, blocks_for(pairs.keys.size(), threads), threads, 0, events,
                 in_units_, pairs.values.data(), pairs.keys.size(), pairs.keys.data());
        },
        time_bits_);
    fill(events, kept.values);
    return {all.sessions, all.windows, static_cast<std::int64_t>(all.target_in_window)};
  }

 private:
  std::uint64_t largest_unit() const {
    std::uint32_t holds = (1u << units_per_check) - 1;
    DeviceBuffer<std::uint32_t> flags(std::span<const std::uint32_t>(&holds, 1), "units of time");
    launch("looking at times", check_units, blocks_for(time_.size(), threads), threads, 0, time_.data(), time_.size(),
           TimeUnits{table_.log_begin, 1}, flags.data());
    flags.get({&holds, 1});
    for (std::uint32_t u = 0; u < units_per_check; ++u)
      if ((holds >> u & 1) != 0) return units[u];
    return 1;
  }

  /// By (session, time, row): in one sort where both fit 64 bits, else by time and then by session.
  void sort_events() {
    const std::size_t size = codes_.size();
    const int code_bits = bits_of(code_count_);
    const bool at_once = time_bits_ + code_bits <= 64;
    sorted_ = {{size, "keys of events"}, {size, "rows of events"}};
    launch("making keys", make_keys, blocks_for(size, threads), threads, 0, codes_.data(), time_.data(), size,
           in_units_, at_once ? time_bits_ : 64, sorted_.keys.data(), sorted_.values.data());
    shift_ = at_once ? time_bits_ : 0;
    if (at_once) return sort_pairs(sorted_, time_bits_ + code_bits);
    sort_by(
        sorted_, time_bits_,
        [&](Pairs& pairs) {
          launch("making keys", codes_as_keys, blocks_for(size, threads), threads, 0, codes_.data(),
                 pairs.values.data(), size, pairs.keys.data());
        },
        code_bits);
  }

  SortedEvents find() {
    const SortedEvents events{
        sorted_.keys.data(), sorted_.values.data(), codes_.size(), shift_,       begin_.data(),
        end_.data(),         next_target_.data(),   time_.data(),  type_.data(), TargetTypes(table_.options)};
    begin_.fill_with_zeros();
    end_.fill_with_zeros();
    core::DeviceContext::get().fill_with_byte(next_target_.data(), 0xff, next_target_.bytes());
    launch("finding sessions", find_sessions, blocks_for(codes_.size(), threads), threads, 0, events);
    launch("finding targets", find_next_targets, blocks_for(codes_.size(), threads), threads, 0, events,
           static_cast<std::uint32_t>(table_.options.size));
    return events;
  }

  /// The same pairs, and no more room than they need.
  static Pairs first_of(const Pairs& pairs, std::size_t size) {
    Pairs first{{size, "kept sessions"}, {size, "kept sessions"}};
    core::DeviceContext& context = core::DeviceContext::get();
    context.copy_on_device(first.keys.data(), pairs.keys.data(), first.keys.bytes());
    context.copy_on_device(first.values.data(), pairs.values.data(), first.values.bytes());
    return first;
  }

  void fill(const SortedEvents& events, const DeviceBuffer<std::uint32_t>& kept) {
    const std::size_t rows = kept.size(), cells = rows * static_cast<std::size_t>(table_.options.size);
    resize(table_, rows);
    const char* const what = "the session table";
    const DeviceBuffer<std::int64_t> start(rows, what), window_end(rows, what), label_time(rows, what);
    const DeviceBuffer<std::uint64_t> start_sequence(rows, what);
    const DeviceBuffer<std::uint8_t> label(rows, what);
    const DeviceBuffer<std::uint32_t> event_count(rows, what), first_row(rows, what), cell(cells, what);
    launch("filling the session table", fill_rows, blocks_for(rows, threads), threads, 0, events, table_.options,
           kept.data(), rows,
           RowColumns{start.data(), window_end.data(), label_time.data(), start_sequence.data(), label.data(),
                      event_count.data(), first_row.data(), cell.data()});
    start.get(table_.start);
    window_end.get(table_.window_end);
    label_time.get(table_.label_time);
    start_sequence.get(table_.start_sequence);
    for (std::uint64_t& sequence : table_.start_sequence) sequence = grouped_.row(sequence);
    label.get(table_.label);
    event_count.get(table_.event_count);
    const EventLog& log = table_.log;
    const Event missing;
    gather_from_log(log.session(), first_row, missing.session, table_.session);
    gather_from_log(log.user(), first_row, missing.user, table_.user);
    gather(static_cast<const std::int64_t*>(time_.data()), cell, missing.time, table_.time);
    gather_from_log(log.price(), cell, missing.price, table_.price);
    gather_from_log(log.type(), cell, missing.type, table_.type);
    gather_from_log(log.product(), cell, missing.product, table_.product);
    gather_from_log(log.category_id(), cell, missing.category_id, table_.category_id);
    gather_from_log(log.category_code(), cell, missing.category_code, table_.category_code);
    gather_from_log(log.brand(), cell, missing.brand, table_.brand);
  }

  template <class T>
  void gather_from_log(std::span<const T> column, const DeviceBuffer<std::uint32_t>& rows, T missing, Column<T>& to) {
    const DeviceBuffer<T> on_device = grouped_.column(column, "a column of the log");
    gather(static_cast<const T*>(on_device.data()), rows, missing, to);
  }

  SessionTable& table_;
  const GroupedEvents& grouped_;
  std::size_t code_count_;
  DeviceBuffer<std::uint32_t> codes_;
  DeviceBuffer<std::int64_t> time_;
  DeviceBuffer<EventType> type_;
  DeviceBuffer<std::uint32_t> begin_, end_, next_target_;
  TimeUnits in_units_;
  int time_bits_ = 0, shift_ = 0;
  Pairs sorted_;
};

}  // namespace

SessionCounts group_sessions_on_cuda(SessionTable& table, std::span<const Code> codes, std::size_t code_count) {
  if (codes.size() >= none)
    throw DeviceError("sessions of 2^32 - 1 events or more do not fit the GPU's row numbers; use --device cpu");
  if (codes.empty()) {
    resize(table, 0);
    return {};
  }
  const std::size_t room = core::DeviceContext::get().free_memory();
  const std::size_t of_code = bytes_a_code(table.options);
  if (codes.size() * bytes_an_event + code_count * of_code <= room)
    return Grouping(table, GroupedEvents(codes), code_count).run();
  SessionCounts counts;
  std::vector<SessionTable> parts;
  for (const SessionBlock& block : cut_sessions(codes, code_count, bytes_an_event, of_code, room)) {
    SessionTable& part = parts.emplace_back();
    part.options = table.options;
    part.log = table.log;
    part.log_begin = table.log_begin;
    part.log_end = table.log_end;
    if (block.rows.empty()) continue;
    const SessionCounts more = Grouping(part, GroupedEvents(codes, block), block.codes + 1).run();
    counts.sessions += more.sessions;
    counts.windows += more.windows;
    counts.target_in_window += more.target_in_window;
  }
  merge_tables(parts, table);
  return counts;
}

}  // namespace cartwheel::sessions
