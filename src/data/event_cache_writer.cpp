#include <xxhash.h>

#include <array>
#include <cstring>
#include <string>

#include "core/atomic_file.hpp"
#include "core/bytes.hpp"
#include "data/event_cache.hpp"
#include "data/event_cache_format.hpp"
#include "data/event_storage.hpp"

namespace cartwheel::data {
namespace {

using namespace cache_format;

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

void write_origin(core::ByteWriter& out, const CacheOrigin& origin) {
  out.put(static_cast<std::uint64_t>(origin.sources.size()));
  for (const auto& [file, hash] : origin.sources) {
    out.put_string(file.path.string());
    out.put(file.identity.size);
    out.put(file.identity.modified_ns);
    out.put(file.identity.inode);
    out.put(hash);
  }
  out.put(origin.options.delimiter);
  out.put(static_cast<std::uint8_t>(origin.options.on_bad_row == BadRows::skip));
  out.put(static_cast<std::uint8_t>(origin.options.duplicates == Duplicates::drop));
  out.put(static_cast<std::uint64_t>(origin.options.column_names.size()));
  for (const auto& [key, value] : origin.options.column_names) {
    out.put_string(key);
    out.put_string(value);
  }
  origin.counts.write(out);
}

std::array<std::string_view, section_count> sections_of(const EventLog& log) {
  std::array<std::string_view, section_count> sections;
  sections[time_section] = bytes_of(log.time());
  sections[price_section] = bytes_of(log.price());
  sections[type_section] = bytes_of(log.type());
  for (std::size_t c = 0; c < text_column_count; ++c) {
    sections[codes_section + c] = bytes_of(log.storage().codes[c]);
    sections[ends_section + c] = bytes_of(log.storage().dictionaries[c].ends());
    sections[text_section + c] = log.storage().dictionaries[c].text();
  }
  return sections;
}

/// The zeros that fill up `size` bytes to the alignment.
std::string_view padding_of(std::size_t size) {
  static constexpr std::array<char, alignment> zeros{};
  return {zeros.data(), padded(size) - size};
}

/// hash_of(section + padding), without putting them together.
std::uint64_t hash_of_padded(std::string_view section) {
  const std::string_view padding = padding_of(section.size());
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, section.data(), section.size());
  XXH3_64bits_update(&state, padding.data(), padding.size());
  return XXH3_64bits_digest(&state);
}

}  // namespace

void write_cache_file(const EventLog& log, const CacheOrigin& origin, const std::filesystem::path& out) {
  const auto sections = sections_of(log);
  core::ByteWriter body;
  write_origin(body, origin);
  Prologue prologue{.magic = {},
                    .checksum = 0,
                    .byte_order = byte_order_mark,
                    .version = version,
                    .file_size = 0,
                    .header_size = padded(sizeof(Prologue) + body.bytes().size() + section_count * sizeof(TableEntry)),
                    .rows = log.size()};
  std::memcpy(prologue.magic, magic.data(), sizeof prologue.magic);
  prologue.file_size = prologue.header_size;
  for (const std::string_view section : sections) {
    body.put(TableEntry{section.size(), hash_of_padded(section)});
    prologue.file_size += padded(section.size());
  }

  std::string header(reinterpret_cast<const char*>(&prologue), sizeof prologue);
  header += body.bytes();
  header += padding_of(header.size());
  prologue.checksum = hash_of(std::string_view(header).substr(checksum_begin));
  std::memcpy(header.data() + offsetof(Prologue, checksum), &prologue.checksum, sizeof prologue.checksum);

  core::AtomicFile file(out);
  file.write(header);
  for (const std::string_view section : sections) {
    file.write(section);
    file.write(padding_of(section.size()));
  }
  file.commit();
}

}  // namespace cartwheel::data
