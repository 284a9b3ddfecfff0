#include "tree/row_block.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace cartwheel::tree {
namespace {

/// Calls put(i, value) for rows begin + i; `put` starts from zeros.
template <class Column, class Put>
void for_each_value(const Column& column, std::size_t begin, std::size_t end, const Put& put) {
  if constexpr (std::is_same_v<Column, FloatColumn>) {
    for (std::size_t row = begin; row < end; ++row) put(row - begin, column.values[row]);
  } else if constexpr (std::is_same_v<Column, BitColumn>) {
    for (std::size_t row = begin; row < end; ++row)
      put(row - begin, static_cast<float>(column.words[row / 64] >> (row % 64) & 1));
  } else if constexpr (std::is_same_v<Column, CategoryColumn>) {
    for (std::size_t row = begin; row < end; ++row)
      put(row - begin,
          column.codes[row] == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(column.codes[row]));
  } else {
    static_assert(std::is_same_v<Column, SparseColumn>);
    const auto first = std::ranges::lower_bound(column.rows, begin) - column.rows.begin();
    for (auto i = static_cast<std::size_t>(first); i < column.rows.size() && column.rows[i] < end; ++i)
      put(column.rows[i] - begin, column.values[i]);
  }
}

}  // namespace

std::size_t rows_a_block(std::size_t columns) {
  return std::clamp<std::size_t>((std::size_t{1} << 18) / std::max<std::size_t>(columns, 1), 64, 4096);
}

void copy_rows(const FeatureMatrix& x, std::size_t begin, std::size_t end, std::span<float> out) {
  const std::size_t columns = x.columns();
  std::ranges::fill(out, 0.0f);
  for (std::size_t j = 0; j < columns; ++j)
    std::visit(
        [&](const auto& column) {
          for_each_value(column, begin, end, [&](std::size_t i, float value) { out[i * columns + j] = value; });
        },
        x.column(j));
}

}  // namespace cartwheel::tree
