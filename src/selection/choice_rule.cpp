#include "selection/choice_rule.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace cartwheel::selection {
namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

/// A parameter as a number; "none" is `none`, and a share of the rows counts as rows of a very long table.
double number(const Parameters& parameters, const char* name, double none) {
  const ParameterValue& value = parameters.at(name);
  if (const auto* count = std::get_if<std::int64_t>(&value)) return static_cast<double>(*count);
  if (const auto* real = std::get_if<double>(&value))
    return std::string_view(name) == "min_samples_leaf" ? *real * 0x1p32 : *real;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1.0 : 0.0;
  return none;
}

/// Less is simpler, the first difference decides; see ChoiceRule::one_standard_error.
std::vector<double> complexity(std::string_view model, const Parameters& given) {
  const Parameters all = check_parameters(model, given);
  if (model == "bernoulli_nb") return {-number(all, "alpha", 0.0), number(all, "fit_prior", 0.0)};
  if (model == "logistic_regression") {
    const ParameterValue& penalty = all.at("penalty");
    const bool none = penalty == ParameterValue(std::string("none"));
    const double l1_share = penalty == ParameterValue(std::string("l1"))           ? 1.0
                            : penalty == ParameterValue(std::string("elasticnet")) ? number(all, "l1_ratio", 0.5)
                                                                                   : 0.0;
    return {none ? endless : number(all, "C", endless), -l1_share};
  }
  const double depth = number(all, "max_depth", endless), leaf = -number(all, "min_samples_leaf", 0.0);
  if (model == "random_forest") return {depth, number(all, "n_estimators", 0.0), leaf};
  return {depth, leaf};
}

}  // namespace

std::size_t choose(std::span<const Candidate> candidates, ChoiceRule rule, std::string_view model) {
  const auto best = std::ranges::max_element(candidates, {}, &Candidate::mean);  // the first of equals
  if (rule == ChoiceRule::best) return best->number;
  const auto key = [&](const Candidate& candidate) {
    return std::tuple(complexity(model, candidate.parameters), -candidate.mean, candidate.number);
  };
  auto simplest = key(*best);
  for (const Candidate& candidate : candidates)
    if (candidate.mean >= best->mean - best->standard_error) simplest = std::min(simplest, key(candidate));
  return std::get<2>(simplest);
}

}  // namespace cartwheel::selection
