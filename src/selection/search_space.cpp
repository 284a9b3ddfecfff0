#include "selection/search_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <exception>
#include <set>

#include "core/philox.hpp"
#include "core/suggest.hpp"

namespace cartwheel::selection {
namespace {

constexpr std::uint64_t most_trials = 1'000'000;

void check_some(const std::vector<NamedGrid>& grids, std::string_view kind) {
  if (grids.empty()) throw ParameterError(fmt::format("the experiment names no {}; give at least one", kind));
}

void check_names(const std::vector<NamedGrid>& grids, std::string_view kind) {
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

/// Takes `use` out of a step's parameters.
bool take_use(const std::string& step, Parameters& parameters) {
  const auto found = parameters.find("use");
  if (found == parameters.end()) return true;
  const ParameterValue value = found->second;
  parameters.erase(found);
  if (const bool* use = std::get_if<bool>(&value)) return *use;
  throw ParameterError(fmt::format("{}: use is {}; it must be true or false", step, to_text(value)));
}

/// Steps of one combination, and the names of those left out.
struct StepSequence {
  std::vector<NamedStep> steps;
  std::vector<std::string> left_out;
  friend bool operator==(const StepSequence&, const StepSequence&) = default;
};

/// Every combination of the steps' grids; a step that is left out is left out once, whatever its other parameters.
std::vector<StepSequence> step_sequences(const std::vector<NamedGrid>& grids) {
  std::vector<StepSequence> all{{}};
  for (const NamedGrid& grid : grids) {
    Parameters known = check_step_parameters(grid.name, {});
    known.emplace("use", true);
    check_parameter_names(grid, known);
    std::vector<StepSequence> longer;
    for (const StepSequence& shorter : all)
      for (Parameters parameters : combinations(grid.grid)) {
        StepSequence next = shorter;
        if (take_use(grid.name, parameters))
          next.steps.push_back({grid.name, std::move(parameters)});
        else
          next.left_out.push_back(grid.name);
        if (std::ranges::find(longer, next) == longer.end()) longer.push_back(std::move(next));
      }
    all = std::move(longer);
  }
  return all;
}

/// Numbers below `pairs`, increasing: all, or as many as a random search draws without replacement (R. W. Floyd's
/// algorithm; J. Bentley, "Programming Pearls: A Sample of Brilliance", 1987).
std::set<std::uint64_t> pairs_to_try(std::uint64_t pairs, const ExperimentOptions& options, std::uint32_t model) {
  std::set<std::uint64_t> chosen;
  if (options.method == SearchMethod::exhaustive || options.n_iter >= pairs) {
    if (pairs > most_trials)
      throw ParameterError(
          fmt::format("there are {} combinations to try; at most {} are: give fewer values, or draw "
                      "some of them (search.method = \"random\", with search.n_iter)",
                      pairs, most_trials));
    for (std::uint64_t pair = 0; pair < pairs; ++pair) chosen.insert(chosen.end(), pair);
    return chosen;
  }
  core::RandomStream random(options.seed, core::RandomPurpose::search, model);
  for (std::uint64_t last = pairs - options.n_iter; last < pairs; ++last) {
    const auto drawn = static_cast<std::uint64_t>(random.uniform() * static_cast<double>(last + 1));
    if (!chosen.insert(std::min(drawn, last)).second) chosen.insert(last);
  }
  return chosen;
}

}  // namespace

std::vector<NamedStep> FeatureCombination::steps_before(std::string_view model) const {
  std::vector<NamedStep> all = with_default_steps(steps, model);
  std::erase_if(all, [&](const NamedStep& step) { return std::ranges::find(left_out, step.name) != left_out.end(); });
  return all;
}

std::size_t SearchSpace::size() const {
  std::size_t trials = 0;
  for (const ModelTrials& model : models) trials += model.trials.size();
  return trials;
}

SearchSpace expand(const ExperimentOptions& options) {
  check_some(options.extractors, "extractor");
  check_some(options.models, "model");
  check_names(options.extractors, "extractor");
  check_names(options.steps, "step");
  check_names(options.models, "model");
  SearchSpace space;
  const std::vector<StepSequence> sequences = step_sequences(options.steps);
  for (const NamedGrid& grid : options.extractors) {
    check_parameter_names(grid, make_feature_extractor(grid.name, {})->parameters());
    const std::vector<Parameters> all = combinations(grid.grid);
    check_some_pass(
        all, [&](const Parameters& parameters) { static_cast<void>(make_feature_extractor(grid.name, parameters)); });
    for (const Parameters& parameters : all)
      for (const StepSequence& sequence : sequences)
        space.features.push_back({grid.name, parameters, sequence.steps, sequence.left_out});
  }
  for (const NamedGrid& grid : options.models) {
    check_parameter_names(grid, check_parameters(grid.name, {}));
    space.models.push_back({grid.name, combinations(grid.grid), {}});
    check_some_pass(space.models.back().parameters,
                    [&](const Parameters& parameters) { static_cast<void>(check_parameters(grid.name, parameters)); });
  }
  for (std::size_t number = 0; number < space.models.size(); ++number) {
    ModelTrials& model = space.models[number];
    const std::uint64_t pairs = std::uint64_t{space.features.size()} * model.parameters.size();
    for (const std::uint64_t pair : pairs_to_try(pairs, options, static_cast<std::uint32_t>(number)))
      model.trials.push_back({pair / model.parameters.size(), pair % model.parameters.size()});
  }
  return space;
}

}  // namespace cartwheel::selection
