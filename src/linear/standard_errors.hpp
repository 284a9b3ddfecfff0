#pragma once

#include <cartwheel/logistic_regression.hpp>
#include <optional>

#include "linear/row_passes.hpp"

namespace cartwheel::linear {

/// From the inverse of the Fisher information at the kept point, which must be the optimum of a loss without penalty.
/// @param total  what all rows weigh as given: the loss as given, divided by that of `rows`.
/// @param coefficients  of the fit: one for each column that the design was made of.
/// @return nothing where the information is singular.
std::optional<LogisticRegression::StandardErrors> standard_errors(RowPasses& rows, const Design& design, double total,
                                                                  std::size_t coefficients);

}  // namespace cartwheel::linear
