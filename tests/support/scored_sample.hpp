#pragma once

#include <cstdint>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::support {

/// Seeded labels with scores that tend to be higher for positives.
struct ScoredSample {
  std::vector<std::uint8_t> y;
  std::vector<double> score;
};

/// @param levels  how many distinct scores there are at most: few give many ties.
inline ScoredSample scored_sample(std::uint64_t seed, std::size_t rows, double base_rate, std::uint32_t levels) {
  core::RandomStream random(seed, core::RandomPurpose::permutation);
  ScoredSample sample;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool positive = random.uniform() < base_rate;
    const double signal = 0.6 * random.uniform() + (positive ? 0.35 : 0.0);
    sample.y.push_back(positive ? 1 : 0);
    sample.score.push_back(static_cast<double>(static_cast<std::uint32_t>(signal * levels)) / levels);
  }
  return sample;
}

}  // namespace cartwheel::support
