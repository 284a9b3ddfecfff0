#include "tree/binning.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/philox.hpp"
#include "support/float_matrix.hpp"

namespace cartwheel::tree {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

struct Binned {
  ColumnBins edges;
  std::vector<std::uint16_t> bins;

  Binned(std::vector<float> values, std::uint32_t max_bins) : bins(values.size()) {
    edges = bin_column(values, max_bins, "x", bins);
  }
};

TEST(Binning, EveryDistinctValueHasItsBinWhereThereIsRoom) {
  const Binned x({3, -1, missing, 3, 0.5f, -1}, 3);
  EXPECT_THAT(x.edges.lowest, ElementsAre(-1, 0.5f, 3));
  EXPECT_EQ(x.edges.lowest, x.edges.highest);
  EXPECT_TRUE(x.edges.has_missing);
  EXPECT_THAT(x.bins, ElementsAre(2, 0, 3, 2, 1, 0));
}

TEST(Binning, ValuesSortByNumberNotByBits) {
  const float tiny = std::numeric_limits<float>::denorm_min(), large = std::numeric_limits<float>::max();
  const Binned x({large, -tiny, 0.0f, -large, tiny, -0.0f, -2, 1, -1}, 255);
  EXPECT_THAT(x.edges.lowest, ElementsAre(-large, -2, -1, -tiny, 0.0f, tiny, 1, large));
  EXPECT_FALSE(std::signbit(x.edges.lowest[4]));
  EXPECT_THAT(x.bins, ElementsAre(7, 3, 4, 0, 5, 4, 1, 6, 2));
}

TEST(Binning, QuantileBinsAreRunsOfSimilarWeight) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  std::vector<float> values;
  for (int i = 0; i < 30'000; ++i) values.push_back(static_cast<float>(random.uniform() * random.uniform()));
  for (const std::uint32_t max_bins : {2u, 7u, 64u, 255u, 1000u}) {
    const Binned x(values, max_bins);
    ASSERT_EQ(x.edges.lowest.size(), max_bins);
    std::vector<int> rows(max_bins);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t bin = x.bins[i];
      ASSERT_LT(bin, max_bins);
      EXPECT_TRUE(x.edges.lowest[bin] <= values[i] && values[i] <= x.edges.highest[bin]);
      ++rows[bin];
    }
    for (std::size_t bin = 0; bin + 1 < max_bins; ++bin) EXPECT_LT(x.edges.highest[bin], x.edges.lowest[bin + 1]);
    const double share = 30'000.0 / max_bins;
    EXPECT_GT(*std::ranges::min_element(rows), share - 2.0);
    EXPECT_LT(*std::ranges::max_element(rows), share + 2.0);
  }
}

TEST(Binning, AHeavyValueKeepsABinOfItsOwn) {
  std::vector<float> values(5000, 100.0f);  // one value in half of the rows
  for (int i = 0; i < 5000; ++i) values.push_back(static_cast<float>(i % 200));
  const Binned x(values, 16);
  const std::size_t heavy = x.bins[0];
  EXPECT_EQ(x.edges.lowest[heavy], 100.0f);
  EXPECT_EQ(x.edges.highest[heavy], 100.0f);
  EXPECT_EQ(x.edges.lowest.size(), 16u);  // and the others still share all the rest
}

TEST(Binning, OneBinTooFewMergesOnePair) {
  const Binned x({1, 2, 3, 4, 1, 2, 3, 4, 1}, 3);
  EXPECT_EQ(x.edges.lowest.size(), 3u);
}

TEST(Binning, EmptyColumnsHaveNoBins) {
  const Binned none({missing, missing}, 255);
  EXPECT_TRUE(none.edges.lowest.empty());
  EXPECT_THAT(none.bins, ElementsAre(0, 0));
}

TEST(Binning, InfinityIsNamedByRowAndColumn) {
  const std::vector<float> values{1, missing, -std::numeric_limits<float>::infinity()};
  std::vector<std::uint16_t> bins(3);
  EXPECT_THAT([&] { bin_column(values, 255, "price_mean", bins); },
              ThrowsMessage<DataError>(HasSubstr("row 2 of column 'price_mean' is infinite")));
}

TEST(Binning, CellsArePackedEndToEnd) {
  const BinnedColumns x =
      bin_columns(test::float_matrix({{1, 2, 1}, {missing, 5, 4}, {7, 7, 7}, {missing, missing, missing}}), 255);
  EXPECT_THAT(x.first_cell, ElementsAre(0, 2, 5, 6, 7));
  EXPECT_THAT(x.missing, ElementsAre(no_bin, 2, no_bin, 0));
  ASSERT_EQ(x.bins.size(), 4u);
  EXPECT_THAT(std::get<std::vector<std::uint8_t>>(x.bins[1]), ElementsAre(2, 1, 0));
}

TEST(Binning, AColumnOfManyBinsTakesTwoBytesAValue) {
  std::vector<float> most(255), one_more(256);
  std::iota(most.begin(), most.end(), 0.0f);
  std::iota(one_more.begin(), one_more.end(), 0.0f);
  EXPECT_EQ(std::get<std::vector<std::uint8_t>>(bin_columns(test::float_matrix({most}), 65'535).bins[0]).back(), 254);
  EXPECT_EQ(std::get<std::vector<std::uint16_t>>(bin_columns(test::float_matrix({one_more}), 65'535).bins[0]).back(),
            255);
  EXPECT_TRUE(
      std::holds_alternative<std::vector<std::uint8_t>>(bin_columns(test::float_matrix({one_more}), 255).bins[0]));
}

}  // namespace
}  // namespace cartwheel::tree
