#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What a large job needs is said before it starts, and refused if it is not there.
namespace cartwheel::core {

/// Bytes that this process can still have: what the system calls available, within the limit of its control group. The
/// most that there is where neither is known.
std::uint64_t available_memory();

/// "3.2 GiB", "12.0 MiB" or "512 bytes".
std::string format_bytes(std::uint64_t bytes);

/// @throws DataError naming `what` (such as "the sessions of 5 events"), both figures and `advice`, if `bytes` are not
/// available.
void require_memory(std::uint64_t bytes, std::string_view what, std::string_view advice);

}  // namespace cartwheel::core
