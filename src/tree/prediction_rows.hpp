#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/host_device.hpp"
#include "core/parallel.hpp"
#include "tree/row_block.hpp"

namespace cartwheel::tree {

/// Some rows in the form of PredictionRows, eight side by side: slot s of row r is at group(r / 8)[8 * s + r % 8]. So a
/// column's values are copied as they lie, and the first nodes of a tree look at eight rows at once. What stands for
/// rows behind the last is a row, too.
class GroupedRows {
 public:
  static constexpr std::size_t lanes = 8;

  GroupedRows(std::size_t rows, std::size_t stride)
      : rows_(rows), stride_(stride), values_(std::make_unique_for_overwrite<float[]>(groups() * lanes * stride)) {}

  std::size_t rows() const { return rows_; }
  std::size_t groups() const { return (rows_ + lanes - 1) / lanes; }
  std::size_t group_size() const { return lanes * stride_; }  ///< Floats from one group to the next.
  float* group(std::size_t number) { return values_.get() + number * group_size(); }
  const float* group(std::size_t number) const { return values_.get() + number * group_size(); }

 private:
  std::size_t rows_, stride_;
  std::unique_ptr<float[]> values_;
};

/// Rows as the nodes of PredictionTrees read them: every column twice, so that one comparison sends a missing value to
/// the side that the node wants. A row is: NaN, which is not <= any threshold; 0; then for each column of numbers the
/// value, and the value with -infinity for missing; for each category column the level's place, twice, 0 for missing.
class PredictionRows {
 public:
  PredictionRows() = default;
  explicit PredictionRows(const ColumnLevels& levels);

  std::size_t columns() const { return levels_.size(); }
  std::size_t stride() const { return 2 + 2 * columns(); }
  bool any_levels() const {
    return std::ranges::any_of(levels_, [](float levels) { return levels > 0.0f; });
  }
  static std::uint32_t slot(std::uint32_t column, bool missing_left) { return 2 + 2 * column + (missing_left ? 1 : 0); }

  CARTWHEEL_HD static bool missing_left(std::uint32_t slot) { return slot % 2 == 1; }

  /// @param values  [rows x columns()]: NaN is missing; what is no level's place is missing in a category column.
  /// @param out  [rows x stride()], overwritten.
  void fill(std::span<const float> values, std::span<float> out) const;

  /// Rows [begin, end) of a matrix.
  GroupedRows group(const RowValues& x, std::size_t begin, std::size_t end) const;

  /// Calls work(begin, GroupedRows of [begin, begin + n)) for blocks of rows, in parallel. Memory: 1 MiB a thread, or a
  /// few rows.
  template <class Work>
  void for_each_block(const RowValues& x, const Work& work) const {
    core::parallel_for_blocks(x.rows(), rows_a_task(x.rows()),
                              [&](std::size_t begin, std::size_t end) { work(begin, group(x, begin, end)); });
  }

 private:
  std::size_t rows_a_task(std::size_t rows) const;

  std::vector<float> levels_;  ///< Of each column, how many levels it has, the missing one among them; 0: numbers.
};

}  // namespace cartwheel::tree
