#include "tree/sample_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cartwheel/error.hpp>
#include <cmath>

namespace cartwheel::tree {

SampleUnits::SampleUnits(std::span<const double> weights) {
  if (weights.empty()) return;
  int exponent = 0;
  const double largest = std::ranges::max(weights);
  std::frexp(largest, &exponent);  // largest < 2^exponent
  unit = std::ldexp(1.0, exponent + static_cast<int>(std::bit_width(weights.size())) - 52);
  units.reserve(weights.size());
  for (const double weight : weights) {
    units.push_back(static_cast<std::uint64_t>(std::nearbyint(weight / unit)));
    if (units.back() == 0)
      throw DataError(
          fmt::format("the weight of row {} is {}, which is nothing beside the largest, {}: a tree counts "
                      "weights in units of {}; leave the row out, or scale its weight",
                      units.size() - 1, weight, largest, unit));
  }
}

WeightedCounts SampleUnits::sum(std::span<const std::uint8_t> labels) const {
  WeightedCounts all;
  for (std::size_t row = 0; row < units.size(); ++row)
    all = all + WeightedCounts{units[row], labels[row] != 0 ? units[row] : 0};
  return all;
}

}  // namespace cartwheel::tree
