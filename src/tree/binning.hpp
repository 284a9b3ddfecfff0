#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cartwheel::tree {

inline constexpr std::uint32_t max_cells = 256;  ///< Bins of one column at most, the missing bin among them.
inline constexpr std::uint32_t no_bin = max_cells;

/// The training columns as bin numbers, one byte a value: what histograms are made of. A bin is a run of neighbouring
/// values; where a column has no more distinct values than max_bins, each has its own bin, and nothing is lost. Missing
/// values have the bin after the last.
struct BinnedColumns {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::vector<std::uint8_t> bins;         ///< [columns x rows], one column after the other: a split search reads one.
  std::vector<std::uint32_t> first_cell;  ///< [columns + 1]: column j owns the cells from first_cell[j], packed.
  std::vector<std::uint32_t> missing;     ///< [columns]: the bin of missing values; no_bin where there are none.
  std::vector<float> lowest, highest;     ///< [first_cell[columns]]: of each bin's training values; NaN if missing.

  std::span<const std::uint8_t> column(std::uint32_t j) const { return {bins.data() + std::size_t{j} * rows, rows}; }
  std::uint32_t cells(std::uint32_t j) const { return first_cell[j + 1] - first_cell[j]; }
};

/// The bins of one column.
struct ColumnBins {
  std::vector<float> lowest, highest;  ///< Increasing: highest[b] < lowest[b + 1].
  bool has_missing = false;
};

/// Bins one column. Beyond max_bins distinct values, each bin takes about the same number of rows, and a value that many
/// rows share has a bin of its own. -0 is 0.
/// @param values  NaN is missing. @param max_bins  [2, 255]. @param bins  [values.size()], overwritten.
/// @throws DataError naming row and column for an infinite value.
ColumnBins bin_column(std::span<const float> values, std::uint32_t max_bins, std::string_view name,
                      std::span<std::uint8_t> bins);

/// Bins all columns, in parallel. Memory beyond the result: at most 24 bytes a row and thread.
BinnedColumns bin_columns(const FeatureMatrix& x, std::uint32_t max_bins);

}  // namespace cartwheel::tree
