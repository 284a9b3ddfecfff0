#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/read_events.hpp>

#include "data/event_cache.hpp"
#include "data/event_storage.hpp"
#include "data/reading.hpp"

namespace cartwheel {
namespace {

using namespace data;

/// The file as it is now. Its bytes are read a second time, for their hash: reading a log makes none, because most logs
/// become no cache, and a second pass finds out whether the file has changed since the first. It goes many times as
/// fast as parsing. @throws ParameterError if it cannot be the source of a cache.
CacheOrigin::Source describe_source(const std::filesystem::path& path, const std::filesystem::path& out) {
  if (path == standard_input) return {{path, {}}, 0};
  const core::MappedFile file(path);
  if (is_event_cache(file.bytes()))
    throw ParameterError(
        fmt::format("{} is a cache itself; prepare one from the CSV files that it was made from", path.string()));
  std::error_code absent;  // `out` need not exist
  if (std::filesystem::equivalent(path, out, absent))
    throw ParameterError(fmt::format("the cache would overwrite its source {}; choose another --out", path.string()));
  return {{std::filesystem::canonical(path), file.identity()}, hash_of(file.bytes())};
}

bool read_alike(const ReadOptions& a, const ReadOptions& b) {
  return a.delimiter == b.delimiter && a.column_names == b.column_names && a.on_bad_row == b.on_bad_row &&
         a.duplicates == b.duplicates;
}

/// A cache that names other sources or options than its log came from would one day be replaced by another log.
void check_origin(const Reading* reading, const CacheOrigin& origin) {
  const auto path_of = [](const CacheOrigin::Source& source) { return source.file.path; };
  if (reading == nullptr || !std::ranges::equal(reading->sources, origin.sources, {}, &SourceFile::path, path_of))
    throw ParameterError("a cache must name the files that its log was read from, in the same order");
  if (!read_alike(reading->options, origin.options))
    throw ParameterError("a cache must name the reading options that its log was read with");
  for (std::size_t i = 0; i < origin.sources.size(); ++i)
    if (origin.sources[i].file.path != standard_input &&
        reading->sources[i].identity != origin.sources[i].file.identity)
      throw DataError(
          fmt::format("{} has changed since it was read\n  fix:  prepare the cache again, when the file is complete",
                      origin.sources[i].file.path.string()));
}

}  // namespace

void write_event_cache(const EventLog& log, std::span<const std::filesystem::path> sources, const ReadOptions& options,
                       const std::filesystem::path& out) {
  CacheOrigin origin;
  for (const std::filesystem::path& path : sources) origin.sources.push_back(describe_source(path, out));
  origin.options = options;
  const Reading* const reading = log.storage().reading.get();
  check_origin(reading, origin);
  origin.counts = reading->counts;
  write_cache_file(log, origin, out);
}

}  // namespace cartwheel
