#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/exclusive_sum.hpp"
#include "core/launch.cuh"
#include "core/sort_pairs.cuh"
#include "tree/binning.hpp"
#include "tree/cut_values.hpp"
#include "tree/device_columns.hpp"
#include "tree/sort_rows.hpp"

/// Some columns at a time: all their cells are sorted at once by (column, value), so that a column is a stretch; the
/// first rows of its distinct values are listed; a thread a column cuts these into bins, which takes a search a bin;
/// and each cell looks for its bin among them.
namespace cartwheel::tree {
namespace {

using core::blocks_for;
using core::DeviceBuffer;
using core::launch;

constexpr unsigned threads = 256;
constexpr std::uint32_t missing_key = 0xffffffffu;  ///< Beyond those of all numbers.
constexpr std::size_t bytes_a_cell = 40;            ///< While cells are sorted.
constexpr std::size_t most_columns_at_once = 4096;

/// Cells of the columns of a batch, in the order of (column, value).
struct SortedCells {
  const std::uint64_t* keys;  ///< Column, and the key of the value.
  const std::uint32_t* rows;
  std::uint32_t row_count, columns;

  CARTWHEEL_HD std::uint32_t size() const { return row_count * columns; }
  __device__ std::uint32_t column(std::uint32_t place) const { return static_cast<std::uint32_t>(keys[place] >> 32); }
  __device__ std::uint32_t key(std::uint32_t place) const { return static_cast<std::uint32_t>(keys[place]); }
  __device__ bool is_missing(std::uint32_t place) const { return key(place) == missing_key; }
};

/// @param values  [columns x rows] finite, or NaN: missing.
__global__ void __launch_bounds__(threads)
    make_keys(const float* values, std::uint32_t rows, std::uint32_t cells, std::uint64_t* keys, std::uint32_t* row) {
  const std::size_t i = core::thread_number();
  if (i >= cells) return;
  const float value = values[i];
  keys[i] = std::uint64_t{i / rows} << 32 | (value != value ? missing_key : sort_key(value));
  row[i] = static_cast<std::uint32_t>(i % rows);
}

/// @param is_first  [cells + 1]: whether a value begins there.
__global__ void __launch_bounds__(threads) mark_values(const SortedCells cells, std::uint32_t* is_first) {
  const std::size_t i = core::thread_number();
  if (i > cells.size()) return;
  const auto place = static_cast<std::uint32_t>(i);
  is_first[i] = i < cells.size() && !cells.is_missing(place) && (i == 0 || cells.keys[i - 1] != cells.keys[i]) ? 1 : 0;
}

/// @param values_before  [cells + 1] @param first  [values] places.
__global__ void __launch_bounds__(threads)
    list_values(const SortedCells cells, const std::uint32_t* values_before, std::uint32_t* first) {
  const std::size_t i = core::thread_number();
  if (i < cells.size() && values_before[i] != values_before[i + 1])
    first[values_before[i]] = static_cast<std::uint32_t>(i);
}

/// Where the bins of the columns begin among the sorted cells, and what they hold; `width` places a column.
struct BinsView {
  std::uint32_t width;
  std::uint32_t* first;  ///< Places.
  float *lowest, *highest;
  std::uint32_t* count;    ///< [columns] bins;
  std::uint32_t* missing;  ///< [columns] where missing values begin.
};

__global__ void __launch_bounds__(threads)
    cut_columns(const SortedCells cells, const std::uint32_t* values_before, const std::uint32_t* first,
                std::uint32_t max_bins, const BinsView bins) {
  const std::size_t column = core::thread_number();
  if (column >= cells.columns) return;
  const std::uint32_t begin = static_cast<std::uint32_t>(column) * cells.row_count;
  std::uint32_t present = begin, end = begin + cells.row_count;  // where missing values begin
  while (present < end) {
    const std::uint32_t middle = present + (end - present) / 2;
    if (cells.is_missing(middle))
      end = middle;
    else
      present = middle + 1;
  }
  const std::uint32_t first_value = values_before[begin];
  const std::uint64_t values = values_before[begin + cells.row_count] - first_value;
  const auto place = [&](std::uint64_t value) -> std::uint64_t {
    return value < values ? first[first_value + value] : present;
  };
  std::uint32_t count = 0;
  for (std::uint64_t value = 0; value < values; ++count) {
    const std::size_t bin = column * bins.width + count;
    bins.first[bin] = static_cast<std::uint32_t>(place(value));
    bins.lowest[bin] = value_of_key(cells.key(bins.first[bin]));
    value = end_of_bin(value, values, max_bins - count, place);
    bins.highest[bin] = value_of_key(cells.key(static_cast<std::uint32_t>(place(value)) - 1));
  }
  bins.count[column] = count;
  bins.missing[column] = present;
}

/// @param out  [columns x rows]
__global__ void __launch_bounds__(threads) set_bins(const SortedCells cells, const BinsView bins, std::uint16_t* out) {
  const std::size_t i = core::thread_number();
  if (i >= cells.size()) return;
  const auto place = static_cast<std::uint32_t>(i);
  const std::uint32_t column = cells.column(place);
  const std::uint32_t* const first = bins.first + std::size_t{column} * bins.width;
  std::uint32_t low = 0, high = bins.count[column];  // the first bin that begins behind the place
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (first[middle] <= place)
      low = middle + 1;
    else
      high = middle;
  }
  const std::uint32_t bin = place >= bins.missing[column] ? bins.count[column] : low - 1;
  out[std::size_t{column} * cells.row_count + cells.rows[place]] = static_cast<std::uint16_t>(bin);
}

/// The narrow columns row by row. @param bins  [columns x rows] @param bytes  [rows x narrow_count]
__global__ void __launch_bounds__(threads)
    lay_out_rows(const std::uint16_t* bins, const std::uint32_t* narrow, std::uint32_t narrow_count, std::uint32_t rows,
                 std::uint8_t* bytes) {
  const std::size_t i = core::thread_number();
  if (i >= std::size_t{rows} * narrow_count) return;
  bytes[i] = static_cast<std::uint8_t>(bins[std::size_t{narrow[i % narrow_count]} * rows + i / narrow_count]);
}

/// Columns that lie side by side in a matrix and are numbers.
struct Batch {
  std::size_t begin, end;
};

class Binning {
 public:
  Binning(const FeatureMatrix& x, std::uint32_t max_bins)
      : x_(x),
        rows_(static_cast<std::uint32_t>(x.rows())),
        max_bins_(max_bins),
        columns_(x.columns()),
        bins_(x.columns() * x.rows(), "binned columns") {}

