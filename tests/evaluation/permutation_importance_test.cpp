#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/permutation_importance.hpp>
#include <cartwheel/random_forest.hpp>
#include <cmath>
#include <set>

#include "core/parallel.hpp"
#include "support/float_matrix.hpp"
#include "support/loose_labels.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const Metric precision = [](auto y, auto score) { return average_precision(y, score); };

class PermutationImportanceTest : public ::testing::Test {
 protected:
  test::LooseLabels data{1, 600, 3};
  FeatureMatrix x = [this] {
    auto columns = data.columns;
    columns.emplace_back(600, 1.0f);  // says nothing
    return test::float_matrix(columns);
  }();
  RandomForest forest = RandomForest::fit(x, data.labels, {.n_estimators = 10});
};

TEST_F(PermutationImportanceTest, IsWhatTheScoreLoses) {
  const auto result = permutation_importance(forest, x, data.labels, precision, {.repeats = 4, .seed = 7});
  EXPECT_EQ(result.score, average_precision(data.labels, forest.predict_proba(x)));
  ASSERT_EQ(result.drops.size(), 16u);
  for (std::size_t j = 0; j < 4; ++j) {
    const auto drops = std::span(result.drops).subspan(4 * j, 4);
    const double mean = (drops[0] + drops[1] + drops[2] + drops[3]) / 4;
    double squares = 0.0;
    for (const double drop : drops) squares += (drop - mean) * (drop - mean);
    EXPECT_DOUBLE_EQ(result.mean[j], mean);
    EXPECT_NEAR(result.std[j], std::sqrt(squares / 4), 1e-15);
    if (j == 3) {
      EXPECT_THAT(drops, ::testing::Each(0.0));
    } else {
      EXPECT_GT(result.mean[j], 0.05);
      EXPECT_EQ(std::set(drops.begin(), drops.end()).size(), 4u);  // no two permutations are the same
    }
  }
}

TEST_F(PermutationImportanceTest, AColumnKeepsItsValuesAndTheOthersTheirRows) {
  // A metric that sees what the model is given: the model below returns column 0, then column 1.
  struct Echo final : Model {
    std::vector<std::string> names{"x0", "x1"};
    mutable std::vector<std::vector<float>> seen;
    std::string_view name() const override { return "echo"; }
    const std::vector<std::string>& feature_names() const override { return names; }
    std::vector<double> predict_proba(const FeatureMatrix& rows) const override {
      for (std::size_t j = 0; j < 2; ++j) {
        seen.emplace_back(rows.rows());
        rows.copy_column(j, seen.back());
      }
      return std::vector<double>(rows.rows());
    }
    void write(core::ByteWriter&) const override {}
  } echo;
  const std::vector<float> first{1, 2, 3, 4, 5, 6, 7, 8}, second{8, 7, 6, 5, 4, 3, 2, 1};
  const std::vector<std::uint8_t> labels{0, 1, 0, 1, 0, 1, 0, 1};
  permutation_importance(echo, test::float_matrix({first, second}), labels, precision, {.repeats = 2});
  ASSERT_EQ(echo.seen.size(), 2u * 5);
  for (std::size_t call = 0; call < 5; ++call) {
    const auto &a = echo.seen[2 * call], &b = echo.seen[2 * call + 1];
    EXPECT_THAT(a, ::testing::UnorderedElementsAreArray(first));
    EXPECT_THAT(b, ::testing::UnorderedElementsAreArray(second));
    EXPECT_EQ(a == first, call == 0 || call >= 3);
    EXPECT_EQ(b == second, call < 3);
  }
}

TEST_F(PermutationImportanceTest, TheSeedAloneDecides) {
  const auto drops = [&](std::uint64_t seed) {
    return permutation_importance(forest, x, data.labels, precision, {.repeats = 2, .seed = seed}).drops;
  };
  std::set<std::vector<double>> results;
  for (const int threads : {1, 3}) core::with_threads(threads, [&] { results.insert(drops(1)); });
  EXPECT_EQ(results.size(), 1u);
  EXPECT_NE(drops(1), drops(2));
}

TEST_F(PermutationImportanceTest, BadInputIsNamed) {
  EXPECT_THAT([&] { permutation_importance(forest, x, data.labels, precision, {.repeats = 0}); },
              ThrowsMessage<ParameterError>(HasSubstr("repeats is 0")));
  EXPECT_THAT([&] { permutation_importance(forest, x, std::vector<std::uint8_t>(5), precision); },
              ThrowsMessage<DataError>(HasSubstr("5 labels for 600 rows")));
}

}  // namespace
}  // namespace cartwheel
