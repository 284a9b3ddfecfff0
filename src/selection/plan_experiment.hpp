#pragma once

#include <cartwheel/experiment.hpp>

#include "selection/search_space.hpp"

namespace cartwheel::selection {

/// What is to be tried, once all options have been found to be in range. @throws ParameterError
SearchSpace check_and_expand(const ExperimentOptions& options);

}  // namespace cartwheel::selection
