#include "data/event_cache.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cstring>
#include <limits>
#include <utility>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "data/event_cache_format.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::data {
namespace {

using namespace cache_format;

CacheOrigin read_origin(core::ByteReader& in) {
  CacheOrigin origin;
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    CacheOrigin::Source source;
    source.file.path = std::string(in.get_string());
    source.file.identity.size = in.get<std::uint64_t>();
    source.file.identity.modified_ns = in.get<std::int64_t>();
    source.file.identity.inode = in.get<std::uint64_t>();
    source.hash = in.get<std::uint64_t>();
    origin.sources.push_back(std::move(source));
  }
  if (origin.sources.empty()) in.fail("it names no source");
  origin.options.delimiter = in.get<char>();
  origin.options.on_bad_row = in.get<std::uint8_t>() == 0 ? BadRows::fail : BadRows::skip;
  origin.options.duplicates = in.get<std::uint8_t>() == 0 ? Duplicates::keep : Duplicates::drop;
  for (auto left = in.get<std::uint64_t>(); left > 0; --left) {
    const std::string key(in.get_string());
    origin.options.column_names[key] = in.get_string();
  }
  origin.counts = ReadingCounts::read(in);
  return origin;
}

bool are_codes_below(std::span<const Code> codes, std::size_t size) {
  return codes.empty() || *std::ranges::max_element(codes) < size;
}

}  // namespace

std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

bool is_event_cache(std::string_view bytes) { return bytes.starts_with(magic); }

std::string advice_to_prepare(const std::string& cache_name, const CacheOrigin& origin) {
  std::string sources;
  for (const CacheOrigin::Source& source : origin.sources) sources += fmt::format(" {}", source.file.path.string());
  return fmt::format("make it anew: intent_cli prepare{} --out {}", sources.empty() ? " EVENTS.csv" : sources,
                     cache_name);
}

EventCache::EventCache(std::shared_ptr<const core::MappedFile> file, std::string name)
    : file_(std::move(file)), name_(std::move(name)) {
  try {
    read_header();
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}\n  fix:  {}", error.what(), advice_to_prepare(name_, {})));
  }
}

void EventCache::fail(std::string_view reason) const {
  throw DataError(fmt::format("{}: the cache is damaged: {}", name_, reason));
}

void EventCache::read_header() {
  const std::string_view bytes = file_->bytes();
  Prologue prologue;
  if (bytes.size() < sizeof prologue) fail("it ends within its header");
  std::memcpy(&prologue, bytes.data(), sizeof prologue);
  if (prologue.byte_order != byte_order_mark) fail("its byte-order mark is not that of this machine");
  if (prologue.version != version)
    throw DataError(fmt::format("{}: the cache has format version {}, this program reads version {}", name_,
                                prologue.version, version));
  if (prologue.file_size != bytes.size())
    fail(fmt::format("it has {} bytes, its header says {}", bytes.size(), prologue.file_size));
  if (prologue.header_size < sizeof prologue || prologue.header_size > bytes.size() ||
      prologue.header_size % alignment != 0)
    fail("the size of its header is wrong");
  const std::string_view header = bytes.substr(0, prologue.header_size);
  if (hash_of(header.substr(checksum_begin)) != prologue.checksum) fail("the checksum of its header is wrong");

  rows_ = prologue.rows;
  core::ByteReader in(header.substr(sizeof prologue), name_ + ": the cache's header");
  origin_ = read_origin(in);
  std::uint64_t offset = prologue.header_size;
  for (std::size_t s = 0; s < section_count; ++s) {
    const auto entry = in.get<TableEntry>();
    if (entry.size > bytes.size() - offset || padded(entry.size) > bytes.size() - offset)
      in.fail("a section is too long");
    sections_.push_back({bytes.substr(offset, entry.size), bytes.substr(offset, padded(entry.size)), entry.checksum});
    offset += padded(entry.size);
  }
  if (offset != bytes.size()) in.fail("its sections do not fill the file");
}

template <class T>
std::span<const T> EventCache::section(std::size_t number) const {
  const std::string_view bytes = sections_[number].bytes;
  if (bytes.size() % sizeof(T) != 0) fail(fmt::format("section {} has an impossible length", number));
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

Dictionary EventCache::dictionary(std::size_t column) const {
  const std::string_view text = sections_[text_section + column].bytes;
  const auto ends = section<std::uint64_t>(ends_section + column);
  // Strictly increasing: only string 0 is empty.
  const bool sound = !ends.empty() && ends.size() <= std::numeric_limits<Code>::max() && ends.front() == 0 &&
                     ends.back() == text.size() && std::ranges::adjacent_find(ends, std::greater_equal()) == ends.end();
  if (!sound) fail(fmt::format("dictionary {} is inconsistent", column));
  return {ends, text};
}

EventLog EventCache::log() const {
  const auto check_section = [&](std::size_t s) {
    if (hash_of(sections_[s].padded) != sections_[s].checksum)
      fail(fmt::format("the checksum of section {} is wrong", s));
  };
  if (file_->bytes().size() > std::size_t{1} << 20)
    core::parallel_for(section_count, check_section);
  else  // done before another thread has woken up
    for (std::size_t s = 0; s < section_count; ++s) check_section(s);
  auto storage = std::make_shared<EventLog::Storage>();
  storage->time = section<std::int64_t>(time_section);
  storage->price = section<std::int64_t>(price_section);
  storage->type = section<EventType>(type_section);
  if (storage->time.size() != rows_ || storage->price.size() != rows_ || storage->type.size() != rows_)
    fail("its columns differ in length");
  if (!std::ranges::all_of(storage->time, is_time)) fail("a time is out of range");
  if (!std::ranges::all_of(storage->price, is_price)) fail("a price is out of range");
  if (!std::ranges::all_of(storage->type, [](EventType type) { return type <= EventType::other; }))
    fail("an event type is unknown");
  for (std::size_t c = 0; c < text_column_count; ++c) {
    storage->dictionaries[c] = dictionary(c);
    storage->codes[c] = section<Code>(codes_section + c);
    if (storage->codes[c].size() != rows_) fail("its columns differ in length");
    if (!are_codes_below(storage->codes[c], storage->dictionaries[c].size())) fail("a code is not in its dictionary");
  }
  auto reading = std::make_shared<Reading>();
  reading->options = origin_.options;
  reading->counts = origin_.counts;
  for (const CacheOrigin::Source& source : origin_.sources) reading->sources.push_back(source.file);
  storage->owner = file_;
  storage->reading = std::move(reading);
  return EventLog(std::move(storage));
}

}  // namespace cartwheel::data
