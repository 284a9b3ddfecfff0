#pragma once

#include <cstdint>

#include "core/host_device.hpp"
#include "tree/gain.hpp"

namespace cartwheel::tree {

/// One way to part a node: rows whose bin of `feature` is at most `bin` go left, the others right, and rows that miss
/// the value where `missing_left` says.
struct Split {
  std::int32_t feature = -1;  ///< -1: no split.
  std::uint32_t bin = 0;
  std::uint32_t next_bin = 0;  ///< The next one that occurs in the node; no_bin where all present values go left.
  bool missing_left = false;
  Counts left;
  double score = 0.0;  ///< GainOrder::score(left).

  CARTWHEEL_HD bool found() const { return feature >= 0; }
};

/// The tie rule: lowest feature, lowest bin (which is the lowest threshold), missing values left.
CARTWHEEL_HD inline bool precedes(const Split& a, const Split& b) {
  if (a.feature != b.feature) return a.feature < b.feature;
  if (a.bin != b.bin) return a.bin < b.bin;
  return a.missing_left && !b.missing_left;
}

/// Keeps the better of two splits of a node in `best`: the higher gain, then the tie rule. The outcome of many calls
/// does not depend on their order.
CARTWHEEL_HD inline void keep_better(const GainOrder& order, const Split& candidate, Split& best) {
  if (!candidate.found()) return;
  if (best.found()) {
    const int gain = order.compare(candidate.left, candidate.score, best.left, best.score);
    if (gain < 0 || (gain == 0 && !precedes(candidate, best))) return;
  }
  best = candidate;
}

}  // namespace cartwheel::tree
