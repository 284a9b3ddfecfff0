#pragma once

#include <fmt/format.h>

#include <cartwheel/feature_matrix.hpp>
#include <vector>

namespace cartwheel::test {

/// A matrix of float columns named x0, x1, ... @param columns  at least one, of equal lengths.
inline FeatureMatrix float_matrix(const std::vector<std::vector<float>>& columns) {
  FeatureMatrix x(columns.front().size());
  for (std::size_t j = 0; j < columns.size(); ++j) x.add(fmt::format("x{}", j), FloatColumn{columns[j]});
  return x;
}

}  // namespace cartwheel::test
