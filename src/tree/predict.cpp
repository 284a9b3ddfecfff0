#include "tree/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>

#include "core/parallel.hpp"
#include "tree/row_block.hpp"

namespace cartwheel::tree {

void check_columns(std::span<const std::string> fitted, std::span<const std::string> given) {
  const std::size_t shared = std::min(fitted.size(), given.size());
  for (std::size_t j = 0; j < shared; ++j)
    if (given[j] != fitted[j])
      throw DataError(
          fmt::format("column {} is '{}', but the model was fitted with '{}' there; give it the columns of "
                      "the fit, in order",
                      j, given[j], fitted[j]));
  if (given.size() < fitted.size())
    throw DataError(fmt::format("column {}, '{}', is missing: there are {} columns, and the model was fitted with {}",
                                shared, fitted[shared], given.size(), fitted.size()));
  if (given.size() > fitted.size())
    throw DataError(
        fmt::format("column {}, '{}', is one too many: there are {} columns, and the model was fitted with {}", shared,
                    given[shared], given.size(), fitted.size()));
}

std::vector<double> mean_probability(const FeatureMatrix& x, std::span<const TreeNodes> trees,
                                     const ImpurityRule& rule) {
  const std::size_t columns = x.columns();
  std::vector<double> result(x.rows());
  core::parallel_for_blocks(x.rows(), rows_a_block(columns), [&](std::size_t begin, std::size_t end) {
    std::vector<float> values((end - begin) * columns);
    copy_rows(x, begin, end, values);
    const std::span<double> sums = std::span(result).subspan(begin, end - begin);
    for (const TreeNodes& tree : trees) tree.add_probabilities(rule, values, columns, sums);
    for (double& sum : sums) sum /= static_cast<double>(trees.size());
  });
  return result;
}

}  // namespace cartwheel::tree
