#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/random_forest.hpp>
#include <cartwheel/shap.hpp>

#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "tree/row_block.hpp"
#include "tree/shap_tree.hpp"

namespace cartwheel {
namespace {

using tree::ColumnLevels, tree::RowValues, tree::ShapTree;

constexpr std::size_t lanes = ShapTree::lanes;
constexpr std::size_t rows_a_task = 64, trees_at_once = 16;

/// Adds the SHAP values of rows [begin, end), at most rows_a_task, to theirs.
void add_rows(const RowValues& x, const ColumnLevels& levels, std::span<const ShapTree> trees, std::size_t begin,
              std::size_t end, std::span<double> values) {
  const std::size_t columns = x.columns(), groups = (end - begin + lanes - 1) / lanes;
  std::vector<float> rows((end - begin) * columns), grouped(groups * columns * lanes);
  x.copy(begin, end, rows);
  std::vector<double> shap(grouped.size()), work;
  const auto place = [&](std::size_t row, std::size_t j) { return (row / lanes * columns + j) * lanes + row % lanes; };
  for (std::size_t i = 0; i < end - begin; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const float value = rows[i * columns + j];
      grouped[place(i, j)] = value != value && !levels[j].empty() ? 0.0f : value;  // the level of place 0 is none
      shap[place(i, j)] = values[(begin + i) * columns + j];
    }
  for (const ShapTree& tree : trees) {
    work.resize(std::max(work.size(), tree.work_size()));
    for (std::size_t group = 0; group < groups; ++group)
      tree.add(grouped.data() + group * columns * lanes, shap.data() + group * columns * lanes, work.data());
  }
  for (std::size_t i = 0; i < end - begin; ++i)
    for (std::size_t j = 0; j < columns; ++j) values[(begin + i) * columns + j] = shap[place(i, j)];
}

/// The mean over the trees of their SHAP values. @param nodes  (number of a tree) -> its nodes.
template <class Nodes>
ShapValues mean_shap_values(const RowValues& x, const ColumnLevels& levels, std::size_t trees, const Nodes& nodes) {
  ShapValues result;
  result.columns = x.columns();
  result.values.resize(x.rows() * x.columns());
  for (std::size_t first = 0; first < trees; first += trees_at_once) {
    std::vector<ShapTree> ready(std::min(trees_at_once, trees - first));
    core::parallel_for(ready.size(), [&](std::size_t i) { ready[i] = ShapTree(nodes(first + i)); });
    for (const ShapTree& tree : ready) result.base += tree.base();
    core::parallel_for_blocks(x.rows(), rows_a_task, [&](std::size_t begin, std::size_t end) {
      add_rows(x, levels, ready, begin, end, result.values);
    });
  }
  const auto divisor = static_cast<double>(trees);
  result.base /= divisor;
  for (double& value : result.values) value /= divisor;
  return result;
}

}  // namespace

ShapValues shap_values(const Model& model, const FeatureMatrix& x) {
  features::check_columns(model.feature_names(), x, model.name());
  if (const auto* const tree = dynamic_cast<const DecisionTree*>(&model))
    return mean_shap_values(RowValues(x, tree->levels()), tree->levels(), 1,
                            [&](std::size_t) { return tree->nodes(); });
  if (const auto* const forest = dynamic_cast<const RandomForest*>(&model))
    return mean_shap_values(RowValues(x, forest->levels()), forest->levels(),
                            static_cast<std::size_t>(forest->tree_count()),
                            [&](std::size_t i) { return forest->nodes(static_cast<int>(i)); });
  throw ParameterError(
      fmt::format("SHAP values are those of a decision_tree or a random_forest; this model is a {}", model.name()));
}

}  // namespace cartwheel
