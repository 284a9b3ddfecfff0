#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/pca.hpp>
#include <cartwheel/threads.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "support/float_matrix.hpp"
#include "support/golden_file.hpp"
#include "support/labelled_rows.hpp"

namespace cartwheel {
namespace {

std::string bytes_of(const Pca& step) {
  core::ByteWriter out;
  step.write(out);
  return out.bytes();
}

TEST(Pca, IsScikitLearns) {
  const auto golden = test::golden_file("steps/steps.json");
  const FeatureMatrix x = test::float_matrix(golden["dense"].get<std::vector<std::vector<float>>>());
  const Pca step = Pca::fit(x, AllComponents{});
  ASSERT_EQ(step.components(), 6u);
  const FeatureMatrix transformed = step.transform(x);
  std::vector<float> values(x.rows());
  for (std::size_t k = 0; k < 6; ++k) {
    EXPECT_NEAR(step.explained_variance()[k] / golden["explained_variance"][k].get<double>(), 1.0, 1e-10);
    EXPECT_NEAR(step.explained_variance_ratio()[k], golden["explained_variance_ratio"][k].get<double>(), 1e-12);
    for (std::size_t j = 0; j < 6; ++j)
      EXPECT_NEAR(step.loadings()[k * 6 + j], golden["components"][k][j].get<double>(), 1e-9) << k << ' ' << j;
    transformed.copy_column(k, values);
    for (std::size_t i = 0; i < x.rows(); ++i)
      EXPECT_NEAR(values[i], golden["transformed"][k][i].get<double>(), 1e-6) << k << ' ' << i;
  }
}

TEST(Pca, KeepsAsManyAsAreWanted) {
  const auto golden = test::golden_file("steps/steps.json");
  const FeatureMatrix x = test::float_matrix(golden["dense"].get<std::vector<std::vector<float>>>());
  EXPECT_EQ(Pca::fit(x, ComponentCount{2}).components(), 2u);
  EXPECT_EQ(Pca::fit(x, ComponentCount{60}).components(), 6u);
  const double first = golden["explained_variance_ratio"][0], second = golden["explained_variance_ratio"][1];
  EXPECT_EQ(Pca::fit(x, VarianceShare{first - 0.01}).components(), 1u);
  EXPECT_EQ(Pca::fit(x, VarianceShare{first + second - 0.01}).components(), 2u);
  EXPECT_THROW(Pca::fit(x, ComponentCount{0}), ParameterError);
  EXPECT_THROW(Pca::fit(x, VarianceShare{1.0}), ParameterError);
}

TEST(Pca, AMissingValueIsTheMeanAndAConstantHasNoPart) {
  constexpr float missing = std::numeric_limits<float>::quiet_NaN();
  const FeatureMatrix x = test::float_matrix({{1, 2, 3, missing}, {5, 5, 5, 5}, {2, 4, 6, 4}});
  const Pca step = Pca::fit(x, AllComponents{});
  EXPECT_EQ(step.components(), 2u);
  EXPECT_EQ(step.loadings()[1], 0.0);
  std::vector<float> values(4);
  step.transform(x).copy_column(0, values);
  EXPECT_NEAR(values[0], -std::sqrt(5.0), 1e-6) << "the line of (1, 2)";
  EXPECT_NEAR(values[3], 0.0, 1e-6);
  EXPECT_THROW(Pca::fit(test::float_matrix({{5, 5}, {1, 1}}), AllComponents{}), DataError);
  EXPECT_THROW(Pca::fit(test::float_matrix({{5}}), AllComponents{}), DataError);
}

TEST(Pca, SameBytesForAnyNumberOfThreads) {
  const auto rows = test::random_rows(3, 9000, 7);
  const FeatureMatrix x = rows.matrix();
  std::string expected;
  for (const int threads : {1, 2, 7})
    core::with_threads(threads, [&] {
      const std::string bytes = bytes_of(Pca::fit(x, AllComponents{}));
      if (expected.empty()) expected = bytes;
      EXPECT_EQ(bytes, expected) << threads;
    });
}

TEST(Pca, ReadsBackAndRefusesCutBytes) {
  const FeatureMatrix x = test::float_matrix({{1, 2, 3, 9}, {2, 1, 0, 4}});
  const std::string bytes = bytes_of(Pca::fit(x, ComponentCount{1}));
  core::ByteReader in(bytes, "test");
  EXPECT_EQ(bytes_of(Pca::read(in)), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    core::ByteReader cut(std::string_view(bytes).substr(0, size), "test");
    EXPECT_THROW(Pca::read(cut), DataError) << size;
  }
}

}  // namespace
}  // namespace cartwheel
