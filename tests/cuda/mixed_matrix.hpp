#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <limits>
#include <string>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::test {

/// Numbers with missing values, and categories of few and of many levels, the latter too wide for shared memory.
inline FeatureMatrix mixed_matrix(std::uint64_t seed, std::uint32_t rows, std::vector<std::uint8_t>& labels) {
  core::RandomStream random(seed, core::RandomPurpose::generate, 1);
  labels.clear();
  for (std::uint32_t row = 0; row < rows; ++row) labels.push_back(random.below(3) == 0 ? 1 : 0);
  FeatureMatrix x(rows);
  for (const std::uint32_t levels : {4u, 40u, 300u, 2'000u}) {
    std::vector<float> numbers;
    CategoryColumn categories{{}, {""}};
    for (std::uint32_t level = 1; level < levels; ++level) categories.levels.push_back("level" + std::to_string(level));
    for (const std::uint8_t label : labels) {
      categories.codes.push_back(random.below(levels / 2 + 1 + label));
      const bool missing = levels != 40 && random.below(20) == 0;
      numbers.push_back(missing ? std::numeric_limits<float>::quiet_NaN()
                                : static_cast<float>(random.below(levels + label)));
    }
    x.add("category" + std::to_string(levels), std::move(categories));
    x.add("number" + std::to_string(levels), FloatColumn{std::move(numbers)});
  }
  return x;
}

}  // namespace cartwheel::test
