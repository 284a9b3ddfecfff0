#include "analysis/richer_feature_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/math.hpp"

namespace cartwheel::analysis {
namespace {

/// Of a column that holds log(1 + x).
double unlog(double value) { return core::exp(value) - 1.0; }

std::string pause(double log_seconds) {
  const double seconds = unlog(log_seconds);
  if (seconds < 120.0) return fmt::format("{:.0f} seconds", seconds);
  if (seconds < 7200.0) return fmt::format("{:.0f} minutes", seconds / 60.0);
  return fmt::format("{:.1f} hours", seconds / 3600.0);
}

std::string times(double count, std::string_view what) {
  if (count == 0.0) return fmt::format("never {}", what);
  if (count == 1.0) return fmt::format("once {}", what);
  return fmt::format("{:.0f} times {}", count, what);
}

std::string many(double count, std::string_view one, std::string_view more) {
  return count == 1.0 ? fmt::format("one {}", one) : fmt::format("{:.0f} {}", count, more);
}

std::string days_ago(double log_days, std::string_view what) {
  const double days = unlog(log_days);
  if (days < 2.0) return fmt::format("{} {:.0f} hours ago", what, days * 24.0);
  return fmt::format("{} {:.0f} days ago", what, days);
}

using Words = std::string (*)(double);
struct Phrase {
  std::string_view feature;
  Words words;
};

constexpr std::array phrases{
    Phrase{"duration", [](double v) { return pause(v) + " from the first event to the last"; }},
    Phrase{"gap_mean", [](double v) { return pause(v) + " between events on average"; }},
    Phrase{"gap_min", [](double v) { return "the shortest pause was " + pause(v); }},
    Phrase{"gap_max", [](double v) { return "the longest pause was " + pause(v); }},
    Phrase{"price_first", [](double v) { return fmt::format("the first price was {:.2f}", v); }},
    Phrase{"price_last", [](double v) { return fmt::format("the last price was {:.2f}", v); }},
    Phrase{"price_min", [](double v) { return fmt::format("the lowest price was {:.2f}", v); }},
    Phrase{"price_max", [](double v) { return fmt::format("the highest price was {:.2f}", v); }},
    Phrase{"price_trend",
           [](double v) {
             if (v == 0.0) return std::string("ended at the price it began with");
             return fmt::format("prices {} by {:.2f}", v > 0.0 ? "rose" : "fell", v > 0.0 ? v : -v);
           }},
    Phrase{"price_to_median_mean",
           [](double v) { return fmt::format("prices {:.0f}% of what the category usually costs", 100.0 * v); }},
    Phrase{"price_to_median_last",
           [](double v) { return fmt::format("the last price is {:.0f}% of the category's usual one", 100.0 * v); }},
    Phrase{"product_repeats", [](double v) { return times(v, "looked at a product again"); }},
    Phrase{"product_returns", [](double v) { return times(v, "came back to a product after another"); }},
    Phrase{"last_product_repeats",
           [](double v) {
             return std::string(v == 0.0 ? "ended at another product" : "ended at the same product twice");
           }},
    Phrase{"product_switches", [](double v) { return times(v, "went on to another product"); }},
    Phrase{"category_switches", [](double v) { return times(v, "went on to another category"); }},
    Phrase{"brand_switches", [](double v) { return times(v, "went on to another brand"); }},
    Phrase{"price_band_switches", [](double v) { return times(v, "went on to quite another price"); }},
    Phrase{"view_count", [](double v) { return many(v, "view", "views"); }},
    Phrase{"remove_from_cart_count", [](double v) { return times(v, "took something out of the cart"); }},
    Phrase{"other_count", [](double v) { return many(v, "event of another kind", "events of other kinds"); }},
    Phrase{"product_popularity",
           [](double v) { return fmt::format("products with {:.2f}% of all views", unlog(v) / 100.0); }},
    Phrase{"history_visits", [](double v) { return many(v, "visit before", "visits before"); }},
    Phrase{"history_events", [](double v) { return many(v, "event in earlier visits", "events in earlier visits"); }},
    Phrase{"history_targets",
           [](double v) { return many(v, "target in earlier visits", "targets in earlier visits"); }},
    Phrase{"history_purchases",
           [](double v) { return many(v, "purchase in earlier visits", "purchases in earlier visits"); }},
    Phrase{"history_target_share",
           [](double v) { return fmt::format("{:.0f}% of the earlier events were targets", 100.0 * v); }},
    Phrase{"history_since_last", [](double v) { return days_ago(v, "was last here"); }},
    Phrase{"history_since_target", [](double v) { return days_ago(v, "last put something into the cart"); }},
};

/// "prior_category_level_2_max" is about "category level 2".
std::string prior_words(std::string_view feature, std::optional<double> value) {
  constexpr std::string_view prefix = "prior_";
  const bool highest = feature.ends_with("_max");
  std::string space(feature.substr(prefix.size(), feature.rfind('_') - prefix.size()));
  std::ranges::replace(space, '_', ' ');
  if (!value) return fmt::format("nothing is known of such a {}", space);
  return fmt::format("by {}, others put {:.1f}% of it into the cart{}", space, 100.0 * *value,
                     highest ? " (highest)" : "");
}

/// "gap_2" is the pause from event 2 to event 3.
std::optional<std::string> gap_words(std::string_view feature, std::optional<double> value) {
  int event = 0;
  for (const char digit : feature.substr(feature.find('_') + 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    event = 10 * event + (digit - '0');
  }
  if (!value) return fmt::format("there is no event {}", event + 1);
  return fmt::format("{} from event {} to event {}", pause(*value), event, event + 1);
}

}  // namespace

std::optional<std::string> richer_feature_words(std::string_view feature, std::optional<double> value) {
  if (feature.starts_with("prior_")) return prior_words(feature, value);
  const auto phrase = std::ranges::find(phrases, feature, &Phrase::feature);
  if (phrase == phrases.end() && feature.starts_with("gap_")) return gap_words(feature, value);
  if (phrase == phrases.end()) return std::nullopt;
  if (value) return phrase->words(*value);
  if (feature.starts_with("history_since_target")) return "no target in earlier visits";
  if (feature.starts_with("history_")) return "a user not seen before";
  if (feature.starts_with("price_")) return "no price is known";
  return std::nullopt;
}

}  // namespace cartwheel::analysis
