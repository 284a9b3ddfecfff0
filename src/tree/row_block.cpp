#include "tree/row_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <limits>
#include <type_traits>

namespace cartwheel::tree {
namespace {

/// Calls put(i, value) for rows begin + i; `put` starts from zeros. @param values  of the codes of a category column.
template <class Column, class Put>
void for_each_value(const Column& column, std::span<const float> values, std::size_t begin, std::size_t end,
                    const Put& put) {
  if constexpr (std::is_same_v<Column, FloatColumn>) {
    for (std::size_t row = begin; row < end; ++row) put(row - begin, column.values[row]);
  } else if constexpr (std::is_same_v<Column, BitColumn>) {
    for (std::size_t row = begin; row < end; ++row)
      put(row - begin, static_cast<float>(column.words[row / 64] >> (row % 64) & 1));
  } else if constexpr (std::is_same_v<Column, CategoryColumn>) {
    for (std::size_t row = begin; row < end; ++row) put(row - begin, values[column.codes[row]]);
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

RowValues::RowValues(const FeatureMatrix& x, const ColumnLevels& levels) : x_(x), values_of_codes_(x.columns()) {
  for (std::size_t j = 0; j < x.columns(); ++j) {
    const auto* const column = std::get_if<CategoryColumn>(&x.column(j));
    if ((column != nullptr) != !levels[j].empty())
      throw DataError(fmt::format("column '{}' holds {}; the model was fitted on {}", x.names()[j],
                                  column != nullptr ? "categories" : "numbers",
                                  column != nullptr ? "numbers" : "categories"));
    if (column == nullptr) continue;
    for (const std::string& level : column->levels) {
      const auto found = std::ranges::lower_bound(levels[j], level);
      values_of_codes_[j].push_back(found != levels[j].end() && *found == level && !level.empty()
                                        ? static_cast<float>(found - levels[j].begin())
                                        : std::numeric_limits<float>::quiet_NaN());
    }
  }
}

void RowValues::copy(std::size_t begin, std::size_t end, std::span<float> out) const {
  const std::size_t width = columns();
  std::ranges::fill(out, 0.0f);
  for (std::size_t j = 0; j < width; ++j)
    std::visit(
        [&](const auto& column) {
          for_each_value(column, values_of_codes_[j], begin, end,
                         [&](std::size_t i, float value) { out[i * width + j] = value; });
        },
        x_.column(j));
}

std::span<const float> RowValues::column(std::size_t j, std::size_t begin, std::size_t end,
                                         std::span<float> scratch) const {
  if (const auto* const numbers = std::get_if<FloatColumn>(&x_.column(j)))
    return std::span(numbers->values).subspan(begin, end - begin);
  const auto out = scratch.first(end - begin);
  std::ranges::fill(out, 0.0f);
  std::visit(
      [&](const auto& column) {
        for_each_value(column, values_of_codes_[j], begin, end, [&](std::size_t i, float value) { out[i] = value; });
      },
      x_.column(j));
  return out;
}

}  // namespace cartwheel::tree
