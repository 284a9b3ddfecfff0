#include "core/parameter_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cartwheel/error.hpp>

#include "core/suggest.hpp"

namespace cartwheel::core {

bool is_none(const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && *text == "none";
}

ParameterValue ParameterReader::value(const std::string& name, const ParameterValue& fallback) {
  const auto found = given_.find(name);
  return full_[name] = found == given_.end() ? fallback : found->second;
}

void ParameterReader::refuse(const std::string& name, std::string_view allowed) const {
  throw ParameterError(fmt::format("{}: {} is {}; it must be {}", owner_, name, to_text(full_.at(name)), allowed));
}

bool ParameterReader::boolean(const std::string& name, bool fallback) {
  const ParameterValue found = value(name, fallback);
  if (const bool* flag = std::get_if<bool>(&found)) return *flag;
  refuse(name, "true or false");
}

std::int64_t ParameterReader::integer(const std::string& name, std::int64_t fallback, std::int64_t low,
                                      std::int64_t high) {
  const ParameterValue found = value(name, fallback);
  const auto* number = std::get_if<std::int64_t>(&found);
  if (number == nullptr || *number < low || *number > high)
    refuse(name, fmt::format("an integer in [{}, {}]", low, high));
  return *number;
}

double ParameterReader::number(const std::string& name, double fallback, double low, double high) {
  const ParameterValue found = value(name, fallback);
  double result = std::numeric_limits<double>::quiet_NaN();
  if (const auto* real = std::get_if<double>(&found)) result = *real;
  if (const auto* whole = std::get_if<std::int64_t>(&found)) result = static_cast<double>(*whole);
  if (!(low <= result && result <= high)) refuse(name, fmt::format("a number in [{}, {}]", low, high));
  full_[name] = result;  // 1 and 1.0 are one setting, so they are written alike
  return result;
}

std::size_t ParameterReader::choice(const std::string& name, std::size_t fallback,
                                    std::span<const std::string_view> choices) {
  const ParameterValue found = value(name, std::string(choices[fallback]));
  const auto* text = std::get_if<std::string>(&found);
  for (std::size_t i = 0; text != nullptr && i < choices.size(); ++i)
    if (*text == choices[i]) return i;
  const std::string written = to_text(found);
  const std::string_view near = core::nearest(written, choices);
  refuse(name, fmt::format("one of {}{}", fmt::join(choices, ", "),
                           near.empty() ? "" : fmt::format(" (did you mean {}?)", near)));
}

Parameters ParameterReader::finish() const {
  for (const auto& [name, ignored] : given_) {
    if (full_.contains(name)) continue;
    std::vector<std::string_view> known;
    for (const auto& entry : full_) known.push_back(entry.first);
    throw ParameterError(fmt::format("{} has no parameter '{}'{}", owner_, name, core::suggestion(name, known)));
  }
  return full_;
}

}  // namespace cartwheel::core
