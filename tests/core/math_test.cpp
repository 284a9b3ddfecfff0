#include "core/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "core/philox.hpp"
#include "support/ulp_error.hpp"

namespace cartwheel::core {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double smallest_subnormal = std::numeric_limits<double>::denorm_min();

/// Points where functions are likely to go wrong, with their nearest neighbours: powers of two, small integers and
/// their inverses, the places where an implementation or a result changes its form.
std::vector<double> landmarks() {
  std::vector<double> points;
  for (int k = -1074; k <= 1023; ++k) points.push_back(std::ldexp(1.0, k));
  for (int i = 1; i <= 1000; ++i)
    points.insert(points.end(), {1.0 * i, 0.1 * i, 1.0 / i, 1.0 - 0.001 * i, 1.0 + 0.001 * i});
  points.insert(points.end(), {std::sqrt(2.0), std::sqrt(0.5), std::log(2.0), 0.5 * std::log(2.0), 0.29, 0.41, 36.7,
                               37.5, 709.782712893384, 708.39641853226408, 744.44007192138126, 745.133219101941,
                               largest, std::numeric_limits<double>::min()});
  const std::size_t count = points.size();
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(std::nextafter(points[i], 0.0));
    points.push_back(std::nextafter(points[i], inf));
  }
  return points;
}

/// Random doubles of every size: uniform bit patterns, and uniform numbers in ranges where the results are ordinary.
std::vector<double> samples(std::size_t each) {
  std::vector<double> points;
  RandomStream random(2024, RandomPurpose::permutation);
  while (points.size() < each) {
    const double x = math_detail::from_bits(random.next_bits() >> 1);
    if (std::isfinite(x)) points.push_back(x);
  }
  for (std::size_t i = 0; i < each; ++i) {
    points.push_back(random.uniform() * 750.0);
    points.push_back(random.uniform() * 4.0);
    points.push_back(1.0 + (random.uniform() - 0.5) * 0x1p-4);
    points.push_back(std::ldexp(1.0 + random.uniform(), -static_cast<int>(random.below(60))));
    points.push_back(std::ldexp(random.uniform(), -1022));
  }
  return points;
}

using Exact = std::function<void(mpfr_ptr, mpfr_ptr)>;

struct Worst {
  double error = 0.0;
  double at = 0.0;
};

