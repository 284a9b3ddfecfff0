#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cartwheel::analysis {

/// Words for the columns that extractor V2 has beside V1's; nothing for other columns.
/// @param value  nothing where missing.
std::optional<std::string> richer_feature_words(std::string_view feature, std::optional<double> value);

}  // namespace cartwheel::analysis
