#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>

namespace cartwheel::report {

/// 1234567 as "1,234,567".
inline std::string thousands(std::integral auto number) {
  std::string text = fmt::format("{}", number);
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) text.insert(i -= 3, ",");
  return text;
}

}  // namespace cartwheel::report
