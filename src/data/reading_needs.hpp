#pragma once

#include <cartwheel/read_events.hpp>
#include <cstdint>

#include "core/mapped_file.hpp"

namespace cartwheel::data {

/// Bytes of CSV that reading `file` goes through; a guess for a compressed file, 0 for a cache.
std::uint64_t text_bytes_of(const core::MappedFile& file);

/// Whether the columns of a log of so many bytes of CSV are to lie on disk.
bool columns_go_to_disk(ColumnPlace place, std::uint64_t text_bytes);
/// The same for so many events.
bool events_go_to_disk(ColumnPlace place, std::uint64_t events);

}  // namespace cartwheel::data