  BinnedColumns run() {
    BinnedColumns binned;
    binned.rows = rows_;
    binned.columns = static_cast<std::uint32_t>(x_.columns());
    binned.bins.resize(x_.columns());
    binned.levels.resize(x_.columns());
    const std::size_t at_once = columns_at_once();
    for (std::size_t j = 0; j < x_.columns();) {
      if (const auto* const column = std::get_if<CategoryColumn>(&x_.column(j))) {
        std::vector<std::uint16_t> bins(rows_);
        binned.levels[j] = bin_levels(*column, x_.names()[j], bins);
        columns_[j] = bins_of_levels(*column, binned.levels[j].size());
        bins_.set(bins, j * rows_);
        ++j;
        continue;
      }
      Batch batch{j, j + 1};
      while (batch.end < x_.columns() && batch.end - batch.begin < at_once &&
             !std::holds_alternative<CategoryColumn>(x_.column(batch.end)))
        ++batch.end;
      bin_numbers(batch);
      j = batch.end;
    }
    set_cells(binned, columns_);
    binned.on_gpu = lay_out(binned);
    return binned;
  }

 private:
  std::size_t columns_at_once() const {
    const std::size_t rows = std::max<std::size_t>(rows_, 1);
    const std::size_t by_memory = core::DeviceContext::get().free_memory() / 2 / (rows * bytes_a_cell);
    const std::size_t by_number = (std::numeric_limits<std::uint32_t>::max() - 1) / rows;
    return std::clamp<std::size_t>(std::min(by_memory, by_number), 1, most_columns_at_once);
  }

