#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "features/groups.hpp"
#include "features/window_columns.hpp"

namespace cartwheel::features {
namespace {

constexpr std::array types{EventType::view, EventType::cart, EventType::remove_from_cart, EventType::purchase,
                           EventType::other};

/// How many events of each type the window has. Where the label is about the window itself, types would tell it, so
/// only label `future` has these columns; its windows hold no targets, so targets have none.
class EventsGroup final : public FeatureGroup {
 public:
  std::vector<FeatureDefinition> definitions(const SessionOptions& options) const override {
    std::vector<FeatureDefinition> list;
    for (const EventType type : counted(options))
      list.push_back({fmt::format("{}_count", name_of(type)),
                      fmt::format("events of type {} in the window; label future only", name_of(type)), "no"});
    return list;
  }

  Columns columns(const WindowRows& windows) const override {
    const std::vector<EventType> list = counted(windows.sessions.options);
    EventFeatures features{{}, list.size()};
    std::ranges::copy(list, features.types);
    return window_columns(windows, features);
  }

 private:
  static std::vector<EventType> counted(const SessionOptions& options) {
    std::vector<EventType> list;
    if (options.label != Label::future) return list;
    for (const EventType type : types)
      if (!options.is_target(type)) list.push_back(type);
    return list;
  }
};

}  // namespace

std::unique_ptr<FeatureGroup> make_events_group(const ExtractorV2Options&) { return std::make_unique<EventsGroup>(); }

}  // namespace cartwheel::features
