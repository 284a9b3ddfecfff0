#pragma once

#include <cartwheel/feature_group.hpp>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "core/parallel.hpp"

namespace cartwheel::features {

inline constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

/// Columns that several threads fill, a block of rows each.
class FloatColumns {
 public:
  FloatColumns(std::size_t columns, std::size_t rows) : columns_(columns) {
    for (FloatColumn& column : columns_) column.values.resize(rows);
  }
  float& operator()(std::size_t column, std::size_t row) { return columns_[column].values[row]; }

  FeatureGroup::Columns take() {
    FeatureGroup::Columns out;
    for (FloatColumn& column : columns_) out.emplace_back(std::move(column));
    return out;
  }

 private:
  std::vector<FloatColumn> columns_;
};

/// Columns whose rows do not depend on each other. @param set  (row, columns): sets what it owns, the row.
template <class SetRow>
FeatureGroup::Columns columns_by_row(std::size_t columns, std::size_t rows, const SetRow& set) {
  constexpr std::size_t rows_per_block = 1024;
  FloatColumns out(columns, rows);
  core::parallel_for_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) set(row, out);
  });
  return out.take();
}

}  // namespace cartwheel::features