  void bin_numbers(const Batch& batch) {
    const std::size_t count = batch.end - batch.begin, size = count * rows_;
    const char* const what = "cells in the order of their values";
    core::Pairs pairs{{size, what}, {size, what}};
    {
      DeviceBuffer<float> values(size, "columns");
      std::vector<float> copied(rows_);
      for (std::size_t j = batch.begin; j < batch.end; ++j) {
        const auto* const floats = std::get_if<FloatColumn>(&x_.column(j));
        if (floats == nullptr) x_.copy_column(j, copied);
        values.set(floats != nullptr ? floats->values : copied, (j - batch.begin) * rows_);
      }
      launch("making keys", make_keys, blocks_for(size, threads), threads, 0, values.data(), rows_, size,
             pairs.keys.data(), pairs.values.data());
    }
    core::sort_pairs(pairs, 32 + std::bit_width(count - 1));
    const SortedCells cells{pairs.keys.data(), pairs.values.data(), rows_, static_cast<std::uint32_t>(count)};
    const DeviceBuffer<std::uint32_t> values_before(size + 1, what), first_of_value(size, what);
    launch("marking values", mark_values, blocks_for(size + 1, threads), threads, 0, cells, values_before.data());
    core::exclusive_sum(values_before.data(), size + 1);
    launch("listing values", list_values, blocks_for(size, threads), threads, 0, cells, values_before.data(),
           first_of_value.data());
    const std::uint32_t width = std::min(max_bins_, rows_);
    const DeviceBuffer<std::uint32_t> first(count * width, "bins"), bounds(2 * count, "bins");
    const DeviceBuffer<float> edges(2 * count * width, "bins");
    const BinsView bins{width,         first.data(),         edges.data(), edges.data() + count * width,
                        bounds.data(), bounds.data() + count};
    launch("cutting columns into bins", cut_columns, blocks_for(count, threads), threads, 0, cells,
           values_before.data(), first_of_value.data(), max_bins_, bins);
    launch("finding bins", set_bins, blocks_for(size, threads), threads, 0, cells, bins,
           bins_.data() + batch.begin * rows_);
    const std::vector<std::uint32_t> of_columns = bounds.to_host();
    const std::vector<float> of_bins = edges.to_host();
    for (std::size_t c = 0; c < count; ++c) {
      const auto lowest = of_bins.begin() + static_cast<std::ptrdiff_t>(c * width),
                 highest = lowest + static_cast<std::ptrdiff_t>(count * width);
      columns_[batch.begin + c] = {{lowest, lowest + of_columns[c]},
                                   {highest, highest + of_columns[c]},
                                   of_columns[count + c] < (c + 1) * rows_};
    }
  }

  std::shared_ptr<const DeviceBins> lay_out(const BinnedColumns& binned) {
    std::vector<std::uint32_t> narrow, wide;
    for (std::uint32_t j = 0; j < binned.columns; ++j) (binned.cells(j) > narrow_cells ? wide : narrow).push_back(j);
    const auto bins = std::make_shared<DeviceBins>(
        DeviceBins{{narrow.size() * rows_, "binned columns"}, {wide.size() * rows_, "binned columns of many values"}});
    const DeviceBuffer<std::uint32_t> list(std::span<const std::uint32_t>(narrow), "the list of columns");
    launch("laying out rows", lay_out_rows, blocks_for(bins->bytes.size(), threads), threads, 0, bins_.data(),
           list.data(), narrow.size(), rows_, bins->bytes.data());
    for (std::size_t k = 0; k < wide.size(); ++k)
      core::DeviceContext::get().copy_on_device(
          bins->words.data() + k * rows_, bins_.data() + std::size_t{wide[k]} * rows_, rows_ * sizeof(std::uint16_t));
    return bins;
  }

  const FeatureMatrix& x_;
  std::uint32_t rows_, max_bins_;
  std::vector<ColumnBins> columns_;
  DeviceBuffer<std::uint16_t> bins_;  ///< [columns x rows]
};

}  // namespace

BinnedColumns bin_columns_on_cuda(const FeatureMatrix& x, std::uint32_t max_bins) { return Binning(x, max_bins).run(); }

}  // namespace cartwheel::tree
