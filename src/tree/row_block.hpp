#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstddef>
#include <span>
#include <vector>

#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// How many rows to make dense at once: 1 MiB of them, but at least 64 and at most 4,096.
std::size_t rows_a_block(std::size_t columns);

/// The rows of a matrix as the numbers that a model's trees were grown on.
class RowValues {
 public:
  /// @param x  its columns have the fitted names; must outlive this. @param levels  of the model.
  /// @throws DataError naming a column that holds categories where the model knows numbers, or the reverse.
  RowValues(const FeatureMatrix& x, const ColumnLevels& levels);

  std::size_t rows() const { return x_.rows(); }
  std::size_t columns() const { return x_.columns(); }
  /// Rows [begin, end), row-major, so that one row's features lie side by side on its way down a tree. A category is
  /// its level's place in the model's list; missing, or a level that is not there, is NaN.
  /// @param out  [(end - begin) x columns()], overwritten.
  void copy(std::size_t begin, std::size_t end, std::span<float> out) const;
  /// The same of one column. @param scratch  [end - begin] or more: where they are put, unless they lie somewhere.
  std::span<const float> column(std::size_t j, std::size_t begin, std::size_t end, std::span<float> scratch) const;

 private:
  const FeatureMatrix& x_;
  std::vector<std::vector<float>> values_of_codes_;  ///< [columns()]: of each code of a category column.
};

}  // namespace cartwheel::tree
