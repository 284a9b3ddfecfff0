#include "tree/stored_columns.hpp"

#include <gmock/gmock.h>

#include "core/philox.hpp"
#include "support/float_matrix.hpp"
#include "tree/row_bins.hpp"

namespace cartwheel::tree {
namespace {

/// One-hot columns of two categories, one of them turned round, a column that is 1 where a category has its first level
/// and 2 where its last, one that misses most values, and two that share with nobody.
FeatureMatrix exclusive_columns(std::uint64_t seed, std::uint32_t rows) {
  core::RandomStream random(seed, core::RandomPurpose::generate);
  std::vector<std::vector<float>> columns(14, std::vector<float>(rows));
  for (std::uint32_t row = 0; row < rows; ++row) {
    columns[random.below(6)][row] = 1.0f;
    columns[5][row] = 1.0f - columns[5][row];  // mostly 1
    const std::uint32_t level = random.below(7);
    if (level < 4) columns[6 + level][row] = static_cast<float>(level) - 5.0f;
    columns[10][row] = level == 4 ? 1.0f : (level == 6 ? 2.0f : 0.0f);
    columns[11][row] = level == 5 ? 0.5f : std::numeric_limits<float>::quiet_NaN();
    columns[12][row] = static_cast<float>(random.below(300));
    columns[13][row] = static_cast<float>(random.below(2));
  }
  return test::float_matrix(columns);
}

TEST(StoredColumns, TellTheBinsOfEveryColumnInEveryLayout) {
  for (const std::uint32_t rows : {1u, 2u, 63u, 64u, 65u, 5000u}) {
    const BinnedColumns x = bin_columns(exclusive_columns(rows, rows), 65'535);
    const StoredColumns stored(x);
    if (rows == 5000) {
      EXPECT_EQ(stored.column(0).store, stored.column(5).store);
      EXPECT_NE(stored.column(0).store, stored.column(6).store);
      EXPECT_EQ(stored.column(6).store, stored.column(11).store);
      EXPECT_FALSE(stored.column(13).shares_store());
      EXPECT_TRUE(stored.column(5).common == 1);
      EXPECT_LT(stored.size(), 6u);
    }
    const RowWiseBins by_row(stored, rows);
    LocalBins local(stored, rows);
    std::vector<TreeRow> all;
    for (std::uint32_t row = 0; row < rows; ++row) all.emplace_back(rows - 1 - row, 1, std::uint8_t{0});
    local.gather(by_row, std::span(all));
    const BinTable by_column = column_wise(stored);
    for (std::uint32_t j = 0; j < x.columns; ++j)
      x.with_column(j, [&](auto bins) {
        for (std::uint32_t row = 0; row < rows; ++row) {
          ASSERT_EQ(by_column[j][row], bins[row]);
          ASSERT_EQ(by_row.table()[j][row], bins[row]);
          ASSERT_EQ(local.table()[j][rows - 1 - row], bins[row]);
        }
      });
  }
}

TEST(StoredColumns, AreFilledToAByteAndNotBeyond) {
  constexpr std::uint32_t rows = 3000;
  std::vector<std::vector<float>> columns(400, std::vector<float>(rows));
  for (std::uint32_t row = 0; row < rows; ++row) columns[row % 400][row] = 1.0f;
  const StoredColumns stored(bin_columns(test::float_matrix(columns), 255));
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored.store(0).cells, 256u);
  EXPECT_EQ(stored.store(1).cells, 146u);
}

TEST(StoredColumns, MarkTheColumnsThatNoByteSpeaksOf) {
  const BinnedColumns x = bin_columns(exclusive_columns(3, 4000), 255);
  const StoredColumns stored(x);
  struct Byte {
    std::uint32_t bin;
  };
  const std::vector<Byte> bytes{{0}, {stored.column(7).first}, {stored.column(10).first + 1}};
  std::vector<std::uint64_t> mask{std::uint64_t{1} << 13};
  stored.mark_constant(stored.column(6).store, bytes, mask);
  EXPECT_EQ(mask[0], (std::uint64_t{1} << 13) | (std::uint64_t{1} << 6) | (std::uint64_t{1} << 8) |
                         (std::uint64_t{1} << 9) | (std::uint64_t{1} << 11));
}

}  // namespace
}  // namespace cartwheel::tree
