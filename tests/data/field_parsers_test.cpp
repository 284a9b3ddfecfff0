#include "data/field_parsers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "core/philox.hpp"

using namespace cartwheel;
using namespace cartwheel::data;

namespace {

ParsedPrice exact(std::int64_t value) { return {value, PriceStatus::exact}; }
ParsedPrice rounded(std::int64_t value) { return {value, PriceStatus::rounded}; }
const ParsedPrice not_a_number{0, PriceStatus::not_a_number};
const ParsedPrice out_of_range{0, PriceStatus::out_of_range};

TEST(ParsePrice, ReadsDecimalsExactly) {
  EXPECT_EQ(parse_price("12.34"), exact(123'400));
  EXPECT_EQ(parse_price("0"), exact(0));
  EXPECT_EQ(parse_price("-0"), exact(0));
  EXPECT_EQ(parse_price("7"), exact(70'000));
  EXPECT_EQ(parse_price("7."), exact(70'000));
  EXPECT_EQ(parse_price(".5"), exact(5'000));
  EXPECT_EQ(parse_price("+.5"), exact(5'000));
  EXPECT_EQ(parse_price("-12.3456"), exact(-123'456));
  EXPECT_EQ(parse_price("000012.3400000000000000000000000"), exact(123'400)) << "zeros are no rounding";
  EXPECT_EQ(parse_price("0.1"), exact(1'000));
}

TEST(ParsePrice, ReadsExponentsExactly) {
  EXPECT_EQ(parse_price("1e2"), exact(1'000'000));
  EXPECT_EQ(parse_price("1.25E+1"), exact(125'000));
  EXPECT_EQ(parse_price("1250e-2"), exact(125'000));
  EXPECT_EQ(parse_price("1e-4"), exact(1));
  EXPECT_EQ(parse_price("1e-5"), rounded(0));
  EXPECT_EQ(parse_price("6e-5"), rounded(1));
  EXPECT_EQ(parse_price("9e-6"), rounded(0)) << "0.09 of the last place";
  EXPECT_EQ(parse_price("1e-999999999999999999999"), rounded(0));
  EXPECT_EQ(parse_price("0e999999999999999999999"), exact(0));
  EXPECT_EQ(parse_price("1e999999999999999999999"), out_of_range);
  EXPECT_EQ(parse_price("0.0000000001e10"), exact(10'000));
}

TEST(ParsePrice, RoundsHalfToEvenAndSaysSo) {
  EXPECT_EQ(parse_price("0.00005"), rounded(0));
  EXPECT_EQ(parse_price("0.00015"), rounded(2));
  EXPECT_EQ(parse_price("0.00025"), rounded(2));
  EXPECT_EQ(parse_price("0.00035"), rounded(4));
  EXPECT_EQ(parse_price("0.000050000000000000000000000000000001"), rounded(1));
  EXPECT_EQ(parse_price("0.00004999999999999999999999999999999"), rounded(0));
  EXPECT_EQ(parse_price("-0.00015"), rounded(-2));
  EXPECT_EQ(parse_price("0.99999"), rounded(10'000)) << "carries";
}

TEST(ParsePrice, RefusesWhatIsNoDecimalNumber) {
  for (const char* text :
       {"",    " ",   "-",  "+",  ".",    "-.",    "e5",  ".e5", "1e",  "1e+", "1e1.5", "12,50",     "1,234.5", "1.2.3",
        "--1", "+-1", " 1", "1 ", "0x10", "1_000", "12a", "$5",  "NaN", "nan", "inf",   "-Infinity", "1e5f",    "१२"})
    EXPECT_EQ(parse_price(text), not_a_number) << text;
  EXPECT_EQ(parse_price(std::string_view("1\0", 2)), not_a_number);
}

TEST(ParsePrice, RefusesWhatIsOutOfRange) {
  EXPECT_EQ(parse_price("100000000000"), exact(largest_price));
  EXPECT_EQ(parse_price("-100000000000"), exact(-largest_price));
  EXPECT_EQ(parse_price("100000000000.00004"), rounded(largest_price));
  EXPECT_EQ(parse_price("100000000000.0001"), out_of_range);
  EXPECT_EQ(parse_price("100000000000.00009"), out_of_range);
  EXPECT_EQ(parse_price("-100000000000.0001"), out_of_range);
  EXPECT_EQ(parse_price("9223372036854775807"), out_of_range);
  EXPECT_EQ(parse_price("1e12"), out_of_range);
  EXPECT_EQ(parse_price(std::string(5'000, '9')), out_of_range);
}

/// Every way of writing a number with up to 6 decimals gives the value that integers give.
TEST(ParsePrice, EqualsIntegerArithmetic) {
  core::RandomStream random(7, core::RandomPurpose::generate);
  for (int round = 0; round < 50'000; ++round) {
    const std::int64_t millionths = random.below(2'000'000'000u) >> random.below(31);
    std::int64_t expected = millionths / 100;
    const std::int64_t rest = millionths % 100;
    if (rest > 50 || (rest == 50 && expected % 2 == 1)) ++expected;
    const ParsedPrice price{expected, rest == 0 ? PriceStatus::exact : PriceStatus::rounded};
    const std::string plain = fmt::format("{}.{:06}", millionths / 1'000'000, millionths % 1'000'000);
    ASSERT_EQ(parse_price(plain), price) << plain;
    const int shift = static_cast<int>(random.below(12));
    const std::string scaled = fmt::format("{}e-6", millionths),
                      moved = fmt::format("0.{:0{}}e{}", millionths, 10 + shift, 4 + shift);
    ASSERT_EQ(parse_price(scaled), price) << scaled;
    ASSERT_EQ(parse_price(moved), price) << moved;
  }
}

TEST(EventTypeParser, KnowsTheUsualNames) {
  const EventTypeParser types;
  EXPECT_EQ(types.parse("view"), EventType::view);
  EXPECT_EQ(types.parse("cart"), EventType::cart);
  EXPECT_EQ(types.parse("remove_from_cart"), EventType::remove_from_cart);
  EXPECT_EQ(types.parse("purchase"), EventType::purchase);
  EXPECT_EQ(types.parse("other"), EventType::other);
  EXPECT_EQ(types.parse("addtocart"), EventType::cart);
  EXPECT_EQ(types.parse("transaction"), EventType::purchase);
  for (const char* name : {"", "View", "view ", "vie", "views", "click"})
    EXPECT_EQ(types.parse(name), std::nullopt) << name;
}

TEST(EventTypeParser, TakesNamesOfTheUser) {
  EventTypeParser types;
  types.add("wishlist", EventType::other);
  types.add("transaction", EventType::other);
  EXPECT_EQ(types.parse("wishlist"), EventType::other);
  EXPECT_EQ(types.parse("transaction"), EventType::other) << "the user's meaning wins";
}

}  // namespace
