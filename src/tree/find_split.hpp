#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/gain.hpp"
#include "tree/histogram.hpp"
#include "tree/split.hpp"

namespace cartwheel::tree {

/// The best split of a node by one feature.
/// @param present  the node's bins of the feature, in increasing order. @param missing  the feature's missing bin, or
/// no_bin. @param min_samples_leaf  distinct rows that each side must keep.
/// @return not found() where no split keeps enough rows, and so for a feature that is constant in the node.
Split find_split(const GainOrder& order, std::int32_t feature, std::span<const PresentBin> present,
                 std::uint32_t missing, std::uint32_t min_samples_leaf);

/// Sorts a category column's bins by their share of positives, ties by level; the missing bin stays last. Cuts of this
/// order are what find_split then looks at, so each bin is renamed to its place in it. (Class weights would not change
/// the order.) @return the levels in that order.
std::vector<std::uint16_t> order_levels(std::span<PresentBin> present, std::uint32_t missing);

}  // namespace cartwheel::tree
