#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>

namespace cartwheel::report {

/// 1234567 as "1,234,567".
inline std::string thousands(std::integral auto number) {
  const std::string digits = fmt::format("{}", number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    if (left % 3 == 0 && !text.empty() && text != "-") text += ',';
    text += digits[i];
  }
  return text;
}

}  // namespace cartwheel::report
