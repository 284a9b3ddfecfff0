#include "tree/row_block.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cartwheel/error.hpp>
#include <limits>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

TEST(RowBlock, EveryBlockHasTheValuesOfTheColumns) {
  constexpr std::size_t rows = 200;
  constexpr float missing = std::numeric_limits<float>::quiet_NaN();
  core::RandomStream random(1, core::RandomPurpose::generate);
  FloatColumn numbers;
  BitColumn bits{std::vector<std::uint64_t>(4)};
  CategoryColumn categories{{}, {"", "b", "new", "a"}};
  SparseColumn sparse;
  for (std::uint32_t row = 0; row < rows; ++row) {
    numbers.values.push_back(random.below(5) == 0 ? missing : static_cast<float>(random.below(100)));
    bits.words[row / 64] |= std::uint64_t{random.below(2)} << (row % 64);
    categories.codes.push_back(random.below(4));
    if (random.below(3) != 0) continue;
    sparse.rows.push_back(row);
    sparse.values.push_back(random.below(4) == 0 ? missing : 2.5f);
  }
  FeatureMatrix x(rows);
  x.add("numbers", numbers);
  x.add("bits", bits);
  x.add("categories", categories);
  x.add("sparse", sparse);
  std::vector<std::vector<float>> columns(4, std::vector<float>(rows));
  for (std::size_t j = 0; j < 4; ++j) x.copy_column(j, columns[j]);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::vector<float> places{missing, 2, missing, 1};
    columns[2][row] = places[categories.codes[row]];
  }
  const RowValues values(x, {{}, {}, {"", "a", "b"}, {}});
  for (std::size_t begin = 0; begin <= rows; begin += 25)
    for (std::size_t end = begin; end <= rows; end += 35) {
      std::vector<float> block((end - begin) * 4, 99.0f);
      values.copy(begin, end, block);
      for (std::size_t i = 0; i < block.size(); ++i)
        ASSERT_EQ(std::bit_cast<std::uint32_t>(block[i]), std::bit_cast<std::uint32_t>(columns[i % 4][begin + i / 4]));
    }
}

TEST(RowBlock, CategoriesAreNotNumbers) {
  FeatureMatrix x(1);
  x.add("brand", CategoryColumn{{1}, {"", "a"}});
  EXPECT_THROW(RowValues(x, {{}}), DataError);
  FeatureMatrix numbers(1);
  numbers.add("brand", FloatColumn{{1}});
  EXPECT_THROW(RowValues(numbers, {{"", "a"}}), DataError);
}

TEST(RowBlock, ABlockIsBounded) {
  EXPECT_EQ(rows_a_block(0), 4096u);
  EXPECT_EQ(rows_a_block(15), 4096u);
  EXPECT_EQ(rows_a_block(1024), 256u);
  EXPECT_EQ(rows_a_block(1'000'000), 64u);
}

}  // namespace
}  // namespace cartwheel::tree
