#include "evaluation/multinomial.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <numeric>
#include <vector>

using namespace cartwheel;
using evaluation::draw_binomial;
using evaluation::draw_multinomial;

namespace {

core::RandomStream stream(std::uint32_t id) { return {17, core::RandomPurpose::threshold_bootstrap, id}; }

TEST(Binomial, FollowsTheProbabilityFunction) {
  constexpr std::uint64_t n = 12;
  constexpr double p = 0.3;
  constexpr int draws = 100'000;
  core::RandomStream random = stream(0);
  std::array<double, n + 1> seen{};
  for (int i = 0; i < draws; ++i) seen[draw_binomial(random, n, p)] += 1.0;
  double expected = std::pow(1.0 - p, n);  // of 0 successes
  for (std::uint64_t k = 0; k <= n; ++k) {
    // Five standard deviations of a count.
    EXPECT_NEAR(seen[k], draws * expected, 5.0 * std::sqrt(draws * expected) + 1.0) << k;
    expected *= static_cast<double>(n - k) / static_cast<double>(k + 1) * p / (1.0 - p);
  }
}

TEST(Binomial, HasTheRightMeanAndVarianceAtEverySize) {
  constexpr int draws = 4000;
  for (const std::uint64_t n : {1ull, 15ull, 16ull, 1000ull, 1'000'000ull, 1ull << 32})
    for (const double p : {1e-6, 0.01, 0.5, 0.97}) {
      SCOPED_TRACE(n);
      SCOPED_TRACE(p);
      core::RandomStream random = stream(static_cast<std::uint32_t>(n % 1'000'003));
      const double mean = static_cast<double>(n) * p, variance = mean * (1.0 - p);
      double sum = 0.0, squares = 0.0;
      for (int i = 0; i < draws; ++i) {
        const double deviation = static_cast<double>(draw_binomial(random, n, p)) - mean;
        sum += deviation;
        squares += deviation * deviation;
      }
      EXPECT_NEAR(sum / draws, 0.0, 5.0 * std::sqrt(variance / draws));
      // The fourth moment of a binomial is at most 3 variance^2 + variance.
      EXPECT_NEAR(squares / draws, variance, 5.0 * std::sqrt((2.0 * variance * variance + variance) / draws));
    }
}

TEST(Binomial, CertainTrialsNeedNoLuck) {
  core::RandomStream random = stream(1);
  EXPECT_EQ(draw_binomial(random, 1000, 0.0), 0u);
  EXPECT_EQ(draw_binomial(random, 1000, 1.0), 1000u);
  EXPECT_EQ(draw_binomial(random, 0, 0.5), 0u);
}

TEST(Multinomial, KeepsTheTotalAndEmptyCells) {
  core::RandomStream random = stream(2);
  const std::vector<std::uint64_t> weight{0, 10, 0, 200, 3, 0};
  std::vector<std::uint64_t> sum(weight.size()), out(weight.size());
  constexpr std::uint64_t draws = 2000;
  for (std::uint64_t i = 0; i < draws; ++i) {
    draw_multinomial(random, weight, out);
    ASSERT_EQ(std::accumulate(out.begin(), out.end(), std::uint64_t{0}), 213u);
    for (std::size_t cell = 0; cell < out.size(); ++cell) sum[cell] += out[cell];
  }
  for (std::size_t cell = 0; cell < weight.size(); ++cell) {
    const auto w = static_cast<double>(weight[cell]);
    EXPECT_NEAR(static_cast<double>(sum[cell]) / draws, w, 5.0 * std::sqrt(w / draws)) << cell;
  }
}

}  // namespace
