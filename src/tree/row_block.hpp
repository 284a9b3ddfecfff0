#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstddef>
#include <span>

namespace cartwheel::tree {

/// Rows [begin, end) of `x` as numbers, row-major, so that one row's features lie side by side on its way down a tree.
/// A category is its code; missing is NaN. @param out  [(end - begin) x columns], overwritten.
void copy_rows(const FeatureMatrix& x, std::size_t begin, std::size_t end, std::span<float> out);

}  // namespace cartwheel::tree
