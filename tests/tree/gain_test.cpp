#include "tree/gain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <vector>

#include "core/philox.hpp"

namespace cartwheel::tree {
namespace {

using Rational = boost::multiprecision::cpp_rational;
using Float =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<400, boost::multiprecision::digit_base_2>>;

/// The weighted gini gain of a split but for terms that all splits of the node share.
Rational exact_gini(const ImpurityRule& rule, Counts node, Counts left) {
  const Rational w0(rule.negative_factor), w1(rule.positive_factor);
  const auto side = [&](Counts c) -> Rational {
    const Rational q = w0 * c.negatives(), p = w1 * c.positives;
    return (q * q + p * p) / (q + p);
  };
  return side(left) + side(node - left);
}

Float exact_entropy(const ImpurityRule& rule, Counts node, Counts left) {
  const auto term = [](const Float& x) -> Float { return x == 0 ? Float(0) : Float(x * log2(x)); };
  const auto side = [&](Counts c) -> Float {
    const Float q = Float(rule.negative_factor) * c.negatives(), p = Float(rule.positive_factor) * c.positives;
    return term(q) + term(p) - term(q + p);
  };
  return side(left) + side(node - left);
}

/// Splits of a node that are hard to tell apart: close counts, mirrors, swaps, and proportional ones.
std::vector<Counts> hard_splits(Counts node, core::RandomStream& random) {
  std::vector<Counts> splits;
  const auto add = [&](std::uint64_t negatives, std::uint64_t positives) {
    const Counts left{static_cast<std::uint32_t>(negatives + positives), static_cast<std::uint32_t>(positives)};
    if (negatives <= node.negatives() && positives <= node.positives && left.rows > 0 && left.rows < node.rows)
      splits.push_back(left);
  };
  const std::uint64_t q = random.below(node.negatives() + 1), p = random.below(node.positives + 1);
  for (const std::uint64_t dq : {0, 1})
    for (const std::uint64_t dp : {0, 1}) {
      add(q + dq, p + dp);
      add(node.negatives() - q - dq, node.positives - p - dp);
    }
  add(p, q);
  for (const std::uint64_t part : {1, 2, 3})  // of the node's own proportion, where it divides
    add(std::uint64_t{node.negatives()} * part / 4, std::uint64_t{node.positives} * part / 4);
  return splits;
}

template <class T>
int sign(const T& difference, const T& tolerance) {
  return difference > tolerance ? 1 : (difference < -tolerance ? -1 : 0);
}

Counts random_node(core::RandomStream& random) {
  const std::uint32_t limit = random.below(2) == 0 ? 40 : 0x7fffffffu;
  Counts node{0, 1 + random.below(limit)};
  node.rows = node.positives + 1 + random.below(limit);
  if (random.below(4) == 0) node.rows = 2 * node.positives;
  return node;
}

ImpurityRule random_rule(Criterion criterion, core::RandomStream& random) {
  if (random.below(2) == 0) return {criterion, 1.0, 1.0};
  return {criterion, 1.0 + random.uniform(), random.below(2) == 0 ? 0.75 : 0.3 * random.uniform() + 0x1p-30};
}

TEST(GainOrder, GiniIsComparedExactly) {
  core::RandomStream random(1, core::RandomPurpose::generate);
  int ties = 0;
  for (int i = 0; i < 1000; ++i) {
    const Counts node = random_node(random);
    const ImpurityRule rule = random_rule(Criterion::gini, random);
    const GainOrder order(rule, node, {});
    const auto splits = hard_splits(node, random);
    for (const Counts a : splits)
      for (const Counts b : splits) {
        const int expected = sign<Rational>(exact_gini(rule, node, a) - exact_gini(rule, node, b), Rational(0));
        ASSERT_EQ(order.compare(a, order.score(a), b, order.score(b)), expected)
            << node.rows << " " << node.positives << ": " << a.rows << " " << a.positives << ", " << b.rows << " "
            << b.positives;
        ties += expected == 0 && !(a == b) ? 1 : 0;
      }
  }
  EXPECT_GT(ties, 500);
}

TEST(GainOrder, EntropyIsComparedToTheLastTie) {
  core::RandomStream random(2, core::RandomPurpose::generate);
  std::vector<double> table(1000);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = core::x_log2_x(static_cast<double>(i));
  int ties = 0, told_apart = 0;
  for (int i = 0; i < 200; ++i) {
    const Counts node = random_node(random);
    const ImpurityRule rule = random_rule(Criterion::entropy, random);
    const double weight = rule.weight(node);
    const GainOrder order(rule, node, {table.data(), static_cast<std::uint32_t>(table.size())});
    const auto splits = hard_splits(node, random);
    std::vector<Float> scores;
    for (const Counts split : splits) scores.push_back(exact_entropy(rule, node, split));
    for (std::size_t a = 0; a < splits.size(); ++a)
      for (std::size_t b = 0; b < splits.size(); ++b) {
        // With 400 bits, sums of logarithms of integers this small that agree to 1e-80 are equal.
        const int expected = sign<Float>(scores[a] - scores[b], Float(1e-80));
        const int actual = order.compare(splits[a], order.score(splits[a]), splits[b], order.score(splits[b]));
        const bool within_stated_error =
            abs(scores[a] - scores[b]) < 0x1p-84 * (core::x_log2_x(weight) + 32.0 * weight);
        ASSERT_TRUE(actual == expected || (actual == 0 && within_stated_error))
            << node.rows << " " << node.positives << ": " << splits[a].rows << " " << splits[a].positives << ", "
            << splits[b].rows << " " << splits[b].positives << " gave " << actual;
        told_apart += actual != 0 && abs(scores[a] - scores[b]) < 0x1p-50 * weight ? 1 : 0;
        ties += expected == 0 && !(splits[a] == splits[b]) ? 1 : 0;
      }
  }
  EXPECT_GT(ties, 100);
  EXPECT_GT(told_apart, 100);  // where a double sees no difference
}

TEST(GainOrder, TellsSplitsApartThatDoublesCannot) {
  // One row of 2^32 moves from left to right: the gains differ in their 60th bit or later.
  const Counts node{0xffffffffu, 0x80000000u};
  const ImpurityRule rule;
  const GainOrder order(rule, node, {});
  const Counts a{0x40000001u, 0x30000000u}, b{0x40000001u, 0x30000001u};
  EXPECT_EQ(sign<Rational>(exact_gini(rule, node, b) - exact_gini(rule, node, a), Rational(0)),
            order.compare(b, order.score(b), a, order.score(a)));
}

}  // namespace
}  // namespace cartwheel::tree
