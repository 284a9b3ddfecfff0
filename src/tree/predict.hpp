#pragma once

#include <span>
#include <vector>

#include "tree/row_block.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// The mean over the trees, added in their order, of P(y = 1) of each row. Parallel over blocks of rows; of `x`, one
/// block a thread is made dense at a time.
std::vector<double> mean_probability(const RowValues& x, std::span<const TreeNodes> trees);

}  // namespace cartwheel::tree
