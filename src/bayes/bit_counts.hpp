#pragma once

#include <array>
#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cartwheel::bayes {

/// All that naive Bayes on bits learns from data. Smoothing and priors come later, so one pass over the data serves
/// every alpha and prior of a grid. Without weights these are whole numbers; with them, sums over fixed tiles
/// (core/tile_sum.hpp), and never above their class's total, because all are added in the same tree.
struct BitCounts {
  std::array<double, 2> rows{};                ///< Of each class: the weight of its rows.
  std::array<std::vector<double>, 2> ones;     ///< [class][column]: of those whose bit is set.
  std::array<std::vector<double>, 2> missing;  ///< [class][column]: of those whose value is missing.
};

/// Counts in one pass, in parallel over columns and stretches of rows, on the current device
/// (core/current_device.hpp).
/// @param y  x.rows() labels, each 0 or 1. @param sample_weight  empty (each row counts 1), or one a row.
/// @param binarize  as in BernoulliNBOptions. @throws DataError naming row and column of a value that has no bit.
BitCounts count_bits(const FeatureMatrix& x, std::span<const std::uint8_t> y, std::span<const double> sample_weight,
                     std::optional<double> binarize);

/// The same on the GPU. @throws DeviceError in a build without CUDA, or when there is no usable GPU, or too little
/// memory on it.
BitCounts count_bits_on_cuda(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                             std::span<const double> sample_weight, std::optional<double> binarize);

}  // namespace cartwheel::bayes
