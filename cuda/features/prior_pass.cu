#include "core/exclusive_sum.hpp"
#include "core/launch.cuh"
#include "core/parallel.hpp"
#include "features/events_by_key.hpp"
#include "features/float_columns_on_device.hpp"
#include "features/prior_pass.hpp"
#include "sessions/target_types.hpp"

/// For each space, the counts of every cell of the windows are found; then a thread a row makes its columns of them.
namespace cartwheel::features {

namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;
constexpr unsigned threads = 256;
constexpr double missing = -1.0;  ///< Views of a missing key.

/// What of an event counts.
struct EventTypes {
  const EventType* type;
  sessions::TargetTypes targets;

  __device__ bool is_target(std::uint32_t row) const { return targets.contains(type[row]); }
};

/// counts[i] = (views, targets) of event i, views in the upper half. @param counts  [size + 1]
__global__ void __launch_bounds__(threads)
    count_events(const std::uint32_t* rows, const EventTypes types, std::size_t size, std::uint64_t* counts) {
  const std::size_t i = core::thread_number();
  if (i > size) return;
  counts[i] = 0;
  if (i == size) return;
  counts[i] =
      std::uint64_t{types.type[rows[i]] == EventType::view ? 1u : 0u} << 32 | (types.is_target(rows[i]) ? 1 : 0);
}

__device__ PriorCounts counts_of(std::uint64_t packed) {
  return {static_cast<double>(packed >> 32), static_cast<double>(packed & 0xffffffff)};
}

/// Windows of rows, and what is found of them.
struct RowWindows {
  const WindowRows::Window* window;
  const std::int64_t* start;
  std::size_t size, cells;  ///< Rows; cells of the session table.
};

/// Counts of each cell's key from the events before its row's start. @param key  [cells]
__global__ void __launch_bounds__(threads)
    find_ordered(const RowWindows rows, const EventStretches events, const std::uint64_t* sums,
                 const std::uint32_t* key, PriorCounts* found) {
  const std::size_t i = core::thread_number();
  if (i >= rows.size) return;
  const WindowRows::Window window = rows.window[i];
  for (std::size_t place = window.begin; place < window.begin + window.count; ++place) {
    if (key[place] == 0) {
      found[place] = {missing, 0.0};
      continue;
    }
    const std::uint32_t end = events.first_not_before(key[place], rows.start[i], 0);
    found[place] = counts_of(sums[end] - sums[events.begin[key[place]]]);
  }
}

/// Counts of all events before each row's start.
__global__ void __launch_bounds__(threads)
    find_all(const RowWindows rows, const EventStretches events, const std::uint64_t* sums, PriorCounts* all) {
  const std::size_t i = core::thread_number();
  if (i < rows.size) all[i] = counts_of(sums[events.first_not_before(0, rows.start[i], 0)]);
}

/// Counts of each key when all events have been taken.
__global__ void __launch_bounds__(threads)
    find_totals(const EventStretches events, const std::uint64_t* sums, std::size_t keys, PriorCounts* totals) {
  const std::size_t i = core::thread_number();
  if (i < keys) totals[i] = counts_of(sums[events.end[i]] - sums[events.begin[i]]);
}

/// Counts of each cell's key as they stand. @param key  [cells]
__global__ void __launch_bounds__(threads)
    find_frozen(const std::uint32_t* key, std::size_t cells, const PriorCounts* totals, PriorCounts* found) {
  const std::size_t i = core::thread_number();
  if (i >= cells) return;
  found[i] = key[i] == 0 ? PriorCounts{missing, 0.0} : totals[key[i]];
}

struct FoundCounts {
  const PriorCounts* found;  ///< [spaces x cells]
  std::size_t cells;

  __device__ bool operator()(std::size_t space, std::size_t place, PriorCounts& counts) const {
    counts = found[space * cells + place];
    return counts.views >= 0.0;
  }
};

/// @param all  [rows], or one of all rows.
__global__ void __launch_bounds__(threads)
    set_rows(const RowWindows rows, const PriorSpaces spaces, const PriorCounts* all, bool one_for_all,
             const FoundCounts found, ColumnsOut out) {
  const std::size_t i = core::thread_number();
  if (i < rows.size) set_prior_row(spaces, rows.window[i], all[one_for_all ? 0 : i], found, i, out);
}

/// The rows that are asked for and what is found of them, in device memory.
class AskedRows {
 public:
  AskedRows(const WindowRows& windows, const PriorSpaces& spaces)
      : spaces_(spaces),
        m_(std::span(spaces.m, spaces.size), "strengths of smoothing"),
        found_(spaces.size * windows.sessions.product.size(), "counts of keys"),
        out_(spaces.columns(), windows.size()) {
    std::vector<WindowRows::Window> window;
    std::vector<std::int64_t> start;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      window.push_back(windows.window(i));
      start.push_back(windows.sessions.start[windows.rows[i]]);
    }
    window_ = {std::span<const WindowRows::Window>(window), "windows"};
    start_ = {std::span<const std::int64_t>(start), "starts of rows"};
    spaces_.m = m_.data();
    view_ = {window_.data(), start_.data(), windows.size(), windows.sessions.product.size()};
  }

