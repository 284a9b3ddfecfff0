#include <gtest/gtest.h>

#include <cartwheel/error.hpp>
#include <cartwheel/population_stability.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace cartwheel {
namespace {

TEST(PopulationStability, IsTheSumOverBinsByHand) {
  // Two bins cut at the reference's median 2: shares 1/2 and 1/2, then 1/4 and 3/4.
  const std::vector<double> reference{1, 2, 3, 4}, other{2, 3, 4, 9};
  EXPECT_NEAR(population_stability_index(reference, other, 2),
              (0.25 - 0.5) * std::log(0.25 / 0.5) + (0.75 - 0.5) * std::log(0.75 / 0.5), 1e-15);
}

TEST(PopulationStability, IsZeroForTheSameAndCountsEmptyBinsAsHalf) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i % 17);
  EXPECT_EQ(population_stability_index(values, values), 0.0);
  EXPECT_EQ(population_stability_index(values, {}), 0.0);
  const std::vector<double> zeros{0, 0}, ones{0, 1, 1, 1};
  // One bin alone: nothing moves between bins that the reference cannot tell apart.
  EXPECT_EQ(population_stability_index(zeros, ones), 0.0);
  const double half = 0.5 / 2;  // no value of the other in the upper bin
  EXPECT_NEAR(population_stability_index(std::vector<double>{0, 1}, std::vector<double>{0, 0}, 2),
              (1 - 0.5) * std::log(1 / 0.5) + (half - 0.5) * std::log(half / 0.5), 1e-15);
}

TEST(PopulationStability, MissingValuesHaveABin) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> reference{1, 1, 1, nan}, other{1, 1, nan, nan};
  EXPECT_NEAR(population_stability_index(reference, other),
              (0.5 - 0.75) * std::log(0.5 / 0.75) + (0.5 - 0.25) * std::log(0.5 / 0.25), 1e-15);
}

TEST(PopulationStability, RefusesBinsOutOfRange) {
  EXPECT_THROW(population_stability_index(std::vector<double>{1}, std::vector<double>{1}, 1), ParameterError);
}

}  // namespace
}  // namespace cartwheel
