#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cartwheel::core {

/// The candidate nearest to `word` by optimal string alignment (insert, delete, change, swap of neighbours), upper and
/// lower case alike; empty if none is near enough to be a slip. The first of several equally near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean CANDIDATE?", or "; known: A, B, C" where none is near.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace cartwheel::core
