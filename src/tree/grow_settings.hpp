#pragma once

#include <cartwheel/decision_tree.hpp>
#include <cstdint>

#include "tree/cell.hpp"
#include "tree/grow.hpp"
#include "tree/impurity.hpp"

namespace cartwheel::tree {

/// Checks what can be checked without data. @throws ParameterError naming the parameter, its value and its range.
void check_options(const DecisionTreeOptions& options);

/// The factors that give both classes the same weight; 1 and 1 if one is absent.
/// @tparam C  Counts or WeightedCounts.
template <class C>
ImpurityRule balanced_rule(Criterion criterion, C training);

/// @param training  all training rows, once each, both classes present.
ImpurityRule make_impurity_rule(Criterion criterion, const ClassWeight& class_weight, Counts training);

/// The settings of a tree on these training rows. @throws ParameterError as check_options, and for a max_features
/// beyond the number of columns.
GrowSettings make_grow_settings(const DecisionTreeOptions& options, Counts training, std::size_t columns);

}  // namespace cartwheel::tree
