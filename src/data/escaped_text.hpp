#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cartwheel::data {

/// `bytes` of a file as they may be shown in a message: on one line, printable, valid UTF-8. Line ends and tabs become
/// \n, \r and \t, other control characters and bytes that are not UTF-8 become \xNN. Beyond `limit` bytes of output the
/// rest is replaced by "...".
std::string escaped(std::string_view bytes, std::size_t limit = 200);

}  // namespace cartwheel::data
