#pragma once

#include <cartwheel/column.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace cartwheel::data {

/// What is compared to find repeats.
struct ComparableRows {
  std::uint64_t count = 0;
  std::function<std::uint64_t(std::uint64_t row)> fingerprint;  ///< Equal rows have equal ones.
  std::function<bool(std::uint64_t a, std::uint64_t b)> equal;
};

/// A set of rows.
struct RepeatedRows {
  Column<std::uint64_t> bits;  ///< Row r is bit r % 64 of word r / 64.
  std::uint64_t count = 0;

  bool contains(std::uint64_t row) const { return (bits[row / 64] >> (row % 64) & 1) != 0; }
};

/// How much is sorted in memory at once.
struct SortingRoom {
  std::size_t rows_per_run = std::size_t{1} << 20;
  std::size_t runs_at_once = 16;  ///< Sorted side by side before they go to the file.
};

/// The rows that equal an earlier one: fingerprints are sorted externally, rows with the same one are compared. Where
/// all runs are sorted at once no file is needed. @param folder  for the temporary file, 16 bytes a row, which has no
/// name and goes away even in a crash. Memory: 16 bytes a row of the runs sorted at once (256 MiB), 64 KiB a run, and a
/// bit a row. @throws DataError if the file cannot be made or written.
RepeatedRows find_repeated_rows(const ComparableRows& rows, const std::filesystem::path& folder,
                                const SortingRoom& room = {});

}  // namespace cartwheel::data
