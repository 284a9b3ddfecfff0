#pragma once

#include <cartwheel/audit.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cartwheel::analysis {

/// What differs between the data as they are and altered data.
struct Difference {
  std::string what;
  std::vector<std::string> features;
  std::string session;
  std::string before, after;
};

/// What identifies a session in both tables: codes are the same log's.
struct RowKey {
  Code session = missing_code, user = missing_code;
  std::int64_t start = 0;
  friend bool operator==(const RowKey&, const RowKey&) = default;
};
RowKey key_of(const SessionTable& sessions, std::uint32_t row);

/// The row of that key; nothing where there is none.
std::optional<std::uint32_t> find_row(const SessionTable& sessions, const RowKey& key);

/// Whether both lists name the same sessions, with the same labels. @param kind  "training row".
std::optional<Difference> compare_rows(const SessionTable& before, std::span<const std::uint32_t> rows_before,
                                       const SessionTable& after, std::span<const std::uint32_t> rows_after,
                                       const std::string& kind);

/// Whether two matrices of the same rows are the same, bit by bit; category columns by their texts.
/// @param rows  what the rows are, of `sessions`, to name one. @param kind  "training row".
std::optional<Difference> compare_columns(const FeatureMatrix& before, const FeatureMatrix& after,
                                          const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                          const std::string& kind);

}  // namespace cartwheel::analysis
