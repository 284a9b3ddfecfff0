#include "features/extractor_v2_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/feature_group.hpp>
#include <iterator>
#include <set>

#include "core/parameter_reader.hpp"
#include "core/suggest.hpp"
#include "features/groups.hpp"

namespace cartwheel::features {
namespace {

constexpr std::array<std::string_view, 3> calendars{"raw", "one_hot", "cyclic"};

/// "base, time" -> its names, in the order of the library's list, whatever their order in the text.
std::vector<std::string> groups_of(core::ParameterReader& in) {
  const std::vector<std::string> known = feature_group_names();
  const ParameterValue value = in.value("groups", std::string("all"));
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->empty())
    in.refuse("groups", fmt::format("all, or some of {}, separated by commas", fmt::join(known, ", ")));
  std::set<std::string> wanted;
  std::string name;
  for (const char c : *text + ',') {
    if (c == ' ') continue;
    if (c != ',') {
      name += c;
      continue;
    }
    std::vector<std::string> named{name};
    if (name == "all") named = own_group_names();
    if (std::ranges::find(known, named.front()) == known.end())
      throw ParameterError(
          fmt::format("V2 has no group '{}'{}", name,
                      core::suggestion(name, std::vector<std::string_view>(known.begin(), known.end()))));
    for (const std::string& group : named)
      if (!wanted.insert(group).second) throw ParameterError(fmt::format("V2 was given group '{}' twice", group));
    name.clear();
  }
  std::vector<std::string> groups;
  std::ranges::copy_if(known, std::back_inserter(groups), [&](const auto& group) { return wanted.contains(group); });
  return groups;
}

std::optional<double> smoothing_of(core::ParameterReader& in) {
  const ParameterValue value = in.value("smoothing", std::string("fitted"));
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && *text == "fitted") return {};
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  const double m = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : -1.0;
  if (!(m >= 1e-6 && m <= 1e9)) in.refuse("smoothing", "fitted, or a number in [1e-6, 1e9]");
  return m;
}

double half_life_of(core::ParameterReader& in) {
  const ParameterValue value = in.value("half_life", std::string("none"));
  if (core::is_none(value)) return 0.0;
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  const double days = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : -1.0;
  if (!(days >= 0.01 && days <= 36'500.0)) in.refuse("half_life", "none, or a number of days in [0.01, 36500]");
  return days;
}

}  // namespace

ExtractorV2Options::ExtractorV2Options(const Parameters& given) {
  core::ParameterReader in("V2", given);
  session_size = static_cast<std::size_t>(in.integer("session_size", 3, 1, 1000));
  groups = groups_of(in);
  smoothing = smoothing_of(in);
  half_life_days = half_life_of(in);
  calendar = static_cast<Calendar>(in.choice("calendar", 2, calendars));
  utc_offset_hours = in.number("utc_offset", 0.0, -14.0, 14.0);
  history_users = static_cast<std::uint64_t>(
      in.integer("history_users", HistoryStore::default_most_users, 1, std::int64_t{1} << 31));
  full = in.finish();
}

}  // namespace cartwheel::features
