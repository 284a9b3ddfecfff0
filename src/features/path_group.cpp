#include <algorithm>
#include <array>
#include <numeric>

#include "features/float_columns.hpp"
#include "features/groups.hpp"
#include "features/prior_keys.hpp"

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

/// For each code, whether it is there before; a missing one never is.
std::vector<std::uint8_t> repeats_of(std::span<const Code> codes) {
  std::vector<std::uint32_t> order(codes.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(codes[i], i); });
  std::vector<std::uint8_t> repeats(codes.size());
  for (std::size_t i = 1; i < order.size(); ++i)
    repeats[order[i]] = codes[order[i]] != missing_code && codes[order[i]] == codes[order[i - 1]] ? 1 : 0;
  return repeats;
}

/// How a shopper moves between products: who stays with one is about to choose it.
class PathGroup final : public FeatureGroup {
 public:
  std::vector<FeatureDefinition> definitions(const SessionOptions&) const override {
    std::vector<FeatureDefinition> list;
    for (const auto& [name, meaning] : features) list.push_back({name, meaning, "no"});
    return list;
  }

  Columns columns(const WindowRows& windows) const override {
    const SessionTable& sessions = windows.sessions;
    return columns_by_row(features.size(), windows.size(), [&](std::size_t i, FloatColumns& out) {
      const auto [begin, count] = windows.window(i);
      const std::size_t end = begin + count;
      const std::vector<std::uint8_t> repeated = repeats_of(std::span(sessions.product).subspan(begin, count));
      std::array<std::size_t, features.size()> found{};
      for (std::size_t place = begin + 1; place < end; ++place) {
        const Code product = sessions.product[place];
        const bool stays = product == sessions.product[place - 1];
        const bool repeats = repeated[place - begin] != 0;
        found[0] += repeats ? 1 : 0;
        found[1] += repeats && !stays ? 1 : 0;
        if (place + 1 == end) found[2] = repeats && stays ? 1 : 0;
        found[3] += stays ? 0 : 1;
        found[4] += sessions.category_id[place] != sessions.category_id[place - 1] ? 1 : 0;
        found[5] += sessions.brand[place] != sessions.brand[place - 1] ? 1 : 0;
        found[6] += price_band(sessions.price[place]) != price_band(sessions.price[place - 1]) ? 1 : 0;
      }
      for (std::size_t f = 0; f < features.size(); ++f) out(f, i) = static_cast<float>(found[f]);
    });
  }
};

}  // namespace

std::unique_ptr<FeatureGroup> make_path_group(const ExtractorV2Options&) { return std::make_unique<PathGroup>(); }

}  // namespace cartwheel::features
