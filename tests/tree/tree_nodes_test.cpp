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
constexpr std::size_t columns = 3;
const ColumnLevels levels{{}, {}, {"", "a", "b", "c", "d"}};  // column 2 holds categories

/// A tree file written by hand.
struct Forged {
  std::vector<std::uint32_t> words;
  std::uint64_t split_bits = 0;
  std::vector<std::uint16_t> level_sets;
  std::vector<WeightedCounts> leaf_weights;

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
    add(std::bit_cast<std::uint32_t>(threshold), feature << 2);
    return *this;
  }
  Forged& split_levels(std::uint32_t feature, std::vector<std::uint16_t> set, std::uint32_t place = 0) {
    split_bits |= std::uint64_t{1} << (words.size() / 2);
    add(place, feature << 2 | 2);
    level_sets.insert(level_sets.end(), set.begin(), set.end());
    return *this;
  }
  Forged& weight(std::uint64_t rows, std::uint64_t positives) {
    leaf_weights.push_back({rows, positives});
    return *this;
  }
  TreeNodes read() const {
    core::ByteWriter out;
    out.put(std::uint8_t{0});
    out.put(1.0);
    out.put(1.0);
    out.put_array(std::span<const std::uint32_t>(words));
    out.put_array(std::span<const std::uint64_t>(&split_bits, 1));
    out.put_array(std::span<const std::uint16_t>(level_sets));
    out.put_array(std::span<const WeightedCounts>(leaf_weights));
    core::ByteReader in(out.bytes(), "tree");
    TreeNodes tree = TreeNodes::read(in, levels);
    in.expect_end();
    core::ByteWriter again;
    tree.write(again);
    EXPECT_EQ(again.bytes(), out.bytes());
    return tree;
  }
  void refused(const char* reason) const {
    EXPECT_THAT([&] { read(); }, ThrowsMessage<DataError>(HasSubstr(reason)));
  }
};

TEST(TreeNodes, DescribesWhatWasSplit) {
  TreeNodes tree({}, {{10, 4}, {}}, false);
  tree.split(0, {1, 2.5f, true, {}}, {{6, 1}, {}}, {{4, 3}, {}});
  tree.split(1, {0, -1.0f, false, {}}, {{5, 0}, {}}, {{1, 1}, {}});
  EXPECT_EQ(tree.depth(), 2);
  const auto nodes = tree.describe();
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

TEST(TreeNodes, AForgedFileMayBeATree) {
  const auto nodes = Forged{}.split(1, std::numeric_limits<float>::infinity()).leaf(3, 0).leaf(1, 1).read().describe();
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
  Forged{}.split(2, 1).leaf(1, 1).leaf(1, 0).refused("another kind");
  Forged{}.split(0, missing).leaf(1, 1).leaf(1, 0).refused("not a number");
  Forged{}.leaf(0, 0).refused("impossible counts");
  Forged{}.leaf(2, 3).refused("impossible counts");
  Forged{}.split(0, 1).leaf(0xffffffffu, 1).leaf(1, 0).refused("impossible counts");
}

TEST(TreeNodes, SampleWeightsDecideWhatALeafSays) {
  TreeNodes tree({}, {{4, 2}, {40, 10}}, true);
  tree.split(0, {0, 0.5f, false, {}}, {{3, 1}, {30, 6}}, {{1, 1}, {10, 4}});
  const auto nodes = tree.describe(0.25);
  EXPECT_EQ(nodes[0].weight, 10.0);
  EXPECT_EQ(nodes[0].rows, 4u);
  EXPECT_DOUBLE_EQ(nodes[0].probability, 0.25);
  EXPECT_DOUBLE_EQ(nodes[1].probability, 0.2);
  EXPECT_DOUBLE_EQ(tree.probability(2), 0.4);
}

TEST(TreeNodes, TheTopHasTheCountsOfWhatIsCutOff) {
  const std::vector<std::uint16_t> first{1, 2}, second{4};
  TreeNodes tree({}, {{10, 4}, {100, 40}}, true), top = tree;
  tree.split(0, {2, 0.0f, true, first}, {{6, 1}, {60, 10}}, {{4, 3}, {40, 30}});
  top.split(0, {2, 0.0f, true, first}, {{6, 1}, {60, 10}}, {{4, 3}, {40, 30}});
  tree.split(1, {0, -1.0f, false, {}}, {{5, 0}, {50, 0}}, {{1, 1}, {10, 10}});
  tree.split(2, {2, 0.0f, false, second}, {{2, 1}, {10, 10}}, {{2, 2}, {30, 20}});
  const auto bytes = [](const TreeNodes& nodes) {
    core::ByteWriter out;
    nodes.write(out);
    return out.bytes();
  };
  EXPECT_EQ(bytes(tree.top(1)), bytes(top));
  EXPECT_EQ(bytes(tree.top(0)), bytes(TreeNodes({}, {{10, 4}, {100, 40}}, true)));
  EXPECT_EQ(bytes(tree.top(2)), bytes(tree));
  EXPECT_EQ(bytes(tree.top(7)), bytes(tree));
}

TEST(TreeNodes, LevelsAndWeightsThatCannotBeAreRefused) {
  const auto split = [](std::vector<std::uint16_t> set) { return Forged{}.split_levels(2, set).leaf(1, 1).leaf(1, 0); };
  EXPECT_EQ(split({2, 1, 4}).read().size(), 3u);
  split({}).refused("no levels");
  split({0}).refused("impossible number of levels");
  split({3, 1, 2}).refused("impossible number of levels");
  split({1, 5}).refused("impossible levels");
  split({2, 2, 2}).refused("impossible levels");
  split({1, 1, 1, 1}).refused("without a split");
  Forged{}.split_levels(0, {1, 1}).leaf(1, 1).leaf(1, 0).refused("another kind");
  Forged{}.split_levels(2, {1, 1}, 7).leaf(1, 1).leaf(1, 0).refused("names a place");
  const Forged tree = Forged{}.split(0, 1).leaf(1, 1).leaf(1, 0);
  const auto weighted = [&] { return Forged(tree); };
  EXPECT_EQ(weighted().weight(5, 5).weight(1, 0).read().describe()[0].weight, 6.0);
  weighted().weight(5, 5).refused("differ in number");
  weighted().weight(5, 6).weight(1, 0).refused("impossible weight");
  weighted().weight(0, 0).weight(1, 0).refused("impossible weight");
  weighted().weight(most_units, 0).weight(1, 0).refused("impossible weight");
}

}  // namespace
}  // namespace cartwheel::tree
