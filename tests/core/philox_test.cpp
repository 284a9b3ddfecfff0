#include "core/philox.hpp"

#include <gmock/gmock.h>

#include <array>
#include <set>
#include <vector>

namespace cartwheel::core {
namespace {

using ::testing::ElementsAre;

TEST(Philox, GivesThePublishedAnswers) {
  // The known answers that the authors of Philox publish with Random123 (kat_vectors, philox4x32 10).
  EXPECT_THAT(philox({{0, 0, 0, 0}}, 0, 0).words, ElementsAre(0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
  const std::uint32_t ones = 0xffffffffu;
  EXPECT_THAT(philox({{ones, ones, ones, ones}}, ones, ones).words,
              ElementsAre(0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu));
  EXPECT_THAT(philox({{0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}}, 0xa4093822u, 0x299f31d0u).words,
              ElementsAre(0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u));
}

TEST(RandomStream, WordIsTheWordThatComesInThatPlace) {
  RandomStream stream(11, RandomPurpose::permutation, 3, 5);
  for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_EQ(stream.next_word(), stream.word(i)) << i;
}

TEST(RandomStream, LooksAheadWithoutMoving) {
  RandomStream stream(1, RandomPurpose::search);
  const std::uint32_t far = stream.word(1'000'000'000'000);
  const RandomStream other(1, RandomPurpose::search);
  EXPECT_EQ(stream.next_word(), other.word(0));
  EXPECT_EQ(stream.word(1'000'000'000'000), far);
}

TEST(RandomStream, EveryPartOfItsNameMatters) {
  std::set<std::uint64_t> starts;
  std::size_t streams = 0;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32})
    for (const auto purpose : {RandomPurpose::generate, RandomPurpose::bootstrap_rows, RandomPurpose::search})
      for (const std::uint32_t id : {0u, 1u, 2u, 0x80000000u})
        for (const std::uint64_t path :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
          starts.insert(RandomStream(seed, purpose, id, path).next_bits());
          ++streams;
        }
  EXPECT_EQ(starts.size(), streams);
}

TEST(RandomStream, NextBitsIsTwoWordsHighFirst) {
  RandomStream stream(7, RandomPurpose::generate);
  const std::uint64_t expected = std::uint64_t{stream.word(0)} << 32 | stream.word(1);
  EXPECT_EQ(stream.next_bits(), expected);
}

TEST(RandomStream, UniformIsInTheHalfOpenUnitInterval) {
  RandomStream stream(3, RandomPurpose::generate);
  double sum = 0.0, squares = 0.0;
  constexpr int draws = 100'000;
  for (int i = 0; i < draws; ++i) {
    const double u = stream.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    ASSERT_EQ(u * 0x1p53, static_cast<double>(static_cast<std::uint64_t>(u * 0x1p53)));
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / draws, 1.0 / 2.0, 0.005);  // more than five standard errors
  EXPECT_NEAR(squares / draws, 1.0 / 3.0, 0.005);
}

/// Chi-square of the counts of `below(n)`, against even counts.
double chi_square(std::uint32_t n, std::size_t draws) {
  RandomStream stream(n, RandomPurpose::permutation);
  std::vector<double> counts(n);
  for (std::size_t i = 0; i < draws; ++i) counts.at(stream.below(n)) += 1.0;  // at: a result >= n throws
  const double expected = static_cast<double>(draws) / n;
  double sum = 0.0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(RandomStream, BelowIsEven) {
  // The bounds are the 99.99% points of the chi-square distribution.
  EXPECT_EQ(chi_square(1, 1000), 0.0);
  EXPECT_LT(chi_square(2, 100'000), 15.2);
  EXPECT_LT(chi_square(3, 100'000), 18.5);
  EXPECT_LT(chi_square(10, 100'000), 33.8);
  EXPECT_LT(chi_square(100, 100'000), 161.4);
}

TEST(RandomStream, BelowIsEvenForRangesThatDoNotDivideTheWord) {
  // With 3 * 2^30 values, a draw without rejection would give every third value twice as often.
  constexpr std::uint32_t n = 3u << 30;
  RandomStream stream(5, RandomPurpose::permutation);
  std::array<double, 3> counts{};
  constexpr double draws = 90'000;
  for (int i = 0; i < draws; ++i) counts.at(stream.below(n) % 3) += 1.0;
  double sum = 0.0;
  for (const double count : counts) sum += (count - draws / 3) * (count - draws / 3) / (draws / 3);
  EXPECT_LT(sum, 18.5);
}

}  // namespace
}  // namespace cartwheel::core
