#include "tree/binning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>

#include "core/current_device.hpp"
#include "core/parallel.hpp"
#include "tree/cut_values.hpp"
#include "tree/few_values.hpp"
#include "tree/sort_rows.hpp"

namespace cartwheel::tree {
namespace {

/// The rows whose value is there, in increasing order of values.
std::vector<KeyedRow> sort_present(std::span<const float> values, std::string_view name) {
  std::vector<KeyedRow> rows;
  rows.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isnan(values[row])) continue;
    if (std::isinf(values[row]))
      throw DataError(fmt::format(
          "row {} of column '{}' is infinite; a tree takes numbers and missing values (NaN) only", row, name));
    rows.push_back({sort_key(values[row]), static_cast<std::uint32_t>(row)});
  }
  sort_rows(rows);
  return rows;
}

std::vector<ValueCount> count_values(std::span<const KeyedRow> sorted) {
  std::vector<ValueCount> distinct;
  distinct.reserve(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i == 0 || sorted[i].key != sorted[i - 1].key) distinct.push_back({value_of_key(sorted[i].key), 0});
    ++distinct.back().rows;
  }
  return distinct;
}

/// Cuts the distinct values into at most `max_bins` runs.
ColumnBins cut(std::span<const ValueCount> distinct, std::uint64_t max_bins) {
  std::vector<std::uint32_t> rows_before{0};
  for (const ValueCount& value : distinct) rows_before.push_back(rows_before.back() + value.rows);
  ColumnBins bins;
  for (std::size_t begin = 0, end; begin < distinct.size(); begin = end) {
    end = end_of_bin(begin, distinct.size(), max_bins - bins.lowest.size(),
                     [&](std::uint64_t value) -> std::uint64_t { return rows_before[value]; });
    bins.lowest.push_back(distinct[begin].value);
    bins.highest.push_back(distinct[end - 1].value);
  }
  return bins;
}

/// The bins of a column of few values. @param bins  each row's place among the values, replaced by its bin.
ColumnBins cut_few(const FewValues& few, std::uint32_t max_bins, std::span<std::uint16_t> bins) {
  std::uint64_t rows = 0;
  for (const ValueCount& value : few.values) rows += value.rows;
  ColumnBins result = cut(few.values, max_bins);
  result.has_missing = rows < bins.size();
  if (result.highest.size() == few.values.size()) return result;
  std::vector<std::uint16_t> bin_of_place;
  std::uint16_t bin = 0;
  for (const ValueCount& value : few.values) {
    if (value.value > result.highest[bin]) ++bin;
    bin_of_place.push_back(bin);
  }
  bin_of_place.push_back(static_cast<std::uint16_t>(result.highest.size()));
  for (std::uint16_t& place : bins) place = bin_of_place[place];
  return result;
}

}  // namespace

ColumnBins bin_column(std::span<const float> values, std::uint32_t max_bins, std::string_view name,
                      std::span<std::uint16_t> bins) {
  if (const auto few = find_few_values(values, bins)) return cut_few(*few, max_bins, bins);
  const std::vector<KeyedRow> sorted = sort_present(values, name);
  ColumnBins result = cut(count_values(sorted), max_bins);
  result.has_missing = sorted.size() < values.size();
  std::ranges::fill(bins,
                    static_cast<std::uint16_t>(result.highest.size()));  // where no value follows: the missing bin
  std::size_t bin = 0;
  for (const KeyedRow& row : sorted) {
    if (value_of_key(row.key) > result.highest[bin]) ++bin;
    bins[row.row] = static_cast<std::uint16_t>(bin);
  }
  return result;
}

std::vector<std::string> bin_levels(const CategoryColumn& column, std::string_view name,
                                    std::span<std::uint16_t> bins) {
  std::vector<bool> used(column.levels.size());
  for (const std::uint32_t code : column.codes) used[code] = true;
  used[0] = true;
  std::vector<std::string> levels;
  for (std::size_t code = 0; code < used.size(); ++code)
    if (used[code]) levels.push_back(column.levels[code]);
  std::ranges::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  if (levels.size() > most_levels)
    throw DataError(fmt::format("column '{}' has {} levels; a tree takes at most {}: put the rare ones together", name,
                                levels.size() - 1, most_levels - 1));
  std::vector<std::uint16_t> bin_of_code(used.size());
  for (std::size_t code = 0; code < used.size(); ++code) {
    if (!used[code]) continue;
    const auto place = std::ranges::lower_bound(levels, column.levels[code]) - levels.begin();
    bin_of_code[code] = static_cast<std::uint16_t>(place == 0 ? static_cast<std::ptrdiff_t>(levels.size()) : place);
  }
  for (std::size_t row = 0; row < bins.size(); ++row) bins[row] = bin_of_code[column.codes[row]];
  return levels;
}

ColumnBins bins_of_levels(const CategoryColumn& column, std::size_t levels) {
  const float none = std::numeric_limits<float>::quiet_NaN();  // levels have no thresholds
  const std::vector<float> values(levels, none);
  return {values, values, std::ranges::find(column.codes, 0u) != column.codes.end()};
}

void set_cells(BinnedColumns& binned, std::span<const ColumnBins> columns) {
  binned.first_cell.push_back(0);
  for (const ColumnBins& column : columns) {
    const auto present = static_cast<std::uint32_t>(column.lowest.size());
    binned.missing.push_back(column.has_missing ? present : no_bin);
    binned.lowest.insert(binned.lowest.end(), column.lowest.begin(), column.lowest.end());
    binned.highest.insert(binned.highest.end(), column.highest.begin(), column.highest.end());
    if (column.has_missing) {
      binned.lowest.push_back(std::numeric_limits<float>::quiet_NaN());
      binned.highest.push_back(std::numeric_limits<float>::quiet_NaN());
    }
    binned.first_cell.push_back(static_cast<std::uint32_t>(binned.lowest.size()));
  }
}

BinnedColumns bin_columns(const FeatureMatrix& x, std::uint32_t max_bins) {
  if (core::current_device() == Device::cuda) return bin_columns_on_cuda(x, max_bins);
  BinnedColumns binned;
  binned.rows = static_cast<std::uint32_t>(x.rows());
  binned.columns = static_cast<std::uint32_t>(x.columns());
  binned.bins.resize(x.columns());
  binned.levels.resize(x.columns());
  std::vector<ColumnBins> columns(x.columns());
  core::parallel_for(x.columns(), [&](std::size_t j) {
    std::vector<std::uint16_t> bins(x.rows());
    if (const auto* const column = std::get_if<CategoryColumn>(&x.column(j))) {
      binned.levels[j] = bin_levels(*column, x.names()[j], bins);
      columns[j] = bins_of_levels(*column, binned.levels[j].size());
    } else {
      std::vector<float> values(x.rows());
      x.copy_column(j, values);
      columns[j] = bin_column(values, max_bins, x.names()[j], bins);
    }
    if (columns[j].lowest.size() < narrow_cells)
      binned.bins[j] = std::vector<std::uint8_t>(bins.begin(), bins.end());
    else
      binned.bins[j] = std::move(bins);
  });
  set_cells(binned, columns);
  return binned;
}

}  // namespace cartwheel::tree
