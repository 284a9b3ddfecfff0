#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cartwheel/logistic_regression.hpp>
#include <string>

#include "core/bytes.hpp"
#include "support/labelled_rows.hpp"

/// What the tests of logistic regression share.
namespace cartwheel::test {

inline constexpr std::array every_penalty{Penalty::l1, Penalty::l2, Penalty::elasticnet, Penalty::none};

inline LogisticRegressionOptions with(Penalty penalty, double c = 1.0) {
  LogisticRegressionOptions options;
  options.penalty = penalty;
  options.C = c;
  return options;
}

inline std::string bytes_of(const Model& model) {
  core::ByteWriter out;
  model.write(out);
  return out.bytes();
}

inline void expect_same_coefficients(const LogisticRegression& a, const LogisticRegression& b, double tolerance) {
  ASSERT_EQ(a.coefficients().size(), b.coefficients().size());
  for (std::size_t j = 0; j < a.coefficients().size(); ++j)
    EXPECT_NEAR(a.coefficients()[j], b.coefficients()[j], tolerance) << j;
  EXPECT_NEAR(a.intercept(), b.intercept(), tolerance);
}

inline LabelledRows parted_rows() {
  LabelledRows rows = test::random_rows(10, 120, 3);
  for (std::size_t i = 0; i < 120; ++i) {
    const float score = rows.columns[0][i] + rows.columns[1][i];
    rows.columns[0][i] += score > 0 ? 0.2f : -0.2f;
    rows.y[i] = score > 0;
  }
  return rows;
}

}  // namespace cartwheel::test
