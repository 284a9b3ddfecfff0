#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tree/prediction_rows.hpp"
#include "tree/prediction_trees.hpp"

namespace cartwheel::tree {

/// What the trees of a model answer for rows. Parallel over blocks of rows; a row's answer depends on that row alone.
class Predictor {
 public:
  Predictor() = default;
  Predictor(std::span<const TreeNodes> trees, const ColumnLevels& levels)
      : rows_(levels), trees_(make_prediction_trees(trees, rows_)) {}

  /// The mean over the trees, added in their order, of P(y = 1) of each row.
  std::vector<double> mean_probability(const RowValues& x) const;
  /// The same of one row. @param values  [columns], as PredictionRows::fill. @throws DataError for another number.
  double mean_probability(std::span<const float> values) const;
  /// The number of the leaf that each row comes to, [rows x trees].
  std::vector<std::uint32_t> leaves(const RowValues& x) const;

  const PredictionRows& rows() const { return rows_; }
  const PredictionTrees& trees() const { return *trees_; }

 private:
  PredictionRows rows_;
  std::shared_ptr<const PredictionTrees> trees_;
};

}  // namespace cartwheel::tree
