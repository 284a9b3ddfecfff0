#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

namespace cartwheel::report {

/// Text that grows by formatted lines.
struct Page {
  std::string text;
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
    text += '\n';
  }
};

}  // namespace cartwheel::report
