#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/host_device.hpp"
#include "core/parallel.hpp"
#include "tree/row_block.hpp"

namespace cartwheel::tree {

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

  /// Calls work(begin, rows [begin, begin + n) as above) for blocks of rows, in parallel. Memory: 1 MiB a thread, or a
  /// few rows.
  template <class Work>
  void for_each_block(const RowValues& x, const Work& work) const {
    core::parallel_for_blocks(x.rows(), rows_a_task(), [&](std::size_t begin, std::size_t end) {
      std::vector<float> values((end - begin) * columns()), rows((end - begin) * stride());
      x.copy(begin, end, values);
      fill(values, rows);
      work(begin, std::span<const float>(rows));
    });
  }

 private:
  std::size_t rows_a_task() const;

  std::vector<float> levels_;  ///< Of each column, how many levels it has, the missing one among them; 0: numbers.
};

}  // namespace cartwheel::tree
