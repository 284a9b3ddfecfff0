#include "bayes/pack_bits.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "support/labelled_rows.hpp"

namespace cartwheel::bayes {
namespace {

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

TEST(PackBits, EqualsOneBitAtATime) {
  test::TestRandom random(1);
  for (const std::size_t rows : {0u, 1u, 63u, 64u, 65u, 200u, 4096u}) {
    std::vector<float> values(rows);
    for (float& v : values) v = random.below(5) == 0 ? nothing : static_cast<float>(random.normal());
    for (const float cut : {-0.5f, 0.0f, 0.3f}) {
      const std::size_t words = (rows + word_bits - 1) / word_bits;
      std::vector<std::uint64_t> ones(words, 99), missing(words, 99), one(words), gone(words);
      pack_bits(values, cut, ones, missing);
      for (std::size_t i = 0; i < rows; ++i) {
        one[i / 64] |= std::uint64_t{values[i] > cut} << (i % 64);
        gone[i / 64] |= std::uint64_t{values[i] != values[i]} << (i % 64);
      }
      EXPECT_EQ(ones, one) << rows;
      EXPECT_EQ(missing, gone) << rows;
    }
  }
}

TEST(PackBits, AValueThatIsNoBitIsSeenAtAnyPlace) {
  for (const std::size_t rows : {1u, 8u, 77u})
    for (std::size_t place = 0; place < rows; ++place) {
      std::vector<float> values(rows, 1.0f);
      values[rows / 2] = nothing;
      values[rows / 3] = -0.0f;
      EXPECT_TRUE(all_bits(values));
      values[place] = 0.5f;
      EXPECT_FALSE(all_bits(values)) << place << " of " << rows;
    }
}

TEST(PackBits, CountsAllAndThoseUnderAMask) {
  test::TestRandom random(2);
  std::vector<std::uint64_t> bits(67), mask(67);
  std::size_t all = 0, masked = 0;
  for (std::size_t w = 0; w < bits.size(); ++w) {
    bits[w] = random.bits();
    mask[w] = random.bits();
    for (std::size_t b = 0; b < word_bits; ++b) {
      all += bits[w] >> b & 1;
      masked += bits[w] >> b & mask[w] >> b & 1;
    }
  }
  const BitCount count = count_bits_under(bits, mask);
  EXPECT_EQ(count.all, all);
  EXPECT_EQ(count.masked, masked);
}

}  // namespace
}  // namespace cartwheel::bayes
