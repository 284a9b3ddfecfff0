#include "tree/out_of_bag.hpp"

#include <algorithm>
#include <limits>

#include "core/current_device.hpp"
#include "tree/predict_cuda.hpp"

namespace cartwheel::tree {

void OutOfBag::add(const Predictor& trees, std::span<const std::vector<std::uint32_t>> weights) {
  const auto add_tree = [&](std::size_t t, std::size_t begin, std::span<const double> probabilities) {
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      if (weights[t][begin + i] != 0) continue;
      sums_[begin + i] += probabilities[i];
      ++trees_[begin + i];
    }
  };
  if (core::current_device() == Device::cuda) {
    tree_probabilities_on_gpu(trees.trees(), trees.rows(), x_, weights.size(),
                              [&](std::size_t begin, std::span<const double> probabilities) {
                                const std::size_t rows = probabilities.size() / weights.size();
                                for (std::size_t t = 0; t < weights.size(); ++t)
                                  add_tree(t, begin, probabilities.subspan(t * rows, rows));
                              });
    return;
  }
  trees.rows().for_each_block(x_, [&](std::size_t begin, const GroupedRows& rows) {
    std::vector<double> probabilities(rows.rows());
    for (std::size_t t = 0; t < weights.size(); ++t) {
      std::ranges::fill(probabilities, 0.0);
      trees.trees().add_probabilities(t, rows, probabilities);
      add_tree(t, begin, probabilities);
    }
  });
}

OutOfBag::Score OutOfBag::score(std::span<const std::uint8_t> labels) const {
  Score score;
  score.probability.resize(sums_.size(), std::numeric_limits<double>::quiet_NaN());
  std::uint64_t right = 0;
  for (std::size_t row = 0; row < sums_.size(); ++row) {
    if (trees_[row] == 0) {
      ++score.rows_without;
      continue;
    }
    score.probability[row] = sums_[row] / trees_[row];
    right += (score.probability[row] > 0.5) == (labels[row] != 0) ? 1 : 0;
  }
  const std::uint64_t scored = sums_.size() - score.rows_without;
  if (scored > 0) score.accuracy = static_cast<double>(right) / static_cast<double>(scored);
  return score;
}

}  // namespace cartwheel::tree
