#include "tree/out_of_bag.hpp"

#include <cmath>
#include <limits>

#include "core/parallel.hpp"
#include "tree/row_block.hpp"

namespace cartwheel::tree {

OutOfBag::OutOfBag(const FeatureMatrix& x, const ImpurityRule& rule)
    : x_(x), rule_(rule), sum_(x.rows()), trees_(x.rows()) {}

void OutOfBag::add(std::span<const TreeNodes> trees, std::span<const TreeSample> samples) {
  constexpr std::size_t rows_a_block = 512;
  core::parallel_for_blocks(x_.rows(), rows_a_block, [&](std::size_t begin, std::size_t end) {
    std::vector<float> values((end - begin) * x_.columns());
    copy_rows(x_, begin, end, values);
    std::vector<double> probability(end - begin);
    for (std::size_t t = 0; t < trees.size(); ++t) {
      std::ranges::fill(probability, 0.0);
      trees[t].add_probabilities(rule_, values, x_.columns(), probability);
      for (std::size_t row = begin; row < end; ++row) {
        if (samples[t].weights[row] != 0) continue;
        sum_[row] += probability[row - begin];
        ++trees_[row];
      }
    }
  });
}

std::vector<double> OutOfBag::probability() const {
  std::vector<double> mean(sum_.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t row = 0; row < mean.size(); ++row)
    if (trees_[row] > 0) mean[row] = sum_[row] / trees_[row];
  return mean;
}

double out_of_bag_accuracy(std::span<const double> probability, std::span<const std::uint8_t> labels) {
  std::uint64_t scored = 0, right = 0;
  for (std::size_t row = 0; row < probability.size(); ++row) {
    if (std::isnan(probability[row])) continue;
    ++scored;
    right += (probability[row] > 0.5) == (labels[row] == 1) ? 1 : 0;
  }
  return scored == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(scored);
}

}  // namespace cartwheel::tree
