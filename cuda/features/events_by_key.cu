#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <limits>

#include "core/launch.cuh"
#include "core/sort_pairs.cuh"
#include "features/events_by_key.hpp"

namespace cartwheel::features {

namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;
constexpr unsigned threads = 256;

/// rows[i] = first + i, and keys[i] = how long after `begin` that is, in microseconds.
__global__ void __launch_bounds__(threads) list_rows(const std::int64_t* time, std::size_t size, std::int64_t begin,
                                                     std::uint32_t first, std::uint64_t* keys, std::uint32_t* rows) {
  const std::size_t i = core::thread_number();
  if (i >= size) return;
  rows[i] = first + static_cast<std::uint32_t>(i);
  if (keys != nullptr) keys[i] = static_cast<std::uint64_t>(time[i]) - static_cast<std::uint64_t>(begin);
}

/// keys[i] = key_of[rows[i]]
__global__ void __launch_bounds__(threads)
    look_up_keys(const std::uint32_t* key_of, const std::uint32_t* rows, std::size_t size, std::uint64_t* keys) {
  const std::size_t i = core::thread_number();
  if (i < size) keys[i] = key_of[rows[i]];
}

__global__ void __launch_bounds__(threads)
    find_stretches(const std::uint64_t* keys, std::size_t size, std::uint32_t* begin, std::uint32_t* end) {
  const std::size_t i = core::thread_number();
  if (i >= size) return;
  if (i == 0 || keys[i - 1] != keys[i]) begin[keys[i]] = static_cast<std::uint32_t>(i);
  if (i + 1 == size || keys[i + 1] != keys[i]) end[keys[i]] = static_cast<std::uint32_t>(i + 1);
}

}  // namespace

EventsByTime::EventsByTime(const EventLog& log, std::int64_t after, std::int64_t until) {
  const std::span<const std::int64_t> time = log.time();
  if (time.size() >= std::numeric_limits<std::uint32_t>::max())
    throw DeviceError("features of 2^32 - 1 events or more do not fit the GPU's row numbers; use --device cpu");
  time_ = {time, "times"};
  std::size_t first = 0, end = time.size();
  if (std::ranges::is_sorted(time)) {
    first = static_cast<std::size_t>(std::ranges::upper_bound(time, after) - time.begin());
    end = std::max(first, static_cast<std::size_t>(std::ranges::upper_bound(time, until) - time.begin()));
    rows_ = {end - first, "events in order of time"};
    launch("listing events", list_rows, blocks_for(end - first, threads), threads, 0, time_.data(), end - first, 0,
           static_cast<std::uint32_t>(first), nullptr, rows_.data());
  } else {
    const auto [earliest, latest] = std::ranges::minmax(time);
    core::Pairs pairs{{time.size(), "events in order of time"}, {time.size(), "events in order of time"}};
    launch("listing events", list_rows, blocks_for(time.size(), threads), threads, 0, time_.data(), time.size(),
           earliest, 0u, pairs.keys.data(), pairs.values.data());
    core::sort_pairs(pairs, std::bit_width(static_cast<std::uint64_t>(latest) - static_cast<std::uint64_t>(earliest)));
    first = static_cast<std::size_t>(std::ranges::count_if(time, [&](std::int64_t t) { return t <= after; }));
    end = std::max(first,
                   static_cast<std::size_t>(std::ranges::count_if(time, [&](std::int64_t t) { return t <= until; })));
    rows_ = {end - first, "events in order of time"};
    core::DeviceContext::get().copy_on_device(rows_.data(), pairs.values.data() + first, rows_.bytes());
  }
  const std::uint32_t bounds[2] = {0, static_cast<std::uint32_t>(rows_.size())};
  bounds_ = {std::span<const std::uint32_t>(bounds), "bounds of events"};
}

EventsByKey::EventsByKey(const EventsByTime& events, std::span<const std::uint32_t> keys, std::size_t count)
    : begin_(count, "events by key"), end_(count, "events by key") {
  const std::size_t size = events.size();
  core::Pairs pairs{{size, "events by key"}, {size, "events by key"}};
  {
    const DeviceBuffer<std::uint32_t> key_of(keys, "keys of events");
    launch("looking up keys", look_up_keys, blocks_for(size, threads), threads, 0, key_of.data(), events.rows().data(),
           size, pairs.keys.data());
  }
  core::DeviceContext::get().copy_on_device(pairs.values.data(), events.rows().data(), events.rows().bytes());
  core::sort_pairs(pairs, std::bit_width(count - 1));
  begin_.fill_with_zeros();
  end_.fill_with_zeros();
  launch("finding stretches", find_stretches, blocks_for(size, threads), threads, 0, pairs.keys.data(), size,
         begin_.data(), end_.data());
  rows_ = std::move(pairs.values);
  view_ = {rows_.data(), begin_.data(), end_.data(), events.time().data()};
}

}  // namespace cartwheel::features
