#include "tree/tree_nodes.hpp"

#include <gmock/gmock.h>

#include <bit>
#include <cartwheel/error.hpp>
#include <limits>

namespace cartwheel::tree {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t columns = 2;

/// A tree file written by hand.
struct Forged {
  std::vector<std::uint32_t> words;
  std::uint64_t split_bits = 0;

  void add(std::uint32_t first, std::uint32_t second) {
    words.push_back(first);
    words.push_back(second);
  }
  Forged& leaf(std::uint32_t rows, std::uint32_t positives) {
    add(rows, positives);
    return *this;
  }
  Forged& split(std::uint32_t feature, float threshold) {
    split_bits |= std::uint64_t{1} << (words.size() / 2);
    add(std::bit_cast<std::uint32_t>(threshold), feature << 1);
    return *this;
  }
  TreeNodes read() const {
    core::ByteWriter out;
    out.put_array(std::span<const std::uint32_t>(words));
    out.put_array(std::span<const std::uint64_t>(&split_bits, 1));
    core::ByteReader in(out.bytes(), "tree");
    return TreeNodes::read(in, columns);
  }
  void refused(const char* reason) const {
    EXPECT_THAT([&] { read(); }, ThrowsMessage<DataError>(HasSubstr(reason)));
  }
};

TEST(TreeNodes, DescribesWhatWasSplit) {
  TreeNodes tree({10, 4});
  tree.split(0, 1, 2.5f, true, {6, 1}, {4, 3});
  tree.split(1, 0, -1.0f, false, {5, 0}, {1, 1});
  EXPECT_EQ(tree.depth(), 2);
  const auto nodes = tree.describe({});
  ASSERT_EQ(nodes.size(), 5u);
  EXPECT_EQ(nodes[0].feature, 1);
  EXPECT_EQ(nodes[0].threshold, 2.5f);
  EXPECT_TRUE(nodes[0].missing_left);
  EXPECT_EQ(nodes[0].left, 1);
  EXPECT_EQ(nodes[0].right, 2);
  EXPECT_EQ(nodes[0].rows, 10u);
  EXPECT_EQ(nodes[0].positives, 4u);
  EXPECT_DOUBLE_EQ(nodes[0].impurity, 0.48);
  EXPECT_EQ(nodes[1].left, 3);
  EXPECT_EQ(nodes[1].rows, 6u);
  EXPECT_EQ(nodes[2].feature, -1);
  EXPECT_EQ(nodes[2].left, -1);
  EXPECT_DOUBLE_EQ(nodes[2].probability, 0.75);
}

TEST(TreeNodes, RowsGoDownSideBySideAsAlone) {
  TreeNodes tree({10, 4});
  tree.split(0, 1, 2.5f, true, {6, 1}, {4, 3});
  tree.split(1, 0, -1.0f, false, {5, 0}, {1, 1});
  const std::vector<std::vector<float>> rows{{0, 3}, {0, 2.5f}, {-1, 2}, {missing, missing}, {-2, missing}};
  const std::vector<double> expected{0.75, 1.0, 0.0, 1.0, 0.0};
  for (std::size_t size = 1; size < 40; ++size) {  // whole groups of lanes, and what is left over
    std::vector<float> values;
    for (std::size_t i = 0; i < size; ++i) values.insert(values.end(), rows[i % 5].begin(), rows[i % 5].end());
    std::vector<double> sums(size, 1.0);
    tree.add_probabilities({}, values, columns, sums);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(sums[i], 1.0 + expected[i % 5]);
  }
}

TEST(TreeNodes, AForgedFileMayBeATree) {
  const auto nodes =
      Forged{}.split(1, std::numeric_limits<float>::infinity()).leaf(3, 0).leaf(1, 1).read().describe({});
  EXPECT_EQ(nodes.size(), 3u);
  EXPECT_EQ(nodes[0].rows, 4u);
}

TEST(TreeNodes, LinksThatCannotBeAreRefused) {
  Forged{}.refused("number of nodes");
  Forged{}.split(0, 1).refused("no children");
  Forged{}.split(0, 1).leaf(1, 1).refused("no children");
  Forged{}.leaf(1, 1).split(0, 1).leaf(1, 1).refused("no children");  // node 1 would be its own child
  Forged{}.leaf(1, 1).leaf(1, 1).leaf(1, 1).refused("without a parent");
  Forged{}.split(0, 1).leaf(1, 1).leaf(1, 1).leaf(1, 1).leaf(1, 1).refused("without a parent");
  Forged odd;
  odd.words = {1, 1, 1};
  odd.refused("number of nodes");
  Forged stray = Forged{}.leaf(1, 1);
  stray.split_bits = 2;
  stray.refused("split bits without nodes");
}

TEST(TreeNodes, NumbersThatCannotBeAreRefused) {
  Forged{}.split(columns, 1).leaf(1, 1).leaf(1, 0).refused("does not have");
  Forged{}.split(0x7fffffff, 1).leaf(1, 1).leaf(1, 0).refused("does not have");
  Forged{}.split(0, missing).leaf(1, 1).leaf(1, 0).refused("not a number");
  Forged{}.leaf(0, 0).refused("impossible counts");
  Forged{}.leaf(2, 3).refused("impossible counts");
  Forged{}.split(0, 1).leaf(0xffffffffu, 1).leaf(1, 0).refused("impossible counts");
}

}  // namespace
}  // namespace cartwheel::tree
