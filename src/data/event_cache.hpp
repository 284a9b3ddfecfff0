#pragma once

#include <cartwheel/event_log.hpp>
#include <cartwheel/read_events.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/mapped_file.hpp"
#include "data/reading.hpp"

/// The binary form of an event log (.cwlog), little-endian:
///
///     prologue   magic, checksum of the rest of the header, byte order, version, sizes of file and header, rows
///     origin     sources, reading options, reading counts
///     table      length and checksum of each section
///     sections   time, price, type, 6 columns of codes, 6 of dictionary ends, 6 of dictionary text
///
/// Header and sections begin at multiples of 64 bytes and are filled up with zeros, which their checksums cover: each
/// byte of the file is checked. Columns are used where they lie in the mapped file. Checksums are XXH3 (64 bits): they
/// find damage; they do not keep out a forger, so every value is checked, too.
namespace cartwheel::data {

/// What a cache was made from, and how.
struct CacheOrigin {
  struct Source {
    SourceFile file;
    std::uint64_t hash = 0;  ///< hash_of its bytes.
  };
  std::vector<Source> sources;  ///< At least one.
  ReadOptions options;          ///< delimiter, column_names, on_bad_row and duplicates; the rest is not kept.
  ReadingCounts counts;
};

/// XXH3 (64 bits).
std::uint64_t hash_of(std::string_view bytes);

/// Whether these are the first bytes of a cache, sound or not.
bool is_event_cache(std::string_view bytes);

/// What to do about a bad cache: "make it anew: intent_cli prepare ...".
std::string advice_to_prepare(const std::string& cache_name, const CacheOrigin& origin);

/// A cache that is open: its header has been checked, its sections not yet.
class EventCache {
 public:
  /// @throws DataError if the header is damaged, or of another version or byte order.
  EventCache(std::shared_ptr<const core::MappedFile> file, std::string name);

  const CacheOrigin& origin() const { return origin_; }

  /// The log, after every byte and value of it has been checked. It keeps the file mapped.
  /// @throws DataError if anything is damaged.
  EventLog log() const;

 private:
  struct Section {
    std::string_view bytes;  ///< Without the zeros that fill it up.
    std::string_view padded;
    std::uint64_t checksum = 0;
  };

  void read_header();
  /// Section `number` as values of T.
  template <class T>
  std::span<const T> section(std::size_t number) const;
  Dictionary dictionary(std::size_t column) const;
  [[noreturn]] void fail(std::string_view reason) const;

  std::shared_ptr<const core::MappedFile> file_;
  std::string name_;
  CacheOrigin origin_;
  std::uint64_t rows_ = 0;
  std::vector<Section> sections_;
};

/// Writes a cache, atomically. @throws DataError if `out` cannot be written.
void write_cache_file(const EventLog& log, const CacheOrigin& origin, const std::filesystem::path& out);

}  // namespace cartwheel::data
