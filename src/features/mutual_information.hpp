#pragma once

#include <array>
#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace cartwheel::features {

/// Rows with each label.
using LabelCounts = std::array<std::uint64_t, 2>;

inline constexpr std::uint64_t most_information_bins = 32;

/// The labels of a column's rows, by bin; the last bin is that of the missing values. Up to 32 different values are
/// bins of their own, and so are the levels of a category. Of more, a value that has r smaller ones among n goes to bin
/// floor(32 r / n), so equal values share a bin. @param y  x.rows() labels, each 0 or 1. Memory: 12 bytes a row.
std::vector<LabelCounts> count_labels(const FeatureMatrix& x, std::size_t column, std::span<const std::uint8_t> y);

/// I = H(bin) + H(label) - H(bin, label) in bits, from counts; at least 0. 0 without rows.
double mutual_information(std::span<const LabelCounts> bins);

/// The two together.
double mutual_information(const FeatureMatrix& x, std::size_t column, std::span<const std::uint8_t> y);

}  // namespace cartwheel::features
