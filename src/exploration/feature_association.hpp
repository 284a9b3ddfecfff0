#pragma once

#include <cartwheel/exploration.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::exploration {

/// Sets every column of `x` against the labels. @param y  x.rows() labels, each 0 or 1. Memory: 24 bytes a row and
/// thread.
std::vector<FeatureAssociation> associate_features(const FeatureMatrix& x, std::span<const std::uint8_t> y);

/// In bits. @param positives  of `rows`.
double binary_entropy(std::uint64_t positives, std::uint64_t rows);

}  // namespace cartwheel::exploration
