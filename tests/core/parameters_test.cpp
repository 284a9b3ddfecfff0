#include <gtest/gtest.h>

#include <cartwheel/parameters.hpp>

namespace cartwheel {
namespace {

TEST(Parameters, TextsGiveTheValuesThatTheyLookLike) {
  EXPECT_EQ(parse_parameter("true"), ParameterValue(true));
  EXPECT_EQ(parse_parameter("False"), ParameterValue(false));
  EXPECT_EQ(parse_parameter("-12"), ParameterValue(std::int64_t{-12}));
  EXPECT_EQ(parse_parameter("0.5"), ParameterValue(0.5));
  EXPECT_EQ(parse_parameter("1e-3"), ParameterValue(0.001));
  EXPECT_EQ(parse_parameter("entropy"), ParameterValue(std::string("entropy")));
  EXPECT_EQ(parse_parameter("None"), ParameterValue(std::string("none")));
  EXPECT_EQ(parse_parameter("[0.3, 0.7]"), ParameterValue(std::vector<double>{0.3, 0.7}));
  EXPECT_EQ(parse_parameter("[0.3, x]"), ParameterValue(std::string("[0.3, x]")));
  EXPECT_EQ(parse_parameter("99999999999999999999"), ParameterValue(1e20));
}

TEST(Parameters, TextsReadBackTheSame) {
  for (const ParameterValue& value :
       {ParameterValue(true), ParameterValue(std::int64_t{7}), ParameterValue(1.0), ParameterValue(0.1),
        ParameterValue(1e300), ParameterValue(std::string("gini")), ParameterValue(std::vector<double>{1.0, 0.25})})
    EXPECT_EQ(parse_parameter(to_text(value)), value) << to_text(value);
}

TEST(Parameters, AreListedByName) {
  EXPECT_EQ(to_text(Parameters{{"fit_prior", true}, {"alpha", 0.5}}), "alpha=0.5, fit_prior=true");
  EXPECT_EQ(to_text(Parameters{}), "");
}

}  // namespace
}  // namespace cartwheel
