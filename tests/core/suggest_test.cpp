#include "core/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace cartwheel::core {
namespace {

constexpr std::array<std::string_view, 5> names{"max_depth", "max_bins", "alpha", "criterion", "C"};

TEST(Suggest, FindsTheSlip) {
  EXPECT_EQ(nearest("max_dpeth", names), "max_depth");  // two neighbours swapped
  EXPECT_EQ(nearest("max_deph", names), "max_depth");   // a letter left out
  EXPECT_EQ(nearest("alphha", names), "alpha");         // a letter too many
  EXPECT_EQ(nearest("Criterium", names), "criterion");  // case, and two changed
  EXPECT_EQ(nearest("max-bins", names), "max_bins");
  EXPECT_EQ(nearest("c", names), "C");
}

TEST(Suggest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("learning_rate", names), "");
  EXPECT_EQ(nearest("zz", names), "");
  EXPECT_EQ(nearest("y", names), "");  // one letter changed, but it was the only one
  EXPECT_EQ(nearest("alpha", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), names), "");
}

TEST(Suggest, TakesTheFirstOfEquallyNear) {
  constexpr std::array<std::string_view, 2> pair{"cat", "bat"};
  EXPECT_EQ(nearest("rat", pair), "cat");
}

TEST(Suggest, IsTheEndOfAMessage) {
  EXPECT_EQ(suggestion("max_dpeth", names), "; did you mean max_depth?");
  EXPECT_EQ(suggestion("learning_rate", names), "; known: max_depth, max_bins, alpha, criterion, C");
  EXPECT_EQ(suggestion("anything", {}), "");
}

}  // namespace
}  // namespace cartwheel::core
