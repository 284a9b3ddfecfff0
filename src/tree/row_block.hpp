#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstddef>
#include <span>

namespace cartwheel::tree {

/// How many rows to make dense at once: 1 MiB of them, but at least 64 and at most 4,096.
std::size_t rows_a_block(std::size_t columns);

/// Rows [begin, end) of `x` as numbers, row-major, so that one row's features lie side by side on its way down a tree.
/// A category is its code; missing is NaN. @param out  [(end - begin) x columns], overwritten.
void copy_rows(const FeatureMatrix& x, std::size_t begin, std::size_t end, std::span<float> out);

}  // namespace cartwheel::tree
