#include "linear/logistic_terms.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace cartwheel::linear {
namespace {

TEST(LogisticTerms, EqualsTheSharedFunctions) {
  for (const double a : {-745.0, -40.0, -3.0, -1e-9, -0.0, 0.0, 1e-300, 0.5, 2.0, 37.0, 710.0}) {
    const LogisticTerms terms = logistic_terms(a);
    EXPECT_EQ(terms.loss, core::softplus(a)) << a;
    EXPECT_EQ(terms.error, core::sigmoid(a)) << a;
    EXPECT_NEAR(terms.curvature, core::sigmoid(a) * core::sigmoid(-a), 4e-16 * terms.curvature) << a;
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
