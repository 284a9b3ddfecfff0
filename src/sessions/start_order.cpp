#include "sessions/start_order.hpp"

#include <algorithm>
#include <bit>
#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace cartwheel::sessions {
namespace {

constexpr std::size_t block_rows = std::size_t{1} << 16;
constexpr std::size_t most_buckets = std::size_t{1} << 12;  ///< As many as a block can scatter into without thrashing.

/// Cuts a range of times into equal stretches whose length is a power of two.
class TimeBuckets {
 public:
  TimeBuckets(std::int64_t first, std::int64_t last, std::size_t most) : first_(first) {
    while (distance(last) >> shift_ >= most) ++shift_;
    count_ = static_cast<std::size_t>(distance(last) >> shift_) + 1;
  }
  std::size_t count() const { return count_; }
  std::size_t operator()(std::int64_t time) const { return static_cast<std::size_t>(distance(time) >> shift_); }

 private:
  std::uint64_t distance(std::int64_t time) const {
    return static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(first_);
  }
  std::int64_t first_;
  int shift_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

void sort_by_start(Column<KeptWindow>& kept, const SessionWindows& windows) {
  const auto starts_before = [&](const KeptWindow& a, const KeptWindow& b) {
    if (a.start != b.start) return a.start < b.start;
    return windows.earliest(a.number)[0].row() < windows.earliest(b.number)[0].row();
  };
  if (std::ranges::is_sorted(kept, starts_before)) return;

  const auto [first, last] = std::ranges::minmax(kept, {}, &KeptWindow::start);
  const TimeBuckets bucket_of(first.start, last.start, std::min(most_buckets, std::bit_ceil(kept.size() / 64 + 1)));
  const std::size_t buckets = bucket_of.count(), blocks = (kept.size() + block_rows - 1) / block_rows;
  std::vector<std::size_t> place(blocks * buckets);  // [blocks x buckets]: where a block's rows of a bucket go
  core::parallel_for_blocks(kept.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) ++place[begin / block_rows * buckets + bucket_of(kept[i].start)];
  });
  std::vector<std::size_t> bucket_begin(buckets + 1);
  std::size_t sum = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    bucket_begin[bucket] = sum;
    for (std::size_t block = 0; block < blocks; ++block) {
      std::size_t& count = place[block * buckets + bucket];
      sum += std::exchange(count, sum);
    }
  }
  bucket_begin[buckets] = sum;

  Column<KeptWindow> sorted(kept.size());
  core::parallel_for_blocks(kept.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    std::size_t* const own = &place[begin / block_rows * buckets];
    for (std::size_t i = begin; i < end; ++i) sorted[own[bucket_of(kept[i].start)]++] = kept[i];
  });
  core::parallel_for_blocks(buckets, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t bucket = begin; bucket < end; ++bucket)
      std::ranges::sort(
          std::span(sorted).subspan(bucket_begin[bucket], bucket_begin[bucket + 1] - bucket_begin[bucket]),
          starts_before);
  });
  kept = std::move(sorted);
}

}  // namespace cartwheel::sessions
