#include "core/tile_sum.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::core {
namespace {

/// Numbers of very different sizes and both signs: another order of additions gives another sum.
std::vector<double> uneven_numbers(std::size_t count) {
  RandomStream random(31, RandomPurpose::permutation);
  std::vector<double> numbers(count);
  for (double& x : numbers) x = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(60)) - 30);
  return numbers;
}

double pairwise(const std::vector<double>& sums) {
  if (sums.empty()) return 0.0;
  if (sums.size() == 1) return sums[0];
  std::vector<double> next;
  for (std::size_t i = 0; i + 1 < sums.size(); i += 2) next.push_back(sums[i] + sums[i + 1]);
  if (sums.size() % 2 == 1) next.push_back(sums.back());
  return pairwise(next);
}

/// The documented order of additions, taken word for word.
double slow_tile_sum(const std::vector<double>& numbers) {
  std::vector<double> tiles;
  for (std::size_t begin = 0; begin < numbers.size(); begin += 4096) {
    double lane[8] = {};
    for (std::size_t l = 0; l < 8; ++l)
      for (std::size_t i = begin + l; i < std::min(numbers.size(), begin + 4096); i += 8) lane[l] += numbers[i];
    const double even = (lane[0] + lane[4]) + (lane[2] + lane[6]);
    const double odd = (lane[1] + lane[5]) + (lane[3] + lane[7]);
    tiles.push_back(even + odd);
  }
  return pairwise(tiles);
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

class TileSum : public ::testing::TestWithParam<std::size_t> {};

TEST_P(TileSum, AddsInTheDocumentedOrderForAnyNumberOfThreads) {
  const std::vector<double> numbers = uneven_numbers(GetParam());
  const double expected = slow_tile_sum(numbers);
  for (const int threads : {1, 2, 7})
    with_threads(threads, [&] {
      const double sum = tile_sum(numbers.size(), [&](std::size_t i) { return numbers[i]; });
      EXPECT_TRUE(same_bits(sum, expected)) << threads << " threads: " << sum << ", expected " << expected;
    });
}

INSTANTIATE_TEST_SUITE_P(Rows, TileSum,
                         ::testing::Values(0, 1, 7, 8, 9, 4095, 4096, 4097, 8192, 12'289, 40'961, 100'003));

TEST(TileSumOrder, IsNotTheOrderOfALoop) {
  // Otherwise the test above could not tell one order from another.
  const std::vector<double> numbers = uneven_numbers(100'003);
  double sum = 0.0;
  for (const double x : numbers) sum += x;
  EXPECT_FALSE(same_bits(sum, slow_tile_sum(numbers)));
  EXPECT_NEAR(sum, slow_tile_sum(numbers), 1e-3 * std::abs(sum));
}

TEST(TileSumOrder, IsExactForIntegers) {
  EXPECT_EQ(tile_sum(1'000'000, [](std::size_t i) { return static_cast<double>(i); }), 499'999'500'000.0);
}

}  // namespace
}  // namespace cartwheel::core
