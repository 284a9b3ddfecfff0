#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

inline constexpr std::uint32_t max_cells = 65'536;  ///< Bins of one column at most, the missing bin among them.
inline constexpr std::uint32_t narrow_cells =
    256;  ///< Columns of at most as many cells take one byte a value, others two.
inline constexpr std::uint32_t no_bin = max_cells;
inline constexpr std::uint32_t most_levels = max_cells - 1;  ///< Of a category column, the missing one among them.

class DeviceBins;  ///< Bins in a GPU's memory; see cuda/tree/device_columns.hpp.

/// The training columns as bin numbers: what histograms are made of. A bin is a run of neighbouring values; where a
/// column has no more distinct values than max_bins, each has its own bin, and nothing is lost. Missing values have the
/// bin after the last. Each level of a category column has its own bin, its place in `levels`; bin 0 is not used.
struct BinnedColumns {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  /// [columns] of [rows]; none where the GPU made them: they are on_gpu, and nowhere else.
  std::vector<std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>>> bins;
  std::shared_ptr<const DeviceBins> on_gpu;
  std::vector<std::uint32_t> first_cell;  ///< [columns + 1]: column j owns the cells from first_cell[j], packed.
  std::vector<std::uint32_t> missing;     ///< [columns]: the bin of missing values; no_bin where there are none.
  std::vector<float> lowest, highest;     ///< [first_cell[columns]]: of each bin's training values; NaN if missing.
  ColumnLevels levels;                    ///< [columns]

  bool by_level(std::uint32_t j) const { return !levels[j].empty(); }
  std::uint32_t cells(std::uint32_t j) const { return first_cell[j + 1] - first_cell[j]; }
  /// Calls work(std::span<const std::uint8_t or std::uint16_t>) with the bins of column j.
  template <class Work>
  decltype(auto) with_column(std::uint32_t j, const Work& work) const {
    return std::visit([&](const auto& column) { return work(std::span(column)); }, bins[j]);
  }
};

/// The bins of one column.
struct ColumnBins {
  std::vector<float> lowest, highest;  ///< Increasing: highest[b] < lowest[b + 1].
  bool has_missing = false;
};

/// Bins one column. Beyond max_bins distinct values, each bin takes about the same number of rows, and a value that
/// many rows share has a bin of its own. -0 is 0.
/// @param values  NaN is missing. @param max_bins  [2, 65535]. @param bins  [values.size()], overwritten.
/// @throws DataError naming row and column for an infinite value.
ColumnBins bin_column(std::span<const float> values, std::uint32_t max_bins, std::string_view name,
                      std::span<std::uint16_t> bins);

/// The levels that occur in a category column. @param bins  [rows], overwritten with each row's place in the list;
/// a missing value gets the place after the last. @throws DataError naming a column of more than most_levels.
std::vector<std::string> bin_levels(const CategoryColumn& column, std::string_view name, std::span<std::uint16_t> bins);

/// Bins all columns, in parallel, on the current device (core/current_device.hpp). Memory beyond the result: at most 34
/// bytes a row and thread.
BinnedColumns bin_columns(const FeatureMatrix& x, std::uint32_t max_bins);
/// The same bins on the GPU. Memory there: 2 bytes a cell, and 40 bytes a cell of some columns at a time. @throws
/// DeviceError in a build without CUDA, when there is no usable GPU or too little memory on it.
BinnedColumns bin_columns_on_cuda(const FeatureMatrix& x, std::uint32_t max_bins);

// What both devices need for it.
/// The bins of a category column of so many levels.
ColumnBins bins_of_levels(const CategoryColumn& column, std::size_t levels);
/// Sets first_cell, missing, lowest and highest.
void set_cells(BinnedColumns& binned, std::span<const ColumnBins> columns);

}  // namespace cartwheel::tree
