#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "data/event_storage.hpp"

/// The layout of a cache, which its writer and its reader share.
namespace cartwheel::data::cache_format {

/// Not ASCII, so not the start of a CSV file; CR LF and LF are changed by whoever copies the file as if it were text.
inline constexpr std::string_view magic =
    "\x89"
    "CWL\r\n\x1a\n";
inline constexpr std::uint32_t byte_order_mark = 0x01020304;
/// To be raised with every change of the format.
inline constexpr std::uint32_t version = 1;
inline constexpr std::size_t alignment = 64;

/// The first bytes of the file, as they lie in memory.
struct Prologue {
  char magic[8];
  std::uint64_t checksum;  ///< Of the header from the next member on, the zeros that fill it up included.
  std::uint32_t byte_order;
  std::uint32_t version;
  std::uint64_t file_size;
  std::uint64_t header_size;
  std::uint64_t rows;
};
static_assert(std::is_trivially_copyable_v<Prologue> && sizeof(Prologue) == 48);

inline constexpr std::size_t checksum_begin = offsetof(Prologue, byte_order);

/// Sections in their order in the file.
inline constexpr std::size_t time_section = 0;
inline constexpr std::size_t price_section = 1;
inline constexpr std::size_t type_section = 2;
inline constexpr std::size_t codes_section = 3;
inline constexpr std::size_t ends_section = codes_section + text_column_count;
inline constexpr std::size_t text_section = ends_section + text_column_count;
inline constexpr std::size_t section_count = text_section + text_column_count;

/// An entry of the table: where the sections lie follows from their lengths.
struct TableEntry {
  std::uint64_t size;  ///< Without the zeros that fill it up.
  std::uint64_t checksum;
};

/// The next multiple of the alignment.
constexpr std::uint64_t padded(std::uint64_t size) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace cartwheel::data::cache_format
