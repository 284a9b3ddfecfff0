#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/progress.hpp>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace cartwheel {

enum class BadRows : std::uint8_t {
  fail,  ///< The first bad row is a DataError.
  skip,  ///< Bad rows are left out, and counted by reason in the account.
};

struct ReadOptions {
  char delimiter = ',';  ///< Any single byte but the quote, CR and LF.
  /// Our column name -> the file's name for it, such as {"event_time", "timestamp"}. A key "event_type.NAME" gives the
  /// event type that the text NAME stands for, such as {"event_type.wishlist", "other"}.
  std::map<std::string, std::string> column_names;
  BadRows on_bad_row = BadRows::fail;
  /// Compare a cache with its source by a hash of the whole source, not only by size, modification time and inode.
  bool verify = false;
  ProgressCallback progress;
};

/// Reads event logs: CSV (RFC 4180: quotes, "" within quotes, CRLF, newlines in quotes; a byte-order mark is skipped; the
/// last line needs no newline), or caches made by write_event_cache, told apart by their first bytes. Several files make
/// one log, in the given order.
///
/// Columns are found by name, in any order; others are ignored (and counted). `event_time`, `event_type` and one of
/// `user_session` and `user_id` must be there; `product_id`, `category_id`, `category_code`, `brand`, `price` may be
/// missing, and are then missing values. Times are those of core's parse_time: "2021-02-28 19:13:22 UTC", ISO 8601 with
/// fraction and offset, or an epoch in seconds or milliseconds. Event types: view, cart, remove_from_cart, purchase,
/// other; addtocart and transaction are cart and purchase. Empty fields are missing values.
///
/// A cache whose source has changed, or that is damaged, is not trusted: the source is read instead, which the account
/// says; where the source is gone, a sound cache is used as it is, and a damaged one is an error.
///
/// @param account  receives rows read, rejected (by reason), prices rounded, values missing by column.
/// @throws ParameterError for a mapping of an unknown column; DataError for a file that cannot be read, a header without
/// a needed column, and (on_bad_row = fail) the first bad row, with file:line:column, the row and what to do.
EventLog read_events(std::span<const std::filesystem::path> files, const ReadOptions& options, Account& account);

/// Writes `log` as a cache (.cwlog) tied to the files it was read from: their paths, sizes, modification times, inodes
/// and a hash of their bytes, and the reading options. The cache is memory-mapped when it is read.
/// @throws DataError if a source cannot be read any more, or the output cannot be written.
void write_event_cache(const EventLog& log, std::span<const std::filesystem::path> sources, const ReadOptions& options,
                       const std::filesystem::path& out);

}  // namespace cartwheel
