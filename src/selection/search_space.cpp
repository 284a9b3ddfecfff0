#include "selection/search_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <exception>
#include <set>

#include "core/suggest.hpp"

namespace cartwheel::selection {
namespace {

void check_names(const std::vector<NamedGrid>& grids, std::string_view kind) {
  if (grids.empty()) throw ParameterError(fmt::format("the experiment names no {}; give at least one", kind));
  std::set<std::string_view> seen;
  for (const NamedGrid& grid : grids)
    if (!seen.insert(grid.name).second)
      throw ParameterError(fmt::format("{} '{}' is there twice; put all of its values into one grid", kind, grid.name));
}

/// A misspelt parameter would fail in every combination: it is refused at once. Values are each combination's matter.
void check_parameter_names(const NamedGrid& grid, const Parameters& known) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : known) names.push_back(name);
  for (const auto& [name, values] : grid.grid)
    if (!known.contains(name))
      throw ParameterError(fmt::format("{} has no parameter '{}'{}", grid.name, name, core::suggestion(name, names)));
}

/// @throws the error of the first combination if all of them fail.
template <class Check>
void check_some_pass(const std::vector<Parameters>& combinations, const Check& check) {
  std::exception_ptr first;
  for (const Parameters& parameters : combinations) {
    try {
      return check(parameters);
    } catch (const ParameterError&) {
      if (!first) first = std::current_exception();
    }
  }
  std::rethrow_exception(first);
}

}  // namespace

std::size_t SearchSpace::size() const {
  std::size_t pairs = 0;
  for (const ModelCombinations& model : models) pairs += model.parameters.size() * extractors.size();
  return pairs;
}

SearchSpace expand(const ExperimentOptions& options) {
  check_names(options.extractors, "extractor");
  check_names(options.models, "model");
  SearchSpace space;
  for (const NamedGrid& grid : options.extractors) {
    check_parameter_names(grid, make_feature_extractor(grid.name, {})->parameters());
    const std::vector<Parameters> all = combinations(grid.grid);
    check_some_pass(
        all, [&](const Parameters& parameters) { static_cast<void>(make_feature_extractor(grid.name, parameters)); });
    for (const Parameters& parameters : all) space.extractors.push_back({grid.name, parameters});
  }
  for (const NamedGrid& grid : options.models) {
    check_parameter_names(grid, check_parameters(grid.name, {}));
    space.models.push_back({grid.name, combinations(grid.grid)});
    check_some_pass(space.models.back().parameters,
                    [&](const Parameters& parameters) { static_cast<void>(check_parameters(grid.name, parameters)); });
  }
  return space;
}

}  // namespace cartwheel::selection
