#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/gain.hpp"
#include "tree/histogram.hpp"
#include "tree/split.hpp"

namespace cartwheel::tree {

/// Keeps the best split of a node by one feature in `best`, if it is better than that.
/// @param present  the node's bins of the feature, in increasing order. @param missing  the feature's missing bin, or
/// no_bin. @param min_samples_leaf  distinct rows that each side must keep.
/// @tparam C  Counts or WeightedCounts.
template <class C>
void find_split(const GainOrder<C>& order, std::int32_t feature, std::span<const PresentBin<C>> present,
                std::uint32_t missing, std::uint32_t min_samples_leaf, BasicSplit<C>& best);

/// The one cut of a column of two bins.
template <class C>
struct OnlyCut {
  std::int32_t feature;
  C left;  ///< Of the rows in bin 0; neither side is empty, and both are large enough.
};

/// The same for many columns of two bins, numbered 0 and 1, that no row misses.
template <class C>
void find_split(const GainOrder<C>& order, std::span<const OnlyCut<C>> cuts, BasicSplit<C>& best);

/// Sorts a category column's bins by their share of positives, ties by level; the missing bin stays last. Cuts of this
/// order are what find_split then looks at, so each bin is renamed to its place in it. (Class weights would not change
/// the order.) @return the levels in that order.
template <class C>
std::vector<std::uint16_t> order_levels(std::span<PresentBin<C>> present, std::uint32_t missing);

}  // namespace cartwheel::tree
