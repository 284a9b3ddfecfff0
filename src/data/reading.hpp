#pragma once

#include <array>
#include <cartwheel/account.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/mapped_file.hpp"
#include "data/event_schema.hpp"

namespace cartwheel::data {

/// Why a row is not in the log. The values are a part of the cache format.
enum class Rejection : std::uint8_t {
  cut_off,
  too_few_fields,
  too_many_fields,
  unclosed_quote,
  text_after_quote,
  time_missing,
  time_unreadable,
  type_missing,
  type_unknown,
  price_not_a_number,
  price_out_of_range,
};
inline constexpr std::size_t rejection_count = 11;
/// Such as "too few fields".
std::string_view reason_of(Rejection reason);

/// What happened to the rows of event files: the source of the account, kept beside the log so that a cache can tell it
/// again. Counts of several files are added.
struct ReadingCounts {
  struct Rejected {
    std::int64_t rows = 0;
    std::string first;  ///< "FILE:LINE:COLUMN" of the first one.
  };

  std::int64_t rows_read = 0;  ///< Kept or rejected; blank lines are no rows.
  std::int64_t rows_kept = 0;
  std::array<Rejected, rejection_count> rejected;
  std::int64_t duplicates_dropped = 0;
  std::int64_t prices_rounded = 0;
  std::string first_rounded;
  std::int64_t blank_lines = 0;
  BySourceColumn<std::int64_t> missing{};  ///< Empty fields of kept and duplicate rows, in files that have the column.
  std::set<std::string> unused_columns, absent_columns;  ///< Escaped, as they are shown.

  void add(const ReadingCounts& other);
  void report(Account& account) const;
  void write(core::ByteWriter& out) const;
  static ReadingCounts read(core::ByteReader& in);
};

/// The name of standard input in place of a file's. A file of that name is written ./-
inline const std::filesystem::path standard_input = "-";

/// A file that a log was read from, as it was then.
struct SourceFile {
  std::filesystem::path path;  ///< Absolute, without symbolic links.
  core::FileIdentity identity;
};

/// Where a log comes from.
struct Reading {
  ReadOptions options;  ///< Those that matter for what is read.
  ReadingCounts counts;
  std::vector<SourceFile> sources;
};

}  // namespace cartwheel::data
