#include "linear/logistic_terms.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "linear/lanes.hpp"
#include "support/labelled_rows.hpp"

namespace cartwheel::linear {
namespace {

TEST(LogisticTerms, EqualsTheSharedFunctions) {
  constexpr double ulp = std::numeric_limits<double>::epsilon();
  for (const double a : {-600.0, -40.0, -3.0, -0.9, -0.88, -1e-9, -0.0, 0.0, 1e-300, 0.5, 0.89, 2.0, 37.0, 600.0}) {
    const auto terms = logistic_terms(a);
    EXPECT_NEAR(terms.loss, core::softplus(a), 2 * ulp * terms.loss) << a;
    EXPECT_NEAR(terms.error, core::sigmoid(a), 2 * ulp * terms.error) << a;
    EXPECT_NEAR(terms.curvature, core::sigmoid(a) * core::sigmoid(-a), 2 * ulp * terms.curvature) << a;
  }
}

TEST(LogisticTerms, EachLaneHasTheBitsOfOneNumber) {
  test::TestRandom random(1);
  for (int round = 0; round < 2000; ++round) {
    HalfLanes a;
    for (std::size_t l = 0; l < half_lanes; ++l)
      a[l] = round == 0 ? (static_cast<double>(l) - 4.0) * 1e300 : 20.0 * random.normal() * random.normal();
    LogisticTerms<HalfLanes> terms;
    logistic_terms<HalfLanes, HalfBits>(a, terms);
    for (std::size_t l = 0; l < half_lanes; ++l) {
      const auto one = logistic_terms(a[l]);
      EXPECT_EQ(terms.loss[l], one.loss) << a[l];
      EXPECT_EQ(terms.error[l], one.error) << a[l];
      EXPECT_EQ(terms.curvature[l], one.curvature) << a[l];
    }
  }
}

TEST(LogisticTerms, FarMarginsStayFinite) {
  const double most = std::numeric_limits<double>::max();
  EXPECT_EQ(logistic_terms(most).loss, most);
  EXPECT_EQ(logistic_terms(most).error, 1.0);
  EXPECT_EQ(logistic_terms(most).curvature, 0.0);
  EXPECT_EQ(logistic_terms(-most).loss, 0.0);
  EXPECT_EQ(logistic_terms(-most).error, 0.0);
}

}  // namespace
}  // namespace cartwheel::linear
