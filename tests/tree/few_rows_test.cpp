#include "tree/few_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/philox.hpp"
#include "tree/find_split.hpp"

namespace cartwheel::tree {
namespace {

/// A node, its rows somewhere among others, and one column.
struct Node {
  std::vector<TreeRow> rows;
  std::vector<std::uint16_t> bins;
  std::vector<std::uint8_t> narrow_bins;
  Counts counts;

  Node(std::uint64_t seed, std::uint32_t size, std::uint32_t cells) {
    core::RandomStream random(seed, core::RandomPurpose::generate, size, cells);
    const std::uint32_t present = 1 + random.below(random.below(2) == 0 ? std::min(cells, 4u) : cells);
    for (std::uint32_t row = 0; row < 3 * size; ++row) {
      bins.push_back(static_cast<std::uint16_t>(cells - present + random.below(present)));
      narrow_bins.push_back(static_cast<std::uint8_t>(bins.back()));
    }
    for (std::uint32_t i = 0; i < size; ++i) {
      rows.emplace_back(3 * i + random.below(3), 1 + random.below(4), static_cast<std::uint8_t>(random.below(2)));
      counts = counts + rows.back().counts();
    }
  }
};

/// Compares with the histogram's split. @param present  the node's bins. Counts what was found in `outcomes`.
void expect_split_of(const Node& node, const StridedBins& column, std::span<const PresentBin<Counts>> present,
                     Criterion criterion, std::uint64_t seed, std::array<int, 3>& outcomes) {
  const std::uint32_t missing = seed % 2 == 0 ? column.cells - 1 : no_bin, leaf = seed % 3 == 0 ? 2 : 1;
  const GainOrder<Counts> order({criterion, 1.0, seed % 5 == 0 ? 1.5 : 1.0}, node.counts, {});
  FewRows few;
  few.take(node.rows, {});
  EXPECT_FALSE(few.is_constant(0));  // nothing is known of records
  Split expected, found;
  const auto outcome = few.find_split(order, 4, column, missing, leaf, found);
  EXPECT_EQ(outcome == FewRows::Outcome::constant, present.size() == 1);
  EXPECT_EQ(outcome == FewRows::Outcome::has_missing, present.size() > 1 && present.back().bin == missing);
  ++outcomes[static_cast<std::size_t>(outcome)];
  if (outcome != FewRows::Outcome::varies) return;
  find_split(order, 4, present, missing, leaf, expected);
  ASSERT_EQ(found.found(), expected.found());
  if (!found.found()) return;
  EXPECT_EQ(found.bin, expected.bin);
  EXPECT_EQ(found.next_bin, expected.next_bin);
  EXPECT_EQ(found.missing_left, expected.missing_left);
  EXPECT_EQ(found.left, expected.left);
  EXPECT_EQ(found.score, expected.score);
}

TEST(FewRows, FindTheSplitOfTheHistogram) {
  Histogram<TreeRow> histogram;
  std::array<int, 3> outcomes{};
  for (std::uint64_t seed = 0; seed < 60; ++seed)
    for (const std::uint32_t size : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 31u, 32u})
      for (const std::uint32_t cells : {2u, 9u, 256u, 257u, 300u, 65'536u})
        for (const auto criterion : {Criterion::gini, Criterion::entropy}) {
          const Node node(seed, size, cells);
          if (node.counts.positives == 0 || node.counts.negatives() == 0) continue;
          if (cells > narrow_cells) {
            const StridedBins column{reinterpret_cast<const std::uint8_t*>(node.bins.data()), 2, cells};
            expect_split_of(node, column, histogram.sum_wide(node.rows, column, true), criterion, seed, outcomes);
          } else {
            const StridedBins column{node.narrow_bins.data(), 1, cells};
            histogram.sum(node.rows, {&column, 1}, true);
            expect_split_of(node, column, histogram.take(0), criterion, seed, outcomes);
          }
        }
  for (const int times : outcomes) EXPECT_GT(times, 300);
}

/// Two equal gains: the cut with the lower bin is the split, wherever its row stands.
TEST(FewRows, TiesGoToTheLowestBin) {
  const std::vector<std::uint8_t> bins{7, 3, 5, 1};
  const std::vector<TreeRow> rows{{0, 1, 1}, {1, 1, 0}, {2, 1, 0}, {3, 1, 1}};  // labels by bin: 1 0 0 1
  FewRows few;
  few.take(rows, {});
  Split split;
  few.find_split(GainOrder<Counts>({}, {4, 2}, {}), 0, {bins.data(), 1, 8}, no_bin, 1, split);
  EXPECT_EQ(split.bin, 1u);
  EXPECT_EQ(split.next_bin, 3u);
  EXPECT_EQ(split.left, (Counts{1, 1}));
}

/// Of records: a byte that is the same in all rows of the node, whatever other rows have, and both bytes of a wide bin.
TEST(FewRows, KnowWhichColumnsAreConstant) {
  std::vector<std::uint8_t> records(3 * 16);
  for (std::uint8_t row = 0; row < 3; ++row) records[row * 16u + 1] = row;
  records[0] = 9;           // of row 0, which is not in the node
  records[2 * 16 + 4] = 1;  // the high byte of a wide bin of row 2
  BinTable table;
  table.records = records.data();
  table.record_bytes = 16;
  table.places = {0, 1, 2, 3};
  table.wide_places = {3};
  const std::vector<TreeRow> rows{{1, 1, 0}, {2, 1, 1}};
  FewRows few;
  few.take(rows, table);
  EXPECT_TRUE(few.is_constant(0));
  EXPECT_FALSE(few.is_constant(1));
  EXPECT_TRUE(few.is_constant(2));
  EXPECT_FALSE(few.is_constant(3));
  const std::vector<std::uint8_t> long_records(2 * 256);
  table.records = long_records.data();
  table.record_bytes = 256;
  few.take(std::span(rows).first(1), table);
  EXPECT_FALSE(few.is_constant(0));
}

}  // namespace
}  // namespace cartwheel::tree
