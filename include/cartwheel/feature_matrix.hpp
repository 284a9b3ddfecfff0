#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// One feature of every row as 32-bit numbers. NaN is the missing value; infinity is not allowed.
struct FloatColumn {
  std::vector<float> values;  ///< [rows]
};
/// One yes/no feature of every row. No missing values.
struct BitColumn {
  std::vector<std::uint64_t> words;  ///< [ceil(rows / 64)]; row r is bit r % 64 of word r / 64; bits beyond rows are 0.
};
/// One categorical feature of every row.
struct CategoryColumn {
  std::vector<std::uint32_t> codes;  ///< [rows]; each < levels.size(); code 0 is the missing value.
  std::vector<std::string> levels;   ///< levels[0] is "".
};
/// One feature that is 0 in most rows.
struct SparseColumn {
  std::vector<std::uint32_t> rows;  ///< Increasing; the rows where the value is not 0.
  std::vector<float> values;        ///< One for each of `rows`: not 0, not infinite; NaN is the missing value.
};

/// Named columns of equal length, each stored in the type that suits it. The type is storage, not meaning: a model that
/// takes numbers gives the same result for a column and for the float column of the same values (a category's value is
/// its code, missing is NaN).
class FeatureMatrix {
 public:
  using Column = std::variant<FloatColumn, BitColumn, CategoryColumn, SparseColumn>;

  /// @param rows  less than 2^32. @throws DataError beyond.
  explicit FeatureMatrix(std::size_t rows = 0);

  /// Adds a column at the end. @throws DataError naming the column if its length or a value breaks the rules above, or
  /// if the name is taken.
  void add(std::string name, Column column);
  /// Puts other values in the place of column j. @throws DataError as add.
  void replace(std::size_t j, Column column);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  const Column& column(std::size_t j) const { return columns_[j]; }

  /// Column j as numbers. @param out  [rows()], overwritten.
  void copy_column(std::size_t j, std::span<float> out) const;
  /// The given rows, in the given order; a row may occur more than once. @throws DataError unless each is less than
  /// rows().
  FeatureMatrix select_rows(std::span<const std::uint32_t> rows) const;

 private:
  std::size_t rows_;
  std::vector<std::string> names_;
  std::vector<Column> columns_;
};

}  // namespace cartwheel
