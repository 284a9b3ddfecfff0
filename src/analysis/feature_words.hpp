#pragma once

#include <cartwheel/feature_extractor.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace cartwheel::analysis {

/// What a feature's value says of a session, as one would say it in a shop: "looked at one brand only". Where there are
/// no such words: the feature's definition and the value.
/// @param value  nothing where missing. @param definition  of the extractor; nothing for a column that a step made.
std::string feature_words(std::string_view feature, std::optional<double> value, const FeatureDefinition* definition);

}  // namespace cartwheel::analysis
