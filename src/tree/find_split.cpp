#include "tree/find_split.hpp"

#include <algorithm>

namespace cartwheel::tree {

Split find_split(const GainOrder& order, std::int32_t feature, std::span<const PresentBin> present,
                 std::uint32_t missing, std::uint32_t min_samples_leaf) {
  PresentBin absent{};  // the rows that miss the value
  if (!present.empty() && present.back().bin == missing) {
    absent = present.back();
    present = present.first(present.size() - 1);
  }
  const bool some_missing = absent.counts.rows > 0;
  std::uint32_t distinct_rows = absent.distinct_rows;
  for (const PresentBin& bin : present) distinct_rows += bin.distinct_rows;

  Split best;
  PresentBin left{};
  const auto consider = [&](Counts counts, std::uint32_t distinct_left, std::uint32_t next_bin, bool missing_left) {
    if (distinct_left < min_samples_leaf || distinct_rows - distinct_left < min_samples_leaf) return;
    keep_better(order, {feature, left.bin, next_bin, missing_left, counts, order.score(counts)}, best);
  };
  for (std::size_t i = 0; i < present.size(); ++i) {
    left.bin = present[i].bin;
    left.counts = left.counts + present[i].counts;
    left.distinct_rows += present[i].distinct_rows;
    if (i + 1 == present.size()) {
      if (some_missing) consider(left.counts, left.distinct_rows, no_bin, false);
    } else if (some_missing) {
      consider(left.counts + absent.counts, left.distinct_rows + absent.distinct_rows, present[i + 1].bin, true);
      consider(left.counts, left.distinct_rows, present[i + 1].bin, false);
    } else {
      const bool left_is_larger = left.counts.rows >= (order.node() - left.counts).rows;
      consider(left.counts, left.distinct_rows, present[i + 1].bin, left_is_larger);
    }
  }
  return best;
}

std::vector<std::uint16_t> order_levels(std::span<PresentBin> present, std::uint32_t missing) {
  if (!present.empty() && present.back().bin == missing) present = present.first(present.size() - 1);
  std::ranges::sort(present, [](const PresentBin& a, const PresentBin& b) {
    const std::uint64_t left = std::uint64_t{a.counts.positives} * b.counts.rows,
                        right = std::uint64_t{b.counts.positives} * a.counts.rows;
    return left != right ? left < right : a.bin < b.bin;
  });
  std::vector<std::uint16_t> levels;
  for (PresentBin& bin : present) {
    levels.push_back(static_cast<std::uint16_t>(bin.bin));
    bin.bin = static_cast<std::uint32_t>(levels.size()) - 1;
  }
  return levels;
}

}  // namespace cartwheel::tree
