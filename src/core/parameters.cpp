#include <fast_float/fast_float.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cartwheel/parameters.hpp>
#include <charconv>
#include <cmath>
#include <optional>

namespace cartwheel {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto result = [&] {
    if constexpr (std::is_integral_v<Number>)
      return std::from_chars(text.data(), end, value);
    else
      return fast_float::from_chars(text.data(), end, value);
  }();
  if (result.ec != std::errc() || result.ptr != end) return {};
  return value;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::vector<double>> parse_list(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return {};
  text = text.substr(1, text.size() - 2);
  std::vector<double> values;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto value = parse_number<double>(trim(text.substr(0, comma)));
    if (!value) return {};
    values.push_back(*value);
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

/// Shortest text that reads back as the same double, with a mark that it is no integer: 1.0, not 1.
std::string number_text(double value) {
  std::string text = fmt::format("{}", value);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct ToText {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<double>& values) const {
    std::string text = "[";
    for (const double value : values) text += (text.size() > 1 ? ", " : "") + number_text(value);
    return text + "]";
  }
};

}  // namespace

std::string to_text(const ParameterValue& value) { return std::visit(ToText{}, value); }

std::string to_text(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += ", ";
    text += name + "=" + to_text(value);
  }
  return text;
}

ParameterValue parse_parameter(std::string_view text) {
  text = trim(text);
  if (text == "true" || text == "True") return true;
  if (text == "false" || text == "False") return false;
  if (text == "None") return std::string("none");
  if (const auto integer = parse_number<std::int64_t>(text)) return *integer;
  if (const auto number = parse_number<double>(text)) return *number;
  if (auto list = parse_list(text)) return *std::move(list);
  return std::string(text);
}

}  // namespace cartwheel
