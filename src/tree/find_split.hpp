#pragma once

#include <cstdint>
#include <span>

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

}  // namespace cartwheel::tree
