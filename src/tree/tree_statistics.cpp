#include <algorithm>
#include <cartwheel/tree_statistics.hpp>
#include <limits>
#include <span>

#include "core/parallel.hpp"

namespace cartwheel {
namespace {

TreeStatistics statistics_of(std::span<const TreeNode> nodes, std::size_t columns) {
  TreeStatistics statistics;
  statistics.nodes = nodes.size();
  statistics.smallest_leaf = std::numeric_limits<std::uint32_t>::max();
  statistics.splits.resize(columns);
  std::vector<int> depths(nodes.size());
  std::uint64_t rows_times_depth = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const TreeNode& node = nodes[i];
    if (node.feature >= 0) {
      ++statistics.splits[static_cast<std::size_t>(node.feature)];
      for (const std::int32_t child : {node.left, node.right}) depths[static_cast<std::size_t>(child)] = depths[i] + 1;
      continue;
    }
    ++statistics.leaves;
    statistics.depth = std::max(statistics.depth, depths[i]);
    statistics.smallest_leaf = std::min(statistics.smallest_leaf, node.rows);
    statistics.largest_leaf = std::max(statistics.largest_leaf, node.rows);
    rows_times_depth += std::uint64_t{node.rows} * static_cast<std::uint64_t>(depths[i]);
  }
  statistics.mean_depth = static_cast<double>(rows_times_depth) / nodes[0].rows;
  return statistics;
}

}  // namespace

TreeStatistics tree_statistics(const DecisionTree& tree) {
  return statistics_of(tree.nodes(), tree.feature_names().size());
}

std::vector<TreeStatistics> tree_statistics(const RandomForest& forest) {
  std::vector<TreeStatistics> result(static_cast<std::size_t>(forest.tree_count()));
  core::parallel_for(result.size(), [&](std::size_t i) {
    result[i] = statistics_of(forest.nodes(static_cast<int>(i)), forest.feature_names().size());
  });
  return result;
}

}  // namespace cartwheel
