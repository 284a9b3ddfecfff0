#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/progress.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

enum class BadRows : std::uint8_t {
  fail,  ///< The first bad row is a DataError.
  skip,  ///< Bad rows are left out, and counted by reason in the account.
};

enum class Duplicates : std::uint8_t {
  keep,  ///< Rows that repeat others are events too: shops do log the same click twice in a second.
  drop,  ///< A row that equals an earlier one in every column of the log is left out, and counted.
};

enum class ColumnPlace : std::uint8_t {
  automatic,  ///< On disk where columns would take more than a quarter of the memory that is free.
  memory,
  disk,  ///< In unlinked files in the temporary folder (TMPDIR, or /tmp), mapped.
};

struct ReadOptions {
  char delimiter = ',';  ///< Any single byte but the quote, CR and LF.
  /// Our column name -> the file's name for it, such as {"event_time", "timestamp"}. A key "event_type.NAME" gives the
  /// event type that the text NAME stands for, such as {"event_type.wishlist", "other"}.
  std::map<std::string, std::string> column_names;
  BadRows on_bad_row = BadRows::fail;
  /// With BadRows::skip: a CSV file to write the rows to that are left out, file,line,column,reason,row, the row as it
  /// was found; none if empty. It is replaced, even if no row is bad. Rows that a cache left out are not told again.
  std::filesystem::path rejects;
  Duplicates duplicates = Duplicates::keep;
  /// Compare a cache with its source by a hash of the whole source, not only by size, modification time and inode.
  bool verify = false;
  /// Where the columns of the log lie, 41 bytes an event. On disk, memory grows with distinct ids, not with events.
  ColumnPlace columns = ColumnPlace::automatic;
  ProgressCallback progress;
};

/// What reading will take, as far as the files' sizes and the first megabytes of text tell.
struct ReadingNeeds {
  std::uint64_t text_bytes = 0;    ///< Of CSV files, compressed ones taken to be a sixth of their text.
  std::uint64_t events = 0;        ///< As long as later rows are about as long as the first ones.
  std::uint64_t id_bytes = 0;      ///< Memory for distinct strings, if later rows bring as many new ones as the first.
  std::uint64_t column_bytes = 0;  ///< 41 an event.
  bool columns_on_disk = false;
};

/// An estimate for read_events; ids usually repeat more in the end than in the beginning, so `id_bytes` is rather too
/// large. Where all files are compressed, rows are taken to have 128 bytes, a third of them new ids. Caches take
/// nothing, and standard input is not known.
/// @throws as read_events does for files that cannot be opened and headers that will not do.
ReadingNeeds reading_needs(std::span<const std::filesystem::path> files, const ReadOptions& options);

/// The files that `names` stand for: a folder stands for the files in it named *.csv, *.csv.gz and *.csv.zst, and a
/// name with *, ? or [ that is no file for those that match it as in a shell, both in order of their names (by bytes);
/// any other name, and "-" for standard input, for itself.
/// @throws DataError for a folder or a pattern without files; ParameterError for "-" twice.
std::vector<std::filesystem::path> find_event_files(std::span<const std::filesystem::path> names);

/// Reads event logs: CSV (RFC 4180: quotes, "" within quotes, CRLF, newlines in quotes; a byte-order mark is skipped;
/// the last line needs no newline), also compressed by gzip or zstd, or caches made by write_event_cache, told apart by
/// their first bytes. "-" is standard input. Several files make one log, in the given order. The text of a compressed
/// file, while it is read, and of standard input lies in an unlinked file in the temporary folder (TMPDIR, or /tmp).
///
/// Columns are found by name, in any order; others are ignored (and counted). `event_time`, `event_type` and one of
/// `user_session` and `user_id` must be there; `product_id`, `category_id`, `category_code`, `brand`, `price` may be
/// missing, and are then missing values. Times are those of core's parse_time: "2021-02-28 19:13:22 UTC", ISO 8601 with
/// fraction and offset, or an epoch in seconds or milliseconds. Event types: view, cart, remove_from_cart, purchase,
/// other; addtocart and transaction are cart and purchase. Empty fields are missing values.
///
/// An empty line is no row. The log has a row for each one that was read and not rejected; rows with neither session
/// nor user are among them. Prices lie within largest_price.
///
/// A cache whose source has changed, or that is damaged, is not trusted: the source is read instead, with the options
/// that the cache was made with, which the account says; where the source is gone, a sound cache is used as it is, and
/// a damaged one is an error. The cache itself is left as it is. Of `options`, only `duplicates`, `verify` and
/// `progress` matter for a cache. Do not shorten or overwrite a cache or a source in place while it is in use: both are
/// mapped into memory (write_event_cache replaces files by renaming, which is safe).
///
/// Memory: 41 bytes an event (see ColumnPlace), and 21 to 34 bytes and its text for each distinct string while reading,
/// 8 and its text afterwards; a cache takes no memory of its own. reading_needs tells beforehand.
///
/// @param account  receives rows read, kept and rejected (by reason, with the place of the first), prices rounded,
/// values missing by column, columns not used and absent. If this throws, it holds nothing of use.
/// @throws ParameterError for no files, a delimiter that cannot be one, and a mapping of an unknown column or event
/// type; DataError for a file that cannot be read, a header without a needed column or with one twice, and (on_bad_row
/// = fail) the first bad row, with file:line:column, the row and what to do; Cancelled.
EventLog read_events(std::span<const std::filesystem::path> files, const ReadOptions& options, Account& account);

/// Writes `log` as a cache (.cwlog) tied to the files it was read from: their paths, sizes, modification times, inodes
/// and a hash of their bytes, and the reading options and counts. The cache is memory-mapped when it is read.
/// @param sources  the files that `log` was read from with `options`, in the same order; CSV, not caches. A cache of
/// standard input has no source to be compared with.
/// @throws ParameterError if `sources` are not these, or `out` is one of them; DataError if a source cannot be read any
/// more or has changed since it was read, or the output cannot be written.
void write_event_cache(const EventLog& log, std::span<const std::filesystem::path> sources, const ReadOptions& options,
                       const std::filesystem::path& out);

}  // namespace cartwheel
