#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// One value of a named parameter. scikit-learn's None is the text "none".
using ParameterValue = std::variant<bool, std::int64_t, double, std::string, std::vector<double>>;

/// Named parameters of a model or an extractor, by scikit-learn's names.
using Parameters = std::map<std::string, ParameterValue>;

/// As the user would write it: true, 5, 0.1, entropy, [0.3, 0.7]. Numbers are the shortest text that reads back the same.
std::string to_text(const ParameterValue& value);
/// "alpha=0.5, fit_prior=true", in order of names; "" for none.
std::string to_text(const Parameters& parameters);
/// The value that `text` stands for: true, false, an integer, a number, "[a, b]" of numbers, or else the text itself.
ParameterValue parse_parameter(std::string_view text);

}  // namespace cartwheel
