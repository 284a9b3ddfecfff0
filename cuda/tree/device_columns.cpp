#include "tree/device_columns.hpp"

#include <algorithm>

#include "core/parallel.hpp"

namespace cartwheel::tree {
namespace {

constexpr std::size_t rows_a_block = 1024;

/// The narrow columns row by row.
std::vector<std::uint8_t> row_by_row(const BinnedColumns& x, std::span<const std::uint32_t> narrow) {
  std::vector<std::uint8_t> bytes(std::size_t{x.rows} * narrow.size());
  core::parallel_for_blocks(x.rows, rows_a_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = 0; k < narrow.size(); ++k)
      x.with_column(narrow[k], [&](const auto& column) {
        for (std::size_t row = begin; row < end; ++row)
          bytes[row * narrow.size() + k] = static_cast<std::uint8_t>(column[row]);
      });
  });
  return bytes;
}

std::shared_ptr<const DeviceBins> send(const BinnedColumns& x, std::span<const std::uint32_t> narrow,
                                       std::span<const std::uint32_t> wide) {
  std::vector<std::uint16_t> words;
  for (const std::uint32_t j : wide)
    x.with_column(j, [&](const auto& column) { words.insert(words.end(), column.begin(), column.end()); });
  return std::make_shared<DeviceBins>(
      DeviceBins{{std::span<const std::uint8_t>(row_by_row(x, narrow)), "binned columns"},
                 {std::span<const std::uint16_t>(words), "binned columns of many values"}});
}

}  // namespace

DeviceColumns::DeviceColumns(const BinnedColumns& x) {
  std::vector<DeviceColumn> of;
  std::vector<std::uint32_t> narrow, wide;
  view_.widest_narrow = view_.widest_wide = 1;
  for (std::uint32_t j = 0; j < x.columns; ++j) {
    const bool is_wide = x.cells(j) > narrow_cells;
    std::vector<std::uint32_t>& same = is_wide ? wide : narrow;
    of.push_back({x.cells(j), x.missing[j], static_cast<std::uint32_t>(same.size()), is_wide, x.by_level(j)});
    same.push_back(j);
    std::uint32_t& widest = is_wide ? view_.widest_wide : view_.widest_narrow;
    widest = std::max(widest, x.cells(j));
    any_levels_ = any_levels_ || x.by_level(j);
  }
  std::vector<std::uint32_t> numbers = narrow;
  numbers.insert(numbers.end(), wide.begin(), wide.end());
  of_ = {std::span<const DeviceColumn>(of), "the list of columns"};
  numbers_ = {std::span<const std::uint32_t>(numbers), "the list of columns"};
  bins_ = x.on_gpu ? x.on_gpu : send(x, narrow, wide);
  view_.rows = x.rows;
  view_.columns = x.columns;
  view_.narrow_count = static_cast<std::uint32_t>(narrow.size());
  view_.wide_count = static_cast<std::uint32_t>(wide.size());
  view_.of = of_.data();
  view_.narrow = numbers_.data();
  view_.wide = numbers_.data() + narrow.size();
  view_.bytes = bins_->bytes.data();
  view_.words = bins_->words.data();
}

}  // namespace cartwheel::tree
