#pragma once

#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/decision_tree.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cartwheel/random_forest.hpp>

#include "core/parameter_reader.hpp"

/// From named parameters, with scikit-learn's names and ways of writing, to the options of each model.
namespace cartwheel::pipeline {

using core::is_none;
using core::ParameterReader;

BernoulliNBOptions bernoulli_nb_options(ParameterReader& in);
LogisticRegressionOptions logistic_regression_options(ParameterReader& in);
/// @param seed  used where the parameter random_state is "none".
DecisionTreeOptions decision_tree_options(ParameterReader& in, std::uint64_t seed);
RandomForestOptions random_forest_options(ParameterReader& in, std::uint64_t seed);

}  // namespace cartwheel::pipeline
