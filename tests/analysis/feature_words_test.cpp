#include "analysis/feature_words.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace cartwheel::analysis {
namespace {

TEST(FeatureWords, SayValuesAsAShopWould) {
  const FeatureDefinition none;
  const auto words = [&](std::string_view feature, std::optional<double> value) {
    return feature_words(feature, value, &none);
  };
  EXPECT_EQ(words("brand_nunique", 1.0), "looked at one brand only");
  EXPECT_EQ(words("product_nunique", 3.0), "looked at 3 products");
  EXPECT_EQ(words("brand_count", 0.0), "no event with a known brand");
  EXPECT_EQ(words("weekday", 6.0), "came on a Sunday");
  EXPECT_EQ(words("gap_max", std::log1p(90.0)), "the longest pause was 90 seconds");
  EXPECT_EQ(words("duration", std::log1p(3600.0)), "60 minutes from the first event to the last");
  EXPECT_EQ(words("price_trend", -2.5), "prices fell by 2.50");
  EXPECT_EQ(words("gap_2", std::log1p(5.0)), "5 seconds from event 2 to event 3");
  EXPECT_EQ(words("history_visits", std::nullopt), "a user not seen before");
  EXPECT_EQ(words("history_since_last", std::log1p(3.0)), "was last here 3 days ago");
  EXPECT_EQ(words("prior_category_level_2_mean", 0.125), "by category level 2, others put 12.5% of it into the cart");
}

TEST(FeatureWords, FallBackOnTheDefinition) {
  const FeatureDefinition own{"clicks", "clicks on the banner", "no"};
  EXPECT_EQ(feature_words("clicks", 2.0, &own), "clicks on the banner: 2");
  EXPECT_EQ(feature_words("clicks", std::nullopt, &own), "clicks on the banner: missing");
  EXPECT_EQ(feature_words("pca_1", std::nullopt, nullptr), "pca_1");
}

TEST(FeatureWords, EveryColumnOfOurExtractorsHasWords) {
  for (const std::string_view name : feature_extractor_names())
    for (const FeatureDefinition& feature : make_feature_extractor(name, {})->definitions()) {
      if (feature.name.ends_with("_sin") || feature.name.ends_with("_cos")) continue;  // no shop has words for these
      EXPECT_NE(feature_words(feature.name, 1.0, &feature), feature.definition + ": 1") << feature.name;
    }
}

}  // namespace
}  // namespace cartwheel::analysis
