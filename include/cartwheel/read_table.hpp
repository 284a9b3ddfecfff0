#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

struct ReadTableOptions {
  char delimiter = ',';
  BadRows on_bad_row = BadRows::fail;
  std::string target;           ///< The column of labels, 0 or 1; "" for none.
  bool target_required = true;  ///< Whether a table without the target column is an error.
  /// The feature columns, in order; columns that are not named here are ignored. Empty: all but the target, as found.
  std::vector<std::string> columns{};
};

/// A numeric table in memory.
struct NumericTable {
  FeatureMatrix x;                         ///< Columns of 0 and 1 alone are bits, all others floats.
  std::vector<std::uint8_t> y;             ///< One label a row; empty if there is no target column.
  std::vector<std::uint64_t> row_numbers;  ///< Of each kept row among the rows of the file, from 0.
};

/// Reads a CSV file of numbers (RFC 4180, with a header line). Empty fields are missing values. Numbers are those of C
/// and JSON ("1", "-2.5", "1e-3"), kept as float32; the texts NaN and infinity, and numbers beyond float32, are bad
/// fields.
/// @param account  receives rows read, rejected, missing values, columns ignored.
/// @throws DataError for a file that cannot be read, a column that is missing or twice there, and (on_bad_row = fail)
/// the first bad row, with file:line:column, the row and what to do.
NumericTable read_table(const std::filesystem::path& path, const ReadTableOptions& options, Account& account);

}  // namespace cartwheel
