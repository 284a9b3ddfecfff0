#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>

#include "core/suggest.hpp"

namespace cartwheel {
namespace {

constexpr std::size_t most_combinations = 1'000'000;

/// In the order of SearchMetric.
constexpr std::array<std::string_view, 5> metric_names{"f1", "average_precision", "roc_auc", "log_loss", "brier"};

}  // namespace

std::vector<Parameters> combinations(const ParameterGrid& grid) {
  std::size_t count = 1;
  for (const auto& [name, values] : grid) {
    if (values.empty())
      throw ParameterError(
          fmt::format("the list of values for '{}' is empty; give at least one, or leave it out", name));
    if (values.size() > most_combinations / count)
      throw ParameterError(fmt::format("the grid has more than {} combinations; give fewer values", most_combinations));
    count *= values.size();
  }
  std::vector<Parameters> all{{}};
  for (const auto& [name, values] : grid) {
    std::vector<Parameters> longer;
    longer.reserve(all.size() * values.size());
    for (const Parameters& shorter : all)
      for (const ParameterValue& value : values) longer.emplace_back(shorter).emplace(name, value);
    all = std::move(longer);
  }
  return all;
}

std::string_view name_of(SearchMetric metric) {
  const auto number = static_cast<std::size_t>(metric);
  if (number >= metric_names.size()) throw ParameterError(fmt::format("search metric {} does not exist", number));
  return metric_names[number];
}

SearchMetric parse_search_metric(std::string_view name) {
  const auto* const found = std::ranges::find(metric_names, name);
  if (found == metric_names.end())
    throw ParameterError(fmt::format("unknown search metric '{}'{}", name, core::suggestion(name, metric_names)));
  return static_cast<SearchMetric>(found - metric_names.begin());
}

}  // namespace cartwheel
