#pragma once

#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

/// Rows of a session table, and of the features made of them.
namespace cartwheel::test {

inline std::vector<std::uint32_t> all_rows(const SessionTable& sessions) {
  std::vector<std::uint32_t> rows(sessions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

/// The rows that may train when training ends at `train_end`.
inline std::vector<std::uint32_t> training_rows(const SessionTable& sessions, std::int64_t train_end) {
  std::vector<std::uint32_t> rows;
  for (const std::uint32_t row : all_rows(sessions))
    if (sessions.label_time[row] <= train_end) rows.push_back(row);
  return rows;
}

/// Row-major values, so that a row can be compared in one go.
inline std::vector<std::vector<float>> rows_of(const FeatureMatrix& matrix) {
  std::vector<std::vector<float>> rows(matrix.rows(), std::vector<float>(matrix.columns()));
  std::vector<float> column(matrix.rows());
  for (std::size_t j = 0; j < matrix.columns(); ++j) {
    matrix.copy_column(j, column);
    for (std::size_t r = 0; r < matrix.rows(); ++r) rows[r][j] = column[r];
  }
  return rows;
}

/// The bits of a row: missing values are equal to each other, and 0 is not -0.
inline std::string bits_of(const std::vector<float>& row) {
  std::string bits(row.size() * sizeof(float), '\0');
  std::memcpy(bits.data(), row.data(), bits.size());
  return bits;
}
inline std::string bits_of(const FeatureMatrix& matrix) {
  std::string bits;
  for (const auto& row : rows_of(matrix)) bits += bits_of(row);
  return bits;
}

}  // namespace cartwheel::test
