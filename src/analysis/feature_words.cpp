#include "analysis/feature_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/richer_feature_words.hpp"

namespace cartwheel::analysis {
namespace {

/// A number as people write it: whole numbers without a point, others with two digits after it.
std::string plain(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? fmt::format("{}", whole) : fmt::format("{:.2f}", value);
}

std::string looked_at(double count, std::string_view one, std::string_view many, std::string_view none) {
  if (count == 0.0) return std::string(none);
  return count == 1.0 ? fmt::format("looked at one {} only", one) : fmt::format("looked at {} {}", plain(count), many);
}

std::string counted(double count, std::string_view what) {
  if (count == 0.0) return fmt::format("no event {}", what);
  return fmt::format("{} event{} {}", plain(count), count == 1.0 ? "" : "s", what);
}

std::string weekday_words(double day) {
  constexpr std::array days{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  const auto number = static_cast<std::size_t>(std::clamp(day, 0.0, 6.0));
  return fmt::format("came on a {}", days[number]);
}

using Words = std::string (*)(double);
struct Phrase {
  std::string_view feature;
  Words words;
};

constexpr std::array phrases{
    Phrase{"event_count",
           [](double v) { return fmt::format("{} {} so far", plain(v), v == 1.0 ? "event" : "events"); }},
    Phrase{"weekday", weekday_words},
    Phrase{"hour", [](double v) { return fmt::format("came between {}:00 and {}:59 UTC", plain(v), plain(v)); }},
    Phrase{"price_mean",
           [](double v) { return v == 0.0 ? "no price is known" : fmt::format("prices of {:.2f} on average", v); }},
    Phrase{"price_std",
           [](double v) { return v == 0.0 ? "all prices alike" : fmt::format("prices apart by {:.2f} (std)", v); }},
    Phrase{"category_code_nunique",
           [](double v) { return looked_at(v, "category", "categories", "no category has a name"); }},
    Phrase{"category_code_count", [](double v) { return counted(v, "with a named category"); }},
    Phrase{"category_id_nunique",
           [](double v) { return looked_at(v, "category id", "category ids", "no category is known"); }},
    Phrase{"category_id_count", [](double v) { return counted(v, "with a known category"); }},
    Phrase{"brand_nunique", [](double v) { return looked_at(v, "brand", "brands", "no brand is known"); }},
    Phrase{"brand_count", [](double v) { return counted(v, "with a known brand"); }},
    Phrase{"product_nunique", [](double v) { return looked_at(v, "product", "products", "no product is known"); }},
    Phrase{"category_ratio", [](double v) { return fmt::format("{:.0f}% of the categories seen were new", 100 * v); }},
    Phrase{"brand_ratio", [](double v) { return fmt::format("{:.0f}% of the brands seen were new", 100 * v); }},
    Phrase{"product_ratio", [](double v) { return fmt::format("{:.0f}% of the products seen were new", 100 * v); }},
};

}  // namespace

std::string feature_words(std::string_view feature, std::optional<double> value, const FeatureDefinition* definition) {
  const auto phrase = std::ranges::find(phrases, feature, &Phrase::feature);
  if (phrase != phrases.end() && value) return phrase->words(*value);
  if (const auto words = richer_feature_words(feature, value)) return *words;
  const std::string what = definition != nullptr ? definition->definition : std::string(feature);
  if (definition == nullptr) return what;
  return fmt::format("{}: {}", what, value ? plain(*value) : "missing");
}

}  // namespace cartwheel::analysis
