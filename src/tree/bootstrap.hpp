#pragma once

#include <cstdint>
#include <vector>

namespace cartwheel::tree {

/// Draws `draws` of `rows` rows with replacement, for tree number `tree`: a function of (seed, tree, rows, draws)
/// alone.
/// @param rows  >= 1. @return [rows] how often each row was drawn.
std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint32_t tree, std::uint32_t rows,
                                             std::uint32_t draws);

}  // namespace cartwheel::tree
