#include "tree/predict.hpp"

#include "core/parallel.hpp"

namespace cartwheel::tree {

std::vector<double> mean_probability(const RowValues& x, std::span<const TreeNodes> trees) {
  const std::size_t columns = x.columns();
  std::vector<double> result(x.rows());
  core::parallel_for_blocks(x.rows(), rows_a_block(columns), [&](std::size_t begin, std::size_t end) {
    std::vector<float> values((end - begin) * columns);
    x.copy(begin, end, values);
    const std::span<double> sums = std::span(result).subspan(begin, end - begin);
    for (const TreeNodes& tree : trees) tree.add_probabilities(values, columns, sums);
    for (double& sum : sums) sum /= static_cast<double>(trees.size());
  });
  return result;
}

}  // namespace cartwheel::tree
