#pragma once

#include <fmt/format.h>

#include <concepts>
#include <cstdint>
#include <optional>
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

/// 0.1234 as "12.34%"; "-" for nothing.
inline std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f}%", 100.0 * *share) : "-";
}
inline std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "-" : percent(static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace cartwheel::report
