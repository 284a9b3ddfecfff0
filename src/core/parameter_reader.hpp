#pragma once

#include <cartwheel/parameters.hpp>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::core {

/// Takes named parameters one by one, checks type and range, and keeps the full set: what was given, and the defaults
/// of the rest. Every error is a ParameterError that names the owner, the parameter, the value and what is allowed.
class ParameterReader {
 public:
  /// @param owner  for errors, such as "bernoulli_nb".
  ParameterReader(std::string owner, const Parameters& given) : owner_(std::move(owner)), given_(given) {}

  bool boolean(const std::string& name, bool fallback);
  std::int64_t integer(const std::string& name, std::int64_t fallback, std::int64_t low, std::int64_t high);
  /// A number in [low, high]; integers are numbers.
  double number(const std::string& name, double fallback, double low, double high);
  /// One of `choices`; its index. @param fallback  an index.
  std::size_t choice(const std::string& name, std::size_t fallback, std::span<const std::string_view> choices);
  /// The value as given, or the fallback.
  ParameterValue value(const std::string& name, const ParameterValue& fallback);
  bool given(const std::string& name) const { return given_.contains(name); }

  /// @throws ParameterError with a suggestion if a given parameter was never asked for; returns the full set.
  Parameters finish() const;

  /// @throws ParameterError: "OWNER: NAME is VALUE; it must be ALLOWED".
  [[noreturn]] void refuse(const std::string& name, std::string_view allowed) const;

 private:
  std::string owner_;
  const Parameters& given_;
  Parameters full_;
};

/// The text "none", which stands for scikit-learn's None.
bool is_none(const ParameterValue& value);

}  // namespace cartwheel::core
