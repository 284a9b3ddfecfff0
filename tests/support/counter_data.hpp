#pragma once

#include <cstdint>
#include <vector>

/// Small made-up data sets that a Python script can make again bit by bit: every number is a mixed counter, and only
/// integers are used. counter_data.py, beside this file, is the mirror.
namespace cartwheel::test {

/// Number i of stream `seed` (S. Vigna's SplitMix64).
inline std::uint64_t counter_word(std::uint64_t seed, std::uint64_t i) {
  std::uint64_t x = seed * 0xd1342543de82ef95u + (i + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

struct CounterData {
  std::vector<std::vector<std::uint32_t>> columns;  ///< [columns][rows]; each below its number of levels.
  std::vector<std::uint8_t> labels;
};

/// Column c takes levels[c] >= 2 levels, all equally likely, which stand for even steps from 0 to 1024. The label says
/// whether a sum of the columns and of products of neighbours, plus noise in [-noise, noise], is above 0. @param noise
/// >= 1.
inline CounterData make_counter_data(std::uint64_t seed, std::uint32_t rows, const std::vector<std::uint32_t>& levels,
                                     std::uint32_t noise) {
  CounterData data;
  const std::uint64_t width = levels.size() + 1;
  data.columns.assign(levels.size(), std::vector<std::uint32_t>(rows));
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::int64_t sum = 0, previous = 512;
    for (std::uint32_t c = 0; c < levels.size(); ++c) {
      const auto level = static_cast<std::uint32_t>(counter_word(seed, r * width + c) % levels[c]);
      data.columns[c][r] = level;
      const std::int64_t value = std::int64_t{level} * 1024 / (levels[c] - 1);
      sum += (value - 512) * (c % 2 == 0 ? 1024 : previous);
      previous = value;
    }
    const auto random = static_cast<std::int64_t>(counter_word(seed, r * width + levels.size()) % (2 * noise + 1));
    data.labels.push_back(sum + (random - noise) * 1024 > 0 ? 1 : 0);
  }
  return data;
}

}  // namespace cartwheel::test
