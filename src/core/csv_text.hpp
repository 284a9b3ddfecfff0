#pragma once

#include <string>
#include <string_view>

namespace cartwheel::core {

/// A field as RFC 4180 writes it: in quotes, with quotes doubled, where it holds a comma, a quote or a line break.
std::string csv_field(std::string_view text);

}  // namespace cartwheel::core
