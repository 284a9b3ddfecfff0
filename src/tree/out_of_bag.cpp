#include "tree/out_of_bag.hpp"

#include <algorithm>
#include <limits>

#include "core/parallel.hpp"

namespace cartwheel::tree {

void OutOfBag::add(std::span<const TreeNodes> trees, std::span<const std::vector<std::uint32_t>> weights) {
  core::parallel_for_blocks(x_.rows(), rows_a_block(x_.columns()), [&](std::size_t begin, std::size_t end) {
    std::vector<float> values((end - begin) * x_.columns());
    x_.copy(begin, end, values);
    std::vector<double> probabilities(end - begin);
    for (std::size_t t = 0; t < trees.size(); ++t) {
      std::ranges::fill(probabilities, 0.0);
      trees[t].add_probabilities(values, x_.columns(), probabilities);
      for (std::size_t row = begin; row < end; ++row) {
        if (weights[t][row] != 0) continue;
        sums_[row] += probabilities[row - begin];
        ++trees_[row];
      }
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