/// The largest error over landmarks and samples, of both signs where the function takes them.
Worst worst_error(const std::function<double(double)>& function, const Exact& exact, double lowest) {
  std::vector<double> points = landmarks();
  const std::vector<double> random = samples(20'000);
  points.insert(points.end(), random.begin(), random.end());
  test::UlpError ulp;
  Worst worst;
  for (const double point : points)
    for (const double x : {point, -point}) {
      if (!(x > lowest) || std::isinf(x)) continue;
      const double error = ulp.measure(x, function(x), exact);
      if (error > worst.error) worst = {error, x};
    }
  ::testing::Test::RecordProperty("worst_ulp", std::to_string(worst.error));
  return worst;
}

TEST(Math, ExpIsWithinItsBound) {
  const Worst worst = worst_error(
      exp, [](mpfr_ptr y, mpfr_ptr x) { mpfr_exp(y, x, MPFR_RNDN); }, -inf);
  EXPECT_LE(worst.error, 1.0) << worst.at;
  EXPECT_GT(worst.error, 0.5);  // else the measure itself is broken: no result is better than correctly rounded
}

TEST(Math, LogIsWithinItsBound) {
  const Worst worst = worst_error(
      log, [](mpfr_ptr y, mpfr_ptr x) { mpfr_log(y, x, MPFR_RNDN); }, 0.0);
  EXPECT_LE(worst.error, 1.0) << worst.at;
  EXPECT_GT(worst.error, 0.5);
}

TEST(Math, Log1pIsWithinItsBound) {
  const Worst worst = worst_error(
      log1p, [](mpfr_ptr y, mpfr_ptr x) { mpfr_log1p(y, x, MPFR_RNDN); }, -1.0);
  EXPECT_LE(worst.error, 1.0) << worst.at;
  EXPECT_GT(worst.error, 0.5);
}

TEST(Math, XLog2XIsWithinItsBound) {
  const auto exact = [](mpfr_ptr y, mpfr_ptr x) {
    mpfr_log2(y, x, MPFR_RNDN);
    mpfr_mul(y, y, x, MPFR_RNDN);
  };
  const Worst worst = worst_error(x_log2_x, exact, 0.0);
  EXPECT_LE(worst.error, 1.6) << worst.at;
  EXPECT_GT(worst.error, 0.5);
}

TEST(Math, SigmoidIsWithinItsBound) {
  const auto exact = [](mpfr_ptr y, mpfr_ptr x) {
    mpfr_neg(y, x, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    mpfr_add_ui(y, y, 1, MPFR_RNDN);
    mpfr_ui_div(y, 1, y, MPFR_RNDN);
  };
  const Worst worst = worst_error(sigmoid, exact, -inf);
  EXPECT_LE(worst.error, 3.0) << worst.at;
  EXPECT_GT(worst.error, 0.5);
}

TEST(Math, SoftplusIsWithinItsBound) {
  const auto exact = [](mpfr_ptr y, mpfr_ptr x) {
    mpfr_exp(y, x, MPFR_RNDN);
    if (mpfr_cmp_d(x, 1e6) > 0)
      mpfr_set(y, x, MPFR_RNDN);  // e^-x is far below the last of 200 bits
    else
      mpfr_log1p(y, y, MPFR_RNDN);
  };
  const Worst worst = worst_error(softplus, exact, -inf);
  EXPECT_LE(worst.error, 2.0) << worst.at;
  EXPECT_GT(worst.error, 0.5);
}

TEST(Math, ExpAtTheEnds) {
  EXPECT_EQ(exp(0.0), 1.0);
  EXPECT_EQ(exp(-0.0), 1.0);
  EXPECT_EQ(exp(inf), inf);
  EXPECT_EQ(exp(-inf), 0.0);
  EXPECT_TRUE(std::isnan(exp(std::nan(""))));
  EXPECT_EQ(exp(710.0), inf);
  EXPECT_EQ(exp(-746.0), 0.0);
  EXPECT_EQ(exp(largest), inf);
  EXPECT_EQ(exp(-largest), 0.0);
  EXPECT_TRUE(std::isfinite(exp(709.782712893383973)));  // ln of the largest double, rounded down
  EXPECT_EQ(exp(std::nextafter(709.782712893383973, inf)), inf);
  EXPECT_EQ(exp(-745.0), smallest_subnormal);
}

TEST(Math, LogAtTheEnds) {
  EXPECT_EQ(log(1.0), 0.0);
  EXPECT_EQ(log(0.0), -inf);
  EXPECT_EQ(log(-0.0), -inf);
  EXPECT_EQ(log(inf), inf);
  EXPECT_TRUE(std::isnan(log(-smallest_subnormal)));
  EXPECT_TRUE(std::isnan(log(-inf)));
  EXPECT_TRUE(std::isnan(log(std::nan(""))));
}

TEST(Math, Log1pAtTheEnds) {
  EXPECT_EQ(log1p(0.0), 0.0);
  EXPECT_EQ(log1p(-1.0), -inf);
  EXPECT_EQ(log1p(inf), inf);
  EXPECT_TRUE(std::isnan(log1p(-1.0000000000000002)));
  EXPECT_TRUE(std::isnan(log1p(-inf)));
  EXPECT_TRUE(std::isnan(log1p(std::nan(""))));
  for (const double tiny : {1e-17, 1e-300, smallest_subnormal}) {
    EXPECT_EQ(log1p(tiny), tiny);
    EXPECT_EQ(log1p(-tiny), -tiny);
  }
}

TEST(Math, XLog2XAtTheEnds) {
  EXPECT_EQ(x_log2_x(0.0), 0.0);
  EXPECT_EQ(x_log2_x(1.0), 0.0);
  EXPECT_EQ(x_log2_x(inf), inf);
  EXPECT_TRUE(std::isnan(x_log2_x(-1.0)));
  EXPECT_TRUE(std::isnan(x_log2_x(std::nan(""))));
  for (int k = -1022; k <= 1000; ++k) EXPECT_EQ(x_log2_x(std::ldexp(1.0, k)), std::ldexp(1.0, k) * k);
}

TEST(Math, SigmoidAtTheEnds) {
  EXPECT_EQ(sigmoid(0.0), 0.5);
  EXPECT_EQ(sigmoid(inf), 1.0);
  EXPECT_EQ(sigmoid(-inf), 0.0);
  EXPECT_EQ(sigmoid(1e300), 1.0);
  EXPECT_EQ(sigmoid(-1e300), 0.0);
  EXPECT_GT(sigmoid(-740.0), 0.0);
  EXPECT_TRUE(std::isnan(sigmoid(std::nan(""))));
}

TEST(Math, SoftplusAtTheEnds) {
  EXPECT_EQ(softplus(inf), inf);
  EXPECT_EQ(softplus(-inf), 0.0);
  EXPECT_EQ(softplus(1e300), 1e300);
  EXPECT_EQ(softplus(-1e300), 0.0);
  EXPECT_TRUE(std::isnan(softplus(std::nan(""))));
}

TEST(Math, KeepsTheOrderOfMargins) {
  // Steps of 2^-40 of the argument's size are far above the error bounds, so no result may step back.
  RandomStream random(9, RandomPurpose::permutation);
  for (int i = 0; i < 20'000; ++i) {
    const double x = (random.uniform() - 0.5) * 80.0;
    const double next = x + 0x1p-34;
    ASSERT_LE(sigmoid(x), sigmoid(next)) << x;
    ASSERT_LE(softplus(x), softplus(next)) << x;
    ASSERT_LT(exp(x), exp(next)) << x;
  }
}

}  // namespace
}  // namespace cartwheel::core
