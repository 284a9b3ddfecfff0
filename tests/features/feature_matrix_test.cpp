#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cmath>
#include <limits>

#include "core/philox.hpp"

namespace cartwheel {
namespace {

using core::RandomPurpose;
using core::RandomStream;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// A matrix with one column of each type, and the same values as plain numbers.
struct Sample {
  FeatureMatrix matrix;
  std::vector<std::vector<float>> dense;
};

Sample random_sample(std::size_t rows, std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::generate);
  Sample sample{FeatureMatrix(rows), std::vector(4, std::vector<float>(rows))};
  FloatColumn numbers;
  BitColumn bits{std::vector<std::uint64_t>((rows + 63) / 64)};
  CategoryColumn categories{{}, {"", "a", "b", "c"}};
  SparseColumn sparse;
  for (std::uint32_t r = 0; r < rows; ++r) {
    numbers.values.push_back(random.below(5) == 0 ? nan : static_cast<float>(random.uniform()));
    sample.dense[0][r] = numbers.values.back();
    const bool bit = random.below(2) == 1;
    bits.words[r / 64] |= std::uint64_t{bit} << (r % 64);
    sample.dense[1][r] = bit ? 1.0f : 0.0f;
    categories.codes.push_back(random.below(4));
    sample.dense[2][r] = categories.codes.back() == 0 ? nan : static_cast<float>(categories.codes.back());
    if (random.below(6) != 0) continue;
    sparse.rows.push_back(r);
    sparse.values.push_back(random.below(4) == 0 ? nan : 1.0f + static_cast<float>(random.below(3)));
    sample.dense[3][r] = sparse.values.back();
  }
  sample.matrix.add("number", numbers);
  sample.matrix.add("bit", bits);
  sample.matrix.add("category", categories);
  sample.matrix.add("sparse", sparse);
  return sample;
}

void expect_same(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) << "row " << i << ": " << a[i] << ", " << b[i];
}

std::vector<float> column_of(const FeatureMatrix& matrix, std::size_t j) {
  std::vector<float> values(matrix.rows(), -99.0f);  // stale contents must be overwritten
  matrix.copy_column(j, values);
  return values;
}

class FeatureMatrixLaws : public ::testing::TestWithParam<std::size_t> {};

TEST_P(FeatureMatrixLaws, CopyColumnGivesTheValuesThatWereAdded) {
  const Sample sample = random_sample(GetParam(), 1);
  for (std::size_t j = 0; j < 4; ++j) expect_same(column_of(sample.matrix, j), sample.dense[j]);
}

