#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tree/prediction_rows.hpp"
#include "tree/prediction_trees.hpp"

namespace cartwheel::tree {

/// What the first of some trees answer for rows: forests of which one is the beginning of the other share it. Parallel
/// over blocks of rows; a row's answer depends on that row alone.
class Predictor {
 public:
  Predictor() = default;
  Predictor(std::span<const TreeNodes> trees, const ColumnLevels& levels)
      : rows_(levels), trees_(make_prediction_trees(trees, rows_)) {}

  /// For each of `sizes`: the mean over the first so many trees, added in their order, of P(y = 1) of each row. Each
  /// row goes down each tree once. @param sizes  each in [1, trees].
  std::vector<std::vector<double>> mean_probabilities(const RowValues& x, std::span<const std::size_t> sizes) const;
  std::vector<double> mean_probability(const RowValues& x, std::size_t trees) const {
    return std::move(mean_probabilities(x, {&trees, 1}).front());
  }
  /// The same of one row, on the CPU: one row is no work for a GPU. @param values  [columns], as PredictionRows::fill.
  /// @throws DataError for another number.
  double mean_probability(std::span<const float> values, std::size_t trees) const;
  /// The number of the leaf that each row comes to, [rows x trees]. On the CPU whatever the device.
  std::vector<std::uint32_t> leaves(const RowValues& x, std::size_t trees) const;

  const PredictionRows& rows() const { return rows_; }
  const PredictionTrees& trees() const { return *trees_; }

 private:
  PredictionRows rows_;
  std::shared_ptr<const PredictionTrees> trees_;
};

/// Trees in the form that files hold, and in the one that predicts.
struct TreeSet {
  TreeSet(std::vector<TreeNodes> its_nodes, const ColumnLevels& levels)
      : nodes(std::move(its_nodes)), predictor(nodes, levels) {}

  std::vector<TreeNodes> nodes;
  Predictor predictor;
};

}  // namespace cartwheel::tree
