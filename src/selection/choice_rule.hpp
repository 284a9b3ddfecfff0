#pragma once

#include <cartwheel/experiment.hpp>
#include <span>

namespace cartwheel::selection {

/// A combination that was scored in all folds.
struct Candidate {
  std::size_t number = 0;  ///< Its place in grid order.
  double mean = 0.0, standard_error = 0.0;
  Parameters parameters;  ///< The model's.
};

/// The number of the chosen candidate. @param candidates  of one model, at least one, in grid order.
std::size_t choose(std::span<const Candidate> candidates, ChoiceRule rule, std::string_view model);

}  // namespace cartwheel::selection
