#include "pipeline/fit_memory.hpp"

#include <gtest/gtest.h>

#include <cartwheel/model.hpp>
#include <string>
#include <tuple>

#include "core/bytes.hpp"
#include "support/labelled_rows.hpp"

namespace cartwheel::pipeline {
namespace {

using Case = std::pair<const char*, Parameters>;

struct FitMemoryOf : ::testing::TestWithParam<Case> {};

/// What a model writes is less than what it has in memory, so this is a bound that a wrong formula fails.
TEST_P(FitMemoryOf, IsAtLeastWhatTheModelWrites) {
  const auto& [model, parameters] = GetParam();
  for (const std::size_t rows : {50u, 3000u}) {
    const test::LabelledRows training = test::random_rows(7, rows, 6);
    core::ByteWriter out;
    fit_model(model, parameters, training.matrix(), training.y, {})->write(out);
    constexpr std::uint64_t names = 1024;
    EXPECT_LE(out.bytes().size(), fit_memory(model, parameters, rows, 6).model + names) << rows << " rows";
  }
}

INSTANTIATE_TEST_SUITE_P(Models, FitMemoryOf,
                         ::testing::Values(Case{"bernoulli_nb", {}}, Case{"logistic_regression", {}},
                                           Case{"decision_tree", {}},
                                           Case{"decision_tree", {{"max_depth", std::int64_t{3}}}},
                                           Case{"random_forest", {{"n_estimators", std::int64_t{10}}}},
                                           Case{"random_forest", {{"min_samples_leaf", std::int64_t{5}}}},
                                           Case{"random_forest", {{"bootstrap", false}}}),
                         [](const auto& test_case) {
                           return std::string(test_case.param.first) + "_" + std::to_string(test_case.index);
                         });

TEST(FitMemory, IsLessWhereTheParametersEndTheTrees) {
  const auto forest = [](const Parameters& parameters) {
    return fit_memory("random_forest", parameters, 1'000'000, 15).model;
  };
  EXPECT_LT(forest({{"max_depth", std::int64_t{10}}}) * 100, forest({}));
  EXPECT_LT(forest({{"min_samples_leaf", std::int64_t{20}}}) * 10, forest({}));
  EXPECT_EQ(forest({{"n_estimators", std::int64_t{50}}}) * 2, forest({}));
}

TEST(FitMemory, IsNothingWhereNothingIsFitted) {
  EXPECT_EQ(fit_memory("random_forest", {{"n_estimators", std::int64_t{0}}}, 100, 3).model, 0u);
}

}  // namespace
}  // namespace cartwheel::pipeline
