#pragma once

#include <cartwheel/random_forest.hpp>
#include <string>

namespace [[gnu::visibility("default")]] cartwheel {

/// How export_text writes, with scikit-learn's names and defaults.
struct ExportTextOptions {
  int max_depth = 10;         ///< [0, 1000]; splits below it are summed up as "truncated branch of depth N".
  int spacing = 3;            ///< [1, 100]: characters a level.
  int decimals = 2;           ///< [0, 20]: of thresholds and weights.
  bool show_weights = false;  ///< Leaves say how much their training rows of y = 0 and y = 1 weigh.
  /// Every rule says which side takes missing values, whether or not any were in training.
  bool show_missing = false;
};

/// The tree's rules as text, in the format of scikit-learn's export_text: one line a node, the left side first. A
/// leaf's class is 1 where P(y = 1) > 0.5. Sides of category columns are written "colour in {blue, red}" and "colour
/// not in {blue, red}" (which takes missing values and levels that training did not see); a split by missing values
/// alone "price is given" and "price is missing".
/// @throws ParameterError for an option out of its range.
std::string export_text(const DecisionTree& tree, const ExportTextOptions& options = {});
/// The same of one tree of a forest. @param tree  [0, forest.tree_count()). @throws ParameterError.
std::string export_text(const RandomForest& forest, int tree, const ExportTextOptions& options = {});

}  // namespace cartwheel
