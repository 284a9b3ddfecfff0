#include <gtest/gtest.h>

#include <cartwheel/logistic_regression.hpp>
#include <cmath>

#include "linear/reference_logistic.hpp"
#include "support/golden_file.hpp"

/// Against optima proved by make.py beside the golden file, and scikit-learn's coefficients where they come as close.
namespace cartwheel {
namespace {

LogisticRegressionOptions options_of(const nlohmann::json& settings, const nlohmann::json& fit) {
  LogisticRegressionOptions options;
  const std::string penalty = fit["penalty"];
  options.penalty = penalty == "l1"           ? Penalty::l1
                    : penalty == "l2"         ? Penalty::l2
                    : penalty == "elasticnet" ? Penalty::elasticnet
                                              : Penalty::none;
  options.C = fit["C"];
  options.l1_ratio = fit["l1_ratio"];
  options.fit_intercept = settings.value("fit_intercept", true);
  if (settings.contains("class_weight")) {
    const auto& weight = settings["class_weight"];
    options.class_weight.rule = weight.is_string() ? ClassWeight::Rule::balanced : ClassWeight::Rule::given;
    if (!weight.is_string()) options.class_weight.weights = weight;
  }
  return options;
}

test::Real spread(const std::vector<float>& column) {
  test::Real mean = 0, square = 0;
  for (const float v : column) mean += static_cast<test::Real>(v) / static_cast<test::Real>(column.size());
  for (const float v : column) square += (static_cast<test::Real>(v) - mean) * (static_cast<test::Real>(v) - mean);
  return std::sqrt(square / static_cast<test::Real>(column.size()));
}

TEST(LogisticRegressionGolden, ReachesTheOptimum) {
  const auto golden = test::golden_file("logistic_regression/logistic_regression.json");
  ASSERT_EQ(golden["cases"].size(), 7u);
  std::size_t compared = 0;
  for (const auto& c : golden["cases"]) {
    const auto rows = test::labelled_rows(c["x"].get<std::vector<double>>(), c["columns"].get<std::size_t>(),
                                          c["y"].get<std::vector<std::uint8_t>>());
    for (const auto& fit : c["fits"]) {
      const auto options = options_of(c["settings"], fit);
      SCOPED_TRACE(c["name"].get<std::string>() + " " + fit["penalty"].get<std::string>() + " C=" + fit["C"].dump() +
                   " l1_ratio=" + fit["l1_ratio"].dump());
      const auto model = LogisticRegression::fit(rows.matrix(), rows.y, options);
      EXPECT_TRUE(model.report().converged) << model.warnings().front();
      const auto optimum = fit["optimum"].get<double>();
      EXPECT_NEAR(static_cast<double>(test::objective_of({rows, options}, model)) / optimum, 1.0, 1e-10);
      EXPECT_NEAR(model.report().objective / optimum, 1.0, 1e-10);

      if (!fit.contains("coefficients")) continue;
      ++compared;
      const std::vector<double> expected = fit["coefficients"];
      std::vector<double> scale;
      double largest = 1e-3;
      for (std::size_t j = 0; j < expected.size(); ++j) {
        scale.push_back(static_cast<double>(spread(rows.columns[j])));
        largest = std::max(largest, std::abs(expected[j] * scale[j]));
      }
      for (std::size_t j = 0; j < expected.size(); ++j)
        EXPECT_NEAR(model.coefficients()[j] * scale[j], expected[j] * scale[j], 1e-4 * largest) << "column " << j;
    }
  }
  EXPECT_GT(compared, 50u);
}

}  // namespace
}  // namespace cartwheel
