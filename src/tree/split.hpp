#pragma once

#include <cstdint>

#include "core/host_device.hpp"
#include "tree/gain.hpp"

namespace cartwheel::tree {

/// One way to part a node: rows whose bin of `feature` is at most `bin` go left, the others right, and rows that miss
/// the value where `missing_left` says. (Of a category column, `bin` is a place in the node's order of its levels.)
template <class C>
struct BasicSplit {
  std::int32_t feature = -1;  ///< -1: no split.
  std::uint32_t bin = 0;
  std::uint32_t next_bin = 0;  ///< The next one that occurs in the node; no_bin where all present values go left.
  bool missing_left = false;
  C left;
  double score = 0.0;  ///< GainOrder::score(left).

  CARTWHEEL_HD bool found() const { return feature >= 0; }
};

using Split = BasicSplit<Counts>;

/// The tie rule: lowest feature, lowest bin (which is the lowest threshold), missing values left.
template <class C>
CARTWHEEL_HD bool precedes(const BasicSplit<C>& a, const BasicSplit<C>& b) {
  if (a.feature != b.feature) return a.feature < b.feature;
  if (a.bin != b.bin) return a.bin < b.bin;
  return a.missing_left && !b.missing_left;
}

/// Keeps the better of two splits of a node in `best`: the higher gain, then the tie rule. The outcome of many calls
/// does not depend on their order.
template <class C>
CARTWHEEL_HD void keep_better(const GainOrder<C>& order, const BasicSplit<C>& candidate, BasicSplit<C>& best) {
  if (!candidate.found()) return;
  if (best.found()) {
    const int gain = order.compare(candidate.left, candidate.score, best.left, best.score);
    if (gain < 0 || (gain == 0 && !precedes(candidate, best))) return;
  }
  best = candidate;
}

/// Whether the first of two sets of rows has the smaller share of positives. @param equal  whether they are the same.
CARTWHEEL_HD inline bool smaller_share(Counts a, Counts b, bool& equal) {
  const std::uint64_t left = std::uint64_t{a.positives} * b.rows, right = std::uint64_t{b.positives} * a.rows;
  equal = left == right;
  return left < right;
}
CARTWHEEL_HD inline bool smaller_share(WeightedCounts a, WeightedCounts b, bool& equal) {
  const auto left = gain_detail::Wide{a.positives} * b.rows, right = gain_detail::Wide{b.positives} * a.rows;
  equal = left == right;
  return left < right;
}

}  // namespace cartwheel::tree
