#include <array>

#include "features/groups.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {
namespace {

struct NameAndMeaning {
  const char* name;
  const char* meaning;
};

constexpr std::array<NameAndMeaning, 7> features{{
    {"product_repeats", "events of the window whose product an earlier event of the window has, too"},
    {"product_returns", "events of the window that come back to a product after another one"},
    {"last_product_repeats", "1 if the last event's product is that of the event before it"},
    {"product_switches", "times that the product changes from one event to the next"},
    {"category_switches", "times that the category id changes from one event to the next; missing is a value"},
    {"brand_switches", "times that the brand changes from one event to the next; missing is a value"},
    {"price_band_switches", "times that the price moves to another half octave from one event to the next"},
}};

/// How a shopper moves between products: who stays with one is about to choose it.
class PathGroup final : public FeatureGroup {
 public:
  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override {
    std::vector<FeatureDefinition> list;
    for (const auto& [name, meaning] : features) list.push_back({name, meaning, "no"});
    return list;
  }

  Columns columns(const WindowRows& windows) const override { return window_columns(windows, PathFeatures{}); }
};

}  // namespace

std::unique_ptr<FeatureGroup> make_path_group(const ExtractorV2Options&) { return std::make_unique<PathGroup>(); }

}  // namespace cartwheel::features
