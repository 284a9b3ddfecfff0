#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "tree/prediction_rows.hpp"
#include "tree/prediction_trees.hpp"

/// What Predictor asks of the GPU. Rows are taken in blocks, so that any number of them fits its memory; the trees
/// must.
namespace cartwheel::tree {

/// Predictor::mean_probabilities, to the same bits. @throws DeviceError.
std::vector<std::vector<double>> mean_probabilities_on_gpu(const PredictionTrees& trees, const PredictionRows& rows,
                                                           const RowValues& x, std::span<const std::size_t> sizes);

/// P(y = 1) of each row by each of the first `trees` trees: calls work(begin, probabilities [trees x n] of rows
/// [begin, begin + n)) for one block of rows after the other. @throws DeviceError.
void tree_probabilities_on_gpu(const PredictionTrees& forest, const PredictionRows& rows, const RowValues& x,
                               std::size_t trees,
                               const std::function<void(std::size_t, std::span<const double>)>& work);

}  // namespace cartwheel::tree
