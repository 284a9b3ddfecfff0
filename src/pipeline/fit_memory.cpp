#include "pipeline/fit_memory.hpp"

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <string>

#include "core/parallel.hpp"
#include "pipeline/model_parameters.hpp"

namespace cartwheel::pipeline {
namespace {

/// Of a tree that is grown (12), and of the form that predicts (12 a node and 8 a leaf, which every second one is).
constexpr std::uint64_t bytes_of_node = 28;

std::uint64_t threads() { return static_cast<std::uint64_t>(core::thread_count()); }

std::uint64_t tree_bytes(const DecisionTreeOptions& options, std::uint64_t drawn_rows) {
  std::uint64_t leaves = drawn_rows;
  if (options.max_depth > 0 && options.max_depth < 40) leaves = std::min(leaves, std::uint64_t{1} << options.max_depth);
  const CountOrShare& least = options.min_samples_leaf;
  if (least.count > 1) leaves = std::min(leaves, drawn_rows / static_cast<std::uint64_t>(least.count) + 1);
  return 2 * leaves * bytes_of_node;
}

FitMemory of_tree(const DecisionTreeOptions& options, std::uint64_t rows, std::uint64_t columns) {
  const std::uint64_t cell_bytes = options.max_bins > 255 ? 3 : 2;
  return {tree_bytes(options, rows), rows * columns * cell_bytes + rows * columns / 2 + rows * (16 + 28 * threads())};
}

FitMemory of_forest(const RandomForestOptions& options, std::uint64_t rows, std::uint64_t columns) {
  // Of rows drawn with replacement, as many as there are, 63.2% are different ones.
  const std::uint64_t drawn = options.bootstrap ? rows - rows / 3 : rows;
  const FitMemory tree = of_tree(options.tree, rows, columns);
  return {static_cast<std::uint64_t>(options.n_estimators) * tree_bytes(options.tree, drawn),
          tree.working + 16 * rows * threads()};
}

FitMemory of_regression(std::uint64_t rows, std::uint64_t columns) {
  const std::uint64_t width = 2 * columns;  // each column may have an indicator of missing values
  return {width * 16, rows * (16 + 4 * width) + width * width * (24 + 4 * (rows >> 14))};
}

FitMemory of_naive_bayes(std::uint64_t rows, std::uint64_t columns) {
  return {columns * 128, rows / 8 + columns * (64 + (1 << 14)) + (1 << 20)};
}

}  // namespace

FitMemory fit_memory(std::string_view model, const Parameters& parameters, std::uint64_t rows, std::uint64_t columns) {
  try {
    ParameterReader in{std::string(model), parameters};
    if (model == "random_forest") return of_forest(random_forest_options(in, 0), rows, columns);
    if (model == "decision_tree") return of_tree(decision_tree_options(in, 0), rows, columns);
    if (model == "logistic_regression") return of_regression(rows, columns);
    return of_naive_bayes(rows, columns);
  } catch (const ParameterError&) {
    return {};
  }
}

}  // namespace cartwheel::pipeline
