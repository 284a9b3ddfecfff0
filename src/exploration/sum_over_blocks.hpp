#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/parallel.hpp"

namespace cartwheel::exploration {

/// No more sums than this are kept at one time, whatever the number of threads: it bounds the memory.
inline constexpr std::size_t most_sums = 16;

/// Cuts [0, n) into blocks and gives each to body(sum, begin, end), where `sum` is one of a few copies of `zero`;
/// returns all of them added up by Sum::add. Which block goes to which copy depends on the threads, so only what adds
/// up to the same in any order may be summed: integers.
template <class Sum, class Body>
Sum sum_over_blocks(std::size_t n, std::size_t block, const Sum& zero, const Body& body) {
  const std::size_t blocks = (n + block - 1) / block;
  const auto threads = static_cast<std::size_t>(core::thread_count());
  std::vector<Sum> sums(std::clamp<std::size_t>(blocks, 1, std::min(threads, most_sums)), zero);
  std::atomic<std::size_t> next = 0;
  core::parallel_for(sums.size(), [&](std::size_t s) {
    for (std::size_t b = next++; b < blocks; b = next++) body(sums[s], b * block, std::min(n, (b + 1) * block));
  });
  for (std::size_t s = 1; s < sums.size(); ++s) sums[0].add(sums[s]);
  return std::move(sums[0]);
}

/// Adds the counts of `more` to those of `counts`, place by place.
template <class Counts>
void add_counts(Counts& counts, const Counts& more) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += more[i];
}

}  // namespace cartwheel::exploration
