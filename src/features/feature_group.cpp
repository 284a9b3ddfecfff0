#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_group.hpp>
#include <utility>

#include "features/groups.hpp"

namespace cartwheel {
namespace {

using features::ExtractorV2Options;

struct OwnGroup {
  std::string_view name;
  std::unique_ptr<FeatureGroup> (*make)(const ExtractorV2Options& options);
};

/// In the order of their columns. A new one is a line here.
constexpr std::array own_groups{
    OwnGroup{"base", features::make_base_group},      OwnGroup{"time", features::make_time_group},
    OwnGroup{"price", features::make_price_group},    OwnGroup{"path", features::make_path_group},
    OwnGroup{"events", features::make_events_group},  OwnGroup{"priors", features::make_priors_group},
    OwnGroup{"history", features::make_history_group}};

/// Those of the program that uses the library, in the order of their registration.
std::vector<std::pair<std::string, FeatureGroupMaker>>& registered_groups() {
  static std::vector<std::pair<std::string, FeatureGroupMaker>> groups;
  return groups;
}

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

void FeatureGroup::restore(std::string_view state, const std::string& what) {
  if (!state.empty()) throw DataError(fmt::format("{} is damaged: a group that learns nothing has a state", what));
}

std::vector<std::string> features::own_group_names() {
  std::vector<std::string> names;
  for (const OwnGroup& group : own_groups) names.emplace_back(group.name);
  return names;
}

std::vector<std::string> feature_group_names() {
  std::vector<std::string> names = features::own_group_names();
  for (const auto& [name, make] : registered_groups()) names.push_back(name);
  return names;
}

void register_feature_group(const std::string& name, FeatureGroupMaker make) {
  if (!is_name(name))
    throw ParameterError(fmt::format("a feature group cannot be called '{}'; use letters, digits and _", name));
  if (const auto names = feature_group_names(); std::ranges::find(names, name) != names.end())
    throw ParameterError(fmt::format("there is a feature group '{}' already", name));
  registered_groups().emplace_back(name, std::move(make));
}

std::unique_ptr<FeatureGroup> features::make_feature_group(const std::string& name, const ExtractorV2Options& options) {
  if (const auto* const found = std::ranges::find(own_groups, name, &OwnGroup::name); found != own_groups.end())
    return found->make(options);
  for (const auto& [registered, make] : registered_groups())
    if (registered == name) return make(options.full);
  throw ParameterError(fmt::format("V2 has no group '{}'", name));
}

}  // namespace cartwheel
