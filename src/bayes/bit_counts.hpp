#pragma once

#include <array>
#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cartwheel::bayes {

/// All that naive Bayes on bits learns from data: whole numbers, so any order of counting gives the same. Smoothing and
/// priors come later, so one pass over the data serves every alpha and prior of a grid.
struct BitCounts {
  std::array<std::uint64_t, 2> rows{};                ///< Of each class.
  std::array<std::vector<std::uint64_t>, 2> ones;     ///< [class][column]: rows whose bit is set.
  std::array<std::vector<std::uint64_t>, 2> missing;  ///< [class][column]: rows whose value is missing.
};

/// Counts in one pass, in parallel over columns and stretches of rows. This is the seam for a device.
/// @param y  x.rows() labels, each 0 or 1.
/// @param binarize  as in BernoulliNBOptions. @throws DataError naming row and column of a value that has no bit.
BitCounts count_bits(const FeatureMatrix& x, std::span<const std::uint8_t> y, std::optional<double> binarize);

}  // namespace cartwheel::bayes
