#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/mapped_file.hpp"

namespace cartwheel::data {

/// Whether these are the first bytes of a file packed by gzip or zstd.
bool is_packed(std::string_view bytes);

/// The text of a file that is packed by gzip or zstd, which its first bytes tell; any other file as it is. Several
/// packed pieces behind each other are one text. What is unpacked goes to an unlinked temporary file in small pieces,
/// and is mapped from there: it takes disk, not memory.
/// @param name  what messages call the file.
/// @throws DataError for packed data that are damaged or cut off, and for a disk without room.
std::shared_ptr<const core::MappedFile> unpack(std::shared_ptr<const core::MappedFile> file, const std::string& name);

/// All of standard input, in an unlinked temporary file. @throws DataError if it cannot be read or kept.
std::shared_ptr<const core::MappedFile> read_standard_input();

}  // namespace cartwheel::data
