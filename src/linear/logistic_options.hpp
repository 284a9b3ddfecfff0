#pragma once

#include <array>
#include <cartwheel/logistic_regression.hpp>

#include "linear/objective.hpp"

/// What the options of a logistic regression mean for its objective.
namespace cartwheel::linear {

/// @throws ParameterError naming the option that is out of its range.
void check_options(const LogisticRegressionOptions& options);

/// Factor of the weight of a row of each class, in the objective as given. @param totals  the weight of each class.
std::array<double, 2> class_factors(const ClassWeight& rule, const std::array<double, 2>& totals);

/// The penalty of b = beta / scale, in units of the mean loss. @param strength  1 / (C * total weight).
PenaltyWeights penalty_weights(const Design& design, const LogisticRegressionOptions& options, double strength);

}  // namespace cartwheel::linear
