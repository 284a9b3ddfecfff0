#pragma once

#include <cartwheel/decision_tree.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/philox.hpp"
#include "support/float_matrix.hpp"

namespace cartwheel::test {

/// Columns of 20, 90, 160, ... distinct values, a tenth of them missing, and labels that depend on them loosely.
struct LooseLabels {
  std::vector<std::vector<float>> columns;
  std::vector<std::uint8_t> labels;

  LooseLabels(std::uint64_t seed, std::uint32_t rows, std::uint32_t n_columns) : columns(n_columns) {
    core::RandomStream random(seed, core::RandomPurpose::generate);
    for (std::uint32_t row = 0; row < rows; ++row) {
      double sum = 0.0;
      for (std::uint32_t j = 0; j < n_columns; ++j) {
        const std::uint32_t levels = 20 + j * 70, value = random.below(levels);
        const bool missing = random.below(10) == 0;
        columns[j].push_back(missing ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(value));
        sum += static_cast<double>(value) / levels - 0.5;
      }
      labels.push_back(sum + 2.0 * (random.uniform() - 0.5) > 0.0 ? 1 : 0);
    }
  }

  FeatureMatrix matrix() const { return float_matrix(columns); }
};

/// The leaf that takes a row, found by the definition of TreeNode.
inline const TreeNode& leaf_of(const std::vector<TreeNode>& nodes, const std::vector<std::vector<float>>& columns,
                               std::size_t row) {
  const TreeNode* node = &nodes[0];
  while (node->feature >= 0) {
    const float value = columns[static_cast<std::size_t>(node->feature)][row];
    const bool left = std::isnan(value) ? node->missing_left : value <= node->threshold;
    node = &nodes[static_cast<std::size_t>(left ? node->left : node->right)];
  }
  return *node;
}

}  // namespace cartwheel::test