TEST_P(FeatureMatrixLaws, SelectRowsGivesTheDenseRowsInThatOrder) {
  const Sample sample = random_sample(GetParam(), 2);
  RandomStream random(3, RandomPurpose::generate);
  for (const std::size_t count : {0u, 1u, 64u, 65u, 300u}) {
    std::vector<std::uint32_t> rows;  // in no order, with repeats
    if (GetParam() > 0)
      while (rows.size() < count) rows.push_back(random.below(static_cast<std::uint32_t>(GetParam())));
    const FeatureMatrix selected = sample.matrix.select_rows(rows);
    ASSERT_EQ(selected.rows(), rows.size());
    EXPECT_EQ(selected.names(), sample.matrix.names());
    FeatureMatrix checked(rows.size());  // what was selected obeys the rules of each type
    for (std::size_t j = 0; j < 4; ++j) {
      std::vector<float> expected;
      for (const std::uint32_t row : rows) expected.push_back(sample.dense[j][row]);
      expect_same(column_of(selected, j), expected);
      EXPECT_EQ(selected.column(j).index(), sample.matrix.column(j).index());
      EXPECT_NO_THROW(checked.add(selected.names()[j], selected.column(j)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, FeatureMatrixLaws, ::testing::Values(0u, 1u, 63u, 64u, 65u, 200u));

TEST(FeatureMatrix, IsEmptyAtFirst) {
  const FeatureMatrix matrix;
  EXPECT_EQ(matrix.rows(), 0u);
  EXPECT_EQ(matrix.columns(), 0u);
}

TEST(FeatureMatrix, ManyColumnsKeepTheirOrder) {
  FeatureMatrix matrix(1);
  matrix.add("b", FloatColumn{{1.0f}});
  matrix.add("a", FloatColumn{{2.0f}});
  EXPECT_THAT(matrix.names(), ElementsAre("b", "a"));
  EXPECT_THAT(column_of(matrix, 1), ElementsAre(2.0f));
}

void expect_refused(std::size_t rows, FeatureMatrix::Column column, const char* reason) {
  FeatureMatrix matrix(rows);
  EXPECT_THAT([&] { matrix.add("price", std::move(column)); },
              ThrowsMessage<DataError>(::testing::AllOf(HasSubstr("'price'"), HasSubstr(reason))));
  EXPECT_EQ(matrix.columns(), 0u);
}

TEST(FeatureMatrix, RefusesBadFloatColumns) {
  expect_refused(2, FloatColumn{{1.0f}}, "has 1 values; the matrix needs 2");
  expect_refused(2, FloatColumn{{1.0f, infinity}}, "infinite in row 1");
  expect_refused(2, FloatColumn{{-infinity, 1.0f}}, "infinite in row 0");
}

TEST(FeatureMatrix, RefusesBadBitColumns) {
  expect_refused(65, BitColumn{{0}}, "has 1 words of 64 bits; the matrix needs 2");
  expect_refused(3, BitColumn{{8}}, "beyond its 3 rows");
}

TEST(FeatureMatrix, RefusesBadCategoryColumns) {
  expect_refused(2, CategoryColumn{{0}, {""}}, "has 1 codes");
  expect_refused(1,
                 CategoryColumn{{1},
                                {
                                    "",
                                }},
                 "has code 1 in row 0, but only 1 levels");
  expect_refused(1, CategoryColumn{{0}, {}}, "first level");
  expect_refused(1, CategoryColumn{{0}, {"a"}}, "first level");
}

TEST(FeatureMatrix, RefusesBadSparseColumns) {
  expect_refused(3, SparseColumn{{0, 1}, {1.0f}}, "has 1 values for the rows it names");
  expect_refused(3, SparseColumn{{1, 0}, {1.0f, 1.0f}}, "row 0 after row 1");
  expect_refused(3, SparseColumn{{1, 1}, {1.0f, 1.0f}}, "row 1 after row 1");
  expect_refused(3, SparseColumn{{3}, {1.0f}}, "names row 3, but the matrix has 3 rows");
  expect_refused(3, SparseColumn{{0}, {0.0f}}, "not 0");
  expect_refused(3, SparseColumn{{0}, {infinity}}, "finite");
}

TEST(FeatureMatrix, ReplacesAColumnByAnother) {
  FeatureMatrix x(2);
  x.add("a", FloatColumn{{1, 2}});
  x.add("b", FloatColumn{{3, 4}});
  x.replace(0, BitColumn{{0b10}});
  std::vector<float> values(2);
  x.copy_column(0, values);
  EXPECT_THAT(values, ::testing::ElementsAre(0, 1));
  x.copy_column(1, values);
  EXPECT_THAT(values, ::testing::ElementsAre(3, 4));
  EXPECT_EQ(x.names()[0], "a");
  EXPECT_THAT([&] { x.replace(1, FloatColumn{{3}}); },
              ::testing::ThrowsMessage<DataError>(::testing::HasSubstr("'b'")));
}

TEST(FeatureMatrix, RefusesANameThatIsTaken) {
  FeatureMatrix matrix(1);
  matrix.add("price", FloatColumn{{1.0f}});
  EXPECT_THAT([&] { matrix.add("price", FloatColumn{{1.0f}}); },
              ThrowsMessage<DataError>(HasSubstr("'price' is there twice")));
}

TEST(FeatureMatrix, RefusesRowsThatAreNotThere) {
  const std::vector<std::uint32_t> rows{0, 2};
  EXPECT_THAT([&] { FeatureMatrix(2).select_rows(rows); },
              ThrowsMessage<DataError>(HasSubstr("row 2 was asked of a matrix of 2 rows")));
  EXPECT_THROW(FeatureMatrix(std::size_t{1} << 32), DataError);
}

}  // namespace
}  // namespace cartwheel
