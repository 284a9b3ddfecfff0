#pragma once

#include <cartwheel/random_forest.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "tree/model_bytes.hpp"
#include "tree/out_of_bag.hpp"
#include "tree/predict.hpp"
#include "tree/tree_nodes.hpp"

/// Fits for many sets of options at once. What they have in common is done once: columns are binned once for each
/// distinct max_bins; and of options that differ in n_estimators, max_depth and ccp_alpha alone, only the most and
/// deepest trees are grown, of which the others are prefixes and tops, down to the byte. Prefixes are not copied.
namespace cartwheel::tree {

struct FittedForest {
  ModelHead head;
  std::shared_ptr<const TreeSet> trees;
  std::size_t size = 0;                       ///< The forest is the first so many of them.
  std::optional<OutOfBag::Score> out_of_bag;  ///< Where oob_score is set.
};

/// A forest for each of `options`, in order; parameters as RandomForest::fit. @throws ParameterError, DataError.
std::vector<FittedForest> fit_forests(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                      std::span<const RandomForestOptions> options,
                                      std::span<const double> sample_weight);

struct FittedTree {
  ModelHead head;
  TreeNodes nodes;
};

/// A tree for each of `options`, in order; parameters as DecisionTree::fit. @throws ParameterError, DataError.
std::vector<FittedTree> fit_trees(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                  std::span<const DecisionTreeOptions> options, std::span<const double> sample_weight);

}  // namespace cartwheel::tree
