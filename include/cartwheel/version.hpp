#pragma once

#include <string_view>

namespace [[gnu::visibility("default")]] cartwheel {

/// The library's version, "MAJOR.MINOR.PATCH".
std::string_view version();

}  // namespace cartwheel
