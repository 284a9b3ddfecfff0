#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/feature_effects.hpp>
#include <cartwheel/threads.hpp>
#include <numeric>

#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

/// Keen shoppers look at one cheap product again.
class FeatureEffectsOfAShop : public ::testing::Test {
 protected:
  FeatureEffectsOfAShop() {
    SessionOptions options;
    options.label = Label::window;
    sessions_ = test::sessions_of(test::shop_events(2), options);
    rows_.resize(sessions_.size());
    std::iota(rows_.begin(), rows_.end(), 0u);
    const std::span all(rows_);
    pipeline_ = fit_pipeline(sessions_, all.first(all.size() / 2), 0, INT64_MAX,
                             {"V1", {}, {}, "random_forest", {{"n_estimators", std::int64_t{20}}}}, {});
    later_ = all.subspan(all.size() / 2);
  }
  SessionTable sessions_;
  std::vector<std::uint32_t> rows_;
  std::span<const std::uint32_t> later_;
  Pipeline pipeline_;
};

TEST_F(FeatureEffectsOfAShop, ThePriceMattersAndAHighOneLowersTheProbability) {
  const FeatureEffects effects = feature_effects(pipeline_, sessions_, later_);
  EXPECT_EQ(effects.model, "random_forest");
  EXPECT_EQ(effects.rows, later_.size());
  ASSERT_EQ(effects.features.size(), 15u);
  EXPECT_TRUE(std::ranges::is_sorted(effects.features, std::greater<>(), &FeatureEffect::drop));
  const auto price = std::ranges::find(effects.features, "price_mean", &FeatureEffect::feature);
  ASSERT_NE(price, effects.features.end());
  EXPECT_GT(price->drop, 0.02);
  EXPECT_NE(price->definition, "");
  ASSERT_GE(price->curve.size(), 5u);
  EXPECT_TRUE(std::ranges::is_sorted(price->curve, {}, &DependencePoint::value));
  EXPECT_GT(price->curve.front().probability, price->curve.back().probability);
}

TEST_F(FeatureEffectsOfAShop, RowsAndCurvesAreBounded) {
  FeatureEffectsOptions options;
  options.rows = 50;
  options.curves = 2;
  options.points = 3;
  const FeatureEffects effects = feature_effects(pipeline_, sessions_, later_, options);
  EXPECT_EQ(effects.rows, 50u);
  for (std::size_t i = 0; i < effects.features.size(); ++i) {
    EXPECT_LE(effects.features[i].curve.size(), i < 2 ? 3u : 0u);
  }
}

TEST_F(FeatureEffectsOfAShop, ThreadsChangeNothing) {
  FeatureEffects one, many;
  with_threads(1, [&] { one = feature_effects(pipeline_, sessions_, later_); });
  with_threads(4, [&] { many = feature_effects(pipeline_, sessions_, later_); });
  ASSERT_EQ(one.features.size(), many.features.size());
  for (std::size_t i = 0; i < one.features.size(); ++i) {
    EXPECT_EQ(one.features[i].feature, many.features[i].feature);
    EXPECT_EQ(one.features[i].drop, many.features[i].drop);
  }
}

TEST_F(FeatureEffectsOfAShop, RefusesNoRowsAndOptionsOutOfRange) {
  EXPECT_THROW(feature_effects(pipeline_, sessions_, {}), DataError);
  FeatureEffectsOptions options;
  options.points = 1;
  EXPECT_THROW(feature_effects(pipeline_, sessions_, later_, options), ParameterError);
}

}  // namespace
}  // namespace cartwheel
