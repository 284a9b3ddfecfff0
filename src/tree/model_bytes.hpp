#pragma once

#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "tree/tree_nodes.hpp"

/// What the files of a tree and of a forest share.
namespace cartwheel::tree {

inline constexpr int most_trees = 100'000;  ///< Of one forest.

/// What a tree model is besides its trees.
struct ModelHead {
  std::vector<std::string> feature_names;
  ColumnLevels levels;       ///< [feature_names.size()]
  double weight_unit = 1.0;  ///< What one unit of the trees' WeightedCounts weighs; a power of two.
};

void write_head(core::ByteWriter& out, const ModelHead& head);
/// @throws DataError.
ModelHead read_head(core::ByteReader& in);

}  // namespace cartwheel::tree