  const RowWindows& view() const { return view_; }
  PriorCounts* found(std::size_t space) const { return found_.data() + space * view_.cells; }

  FeatureGroup::Columns columns(const DeviceBuffer<PriorCounts>& all, bool one_for_all) const {
    launch("computing priors", set_rows, blocks_for(view_.size, threads), threads, 0, view_, spaces_, all.data(),
           one_for_all, FoundCounts{found_.data(), view_.cells}, out_.view());
    return out_.take();
  }

 private:
  PriorSpaces spaces_;
  DeviceBuffer<double> m_;
  DeviceBuffer<PriorCounts> found_;
  FloatColumnsOnDevice out_;
  DeviceBuffer<WindowRows::Window> window_;
  DeviceBuffer<std::int64_t> start_;
  RowWindows view_;
};

/// number_of(i) for i < size.
template <class NumberOf>
std::vector<std::uint32_t> list_numbers(std::size_t size, const NumberOf& number_of) {
  std::vector<std::uint32_t> numbers(size);
  core::parallel_for_blocks(size, 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) numbers[i] = number_of(i);
  });
  return numbers;
}

/// The keys of the windows' cells in a space; that of a cell beyond its window means nothing.
DeviceBuffer<std::uint32_t> keys_of_cells(const WindowRows& windows, const PriorKeys& keys, std::size_t space) {
  const SessionTable& sessions = windows.sessions;
  const auto stride = static_cast<std::size_t>(sessions.options.size);
  const std::vector<std::uint32_t> numbers = list_numbers(sessions.product.size(), [&](std::size_t place) {
    const bool is_event = place % stride < sessions.event_count[place / stride];
    return is_event ? keys.number(space, key_values(sessions, place)) : 0;
  });
  return {std::span<const std::uint32_t>(numbers), "keys of windows"};
}

}  // namespace

OrderedPriors ordered_priors_on_cuda(const WindowRows& windows, const PriorKeys& keys, const PriorSpaces& spaces,
                                     std::int64_t train_end) {
  const SessionTable& sessions = windows.sessions;
  const EventLog& log = sessions.log;
  const EventsByTime events(log, std::numeric_limits<std::int64_t>::min(), train_end);
  const DeviceBuffer<EventType> type(log.type(), "event types");
  const EventTypes types{type.data(), sessions::TargetTypes(sessions.options)};
  const AskedRows rows(windows, spaces);
  const DeviceBuffer<std::uint64_t> sums(events.size() + 1, "sums of events");
  const auto add_up = [&](const EventStretches& order) {
    launch("counting events", count_events, blocks_for(sums.size(), threads), threads, 0, order.rows, types,
           events.size(), sums.data());
    core::exclusive_sum(sums.data(), sums.size());
  };
  const auto totals_of = [&](const EventStretches& order, std::size_t count) {
    const DeviceBuffer<PriorCounts> totals(count, "counts of keys");
    launch("counting events", find_totals, blocks_for(count, threads), threads, 0, order, sums.data(), count,
           totals.data());
    return totals.to_host();
  };

  OrderedPriors result;
  for (std::size_t space = 0; space < spaces.size; ++space) {
    const std::vector<std::uint32_t> numbers =
        list_numbers(log.size(), [&](std::size_t row) { return keys.number(space, key_values(log, row)); });
    const EventsByKey by_key(events, numbers, keys.count(space));
    add_up(by_key.view());
    const DeviceBuffer<std::uint32_t> of_cells = keys_of_cells(windows, keys, space);
    launch("looking up priors", find_ordered, blocks_for(windows.size(), threads), threads, 0, rows.view(),
           by_key.view(), sums.data(), of_cells.data(), rows.found(space));
    result.totals.spaces.push_back(totals_of(by_key.view(), keys.count(space)));
  }
  add_up(events.all());
  const DeviceBuffer<PriorCounts> all(windows.size(), "counts of all events");
  launch("looking up priors", find_all, blocks_for(windows.size(), threads), threads, 0, rows.view(), events.all(),
         sums.data(), all.data());
  result.totals.all = totals_of(events.all(), 1)[0];
  result.columns = rows.columns(all, false);
  return result;
}

FeatureGroup::Columns frozen_priors_on_cuda(const WindowRows& windows, const PriorKeys& keys, const PriorSpaces& spaces,
                                            const PriorTotals& totals) {
  const AskedRows rows(windows, spaces);
  for (std::size_t space = 0; space < spaces.size; ++space) {
    const DeviceBuffer<PriorCounts> of_keys(std::span<const PriorCounts>(totals.spaces[space]), "counts of keys");
    const DeviceBuffer<std::uint32_t> of_cells = keys_of_cells(windows, keys, space);
    launch("looking up priors", find_frozen, blocks_for(of_cells.size(), threads), threads, 0, of_cells.data(),
           of_cells.size(), of_keys.data(), rows.found(space));
  }
  return rows.columns({std::span(&totals.all, 1), "counts of all events"}, true);
}

}  // namespace cartwheel::features
