#include "tree/kept_sums.hpp"

#include <gtest/gtest.h>

#include "core/parallel.hpp"
#include "core/philox.hpp"
#include "support/loose_labels.hpp"
#include "tree/grow_settings.hpp"

namespace cartwheel::tree {
namespace {

struct Node {
  test::LooseLabels data;
  BinnedColumns x;
  Training training;
  std::vector<TreeRow> rows;
  std::vector<std::uint64_t> constant{0};

  Node(std::uint32_t size, std::uint32_t columns)
      : data(7, size, columns),
        x(bin_columns(data.matrix(), 255)),
        training(x, data.labels, make_grow_settings({}, {size, 1}, columns)) {
    for (std::uint32_t row = 0; row < size; ++row) rows.emplace_back(row, 1, data.labels[row]);
  }
};

TEST(KeptSums, AreTheCountsOfEachBin) {
  const Node node(3000, 3);
  const auto cells = KeptSums(node.training).sum(node.rows, node.training.columns, node.constant);
  ASSERT_EQ(cells.size(), node.training.stored.total_cells());
  std::vector<Cell> expected(cells.size());
  for (std::uint32_t j = 0; j < 3; ++j) {
    const StridedBins& column = node.training.stored.column(j);
    for (const TreeRow& row : node.rows)
      expected[node.training.stored.first_cell(column.store) + column[row.row]] += row.cell();
  }
  EXPECT_EQ(cells, expected);
}

TEST(KeptSums, ChildrenAddUpToTheParentAndAreTheirOwnSums) {
  const Node node(4000, 4);
  KeptSums sums(node.training);
  const auto parent = sums.sum(node.rows, node.training.columns, node.constant);
  for (const std::size_t left_rows : {1u, 1500u, 2000u, 3999u}) {
    const auto children = sums.hand_on(node.rows, left_rows, node.training.columns, node.constant, parent);
    const std::span<const TreeRow> rows(node.rows);
    const auto left = sums.sum(rows.first(left_rows), node.training.columns, node.constant),
               right = sums.sum(rows.subspan(left_rows), node.training.columns, node.constant);
    EXPECT_EQ(children.left, sums.wanted(left_rows) ? left : std::vector<Cell>{});
    EXPECT_EQ(children.right, sums.wanted(rows.size() - left_rows) ? right : std::vector<Cell>{});
    for (std::size_t i = 0; i < parent.size(); ++i) ASSERT_EQ(parent[i], left[i] + right[i]);
  }
  EXPECT_TRUE(sums.wanted(4000));
  EXPECT_FALSE(sums.wanted(1));
}

TEST(KeptSums, OfALargeNodeDoNotDependOnThreads) {
  const Node node(20'000, 12);
  std::vector<Cell> alone, together;
  core::with_threads(1, [&] { alone = KeptSums(node.training).sum(node.rows, node.training.columns, node.constant); });
  core::with_threads(3,
                     [&] { together = KeptSums(node.training).sum(node.rows, node.training.columns, node.constant); });
  EXPECT_EQ(alone, together);
}

}  // namespace
}  // namespace cartwheel::tree
