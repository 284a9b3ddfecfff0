#pragma once

#include <cstdint>
#include <vector>

namespace cartwheel::tree {

/// How often each of `rows` rows is drawn in `draws` draws with replacement. A pure function of its arguments.
std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint32_t tree, std::uint32_t rows,
                                             std::uint32_t draws);

}  // namespace cartwheel::tree
