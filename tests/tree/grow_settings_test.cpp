#include "tree/grow_settings.hpp"

#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <functional>
#include <limits>

namespace cartwheel::tree {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Change = std::function<void(DecisionTreeOptions&)>;

constexpr Counts training{100, 20};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

GrowSettings settings(const Change& change, std::size_t columns = 10) {
  DecisionTreeOptions options;
  change(options);
  return make_grow_settings(options, training, columns);
}

TEST(GrowSettings, SharesAreResolvedAsScikitLearnDoes) {
  EXPECT_EQ(settings([](auto& o) { o.min_samples_split = {0, 0.101}; }).min_samples_split, 11u);
  EXPECT_EQ(settings([](auto& o) { o.min_samples_split = {0, 0.001}; }).min_samples_split, 2u);
  EXPECT_EQ(settings([](auto& o) { o.min_samples_leaf = {0, 0.05}; }).min_samples_leaf, 5u);
  EXPECT_EQ(settings([](auto& o) { o.min_samples_leaf = {7, 0.0}; }).min_samples_leaf, 7u);
  EXPECT_EQ(settings([](auto& o) { o.min_samples_leaf = {std::int64_t{1} << 40, 0.0}; }).min_samples_leaf, 0xffffffffu);
}

TEST(GrowSettings, MaxFeaturesFollowsItsRule) {
  const auto resolved = [](MaxFeatures rule, std::size_t columns) {
    return settings([&](auto& o) { o.max_features = rule; }, columns).max_features;
  };
  using Rule = MaxFeatures::Rule;
  EXPECT_EQ(resolved({Rule::all, 0, 0}, 10), 10u);
  EXPECT_EQ(resolved({Rule::sqrt, 0, 0}, 10), 3u);
  EXPECT_EQ(resolved({Rule::sqrt, 0, 0}, 9), 3u);
  EXPECT_EQ(resolved({Rule::sqrt, 0, 0}, 1), 1u);
  EXPECT_EQ(resolved({Rule::log2, 0, 0}, 8), 3u);
  EXPECT_EQ(resolved({Rule::log2, 0, 0}, 15), 3u);
  EXPECT_EQ(resolved({Rule::log2, 0, 0}, 1), 1u);
  EXPECT_EQ(resolved({Rule::share, 0, 0.39}, 10), 3u);
  EXPECT_EQ(resolved({Rule::share, 0, 0.01}, 10), 1u);
  EXPECT_EQ(resolved({Rule::count, 10, 0}, 10), 10u);
}

TEST(GrowSettings, ClassFactorsKeepTheirRatio) {
  const auto balanced = settings([](auto& o) { o.class_weight.rule = ClassWeight::Rule::balanced; }).impurity;
  EXPECT_EQ(balanced.positive_factor, 4.0 * balanced.negative_factor);
  EXPECT_DOUBLE_EQ(balanced.probability(training), 0.5);
  EXPECT_DOUBLE_EQ(balanced.impurity(training), 0.5);
  const auto given = settings([](auto& o) { o.class_weight = {ClassWeight::Rule::given, {3e-30, 1e30}}; }).impurity;
  EXPECT_EQ(given.positive_factor / given.negative_factor, 1e30 / 3e-30);
  EXPECT_TRUE(given.positive_factor >= 1.0 && given.positive_factor < 2.0);
  const auto equal = settings([](auto& o) { o.class_weight = {ClassWeight::Rule::given, {7.0, 7.0}}; }).impurity;
  EXPECT_FALSE(equal.weighted());
  EXPECT_EQ(equal.positive_factor, 1.0);
}

TEST(GrowSettings, ValuesOutOfRangeAreNamed) {
  const auto refuses = [](const Change& change, const char* text) {
    EXPECT_THAT([&] { settings(change); }, ThrowsMessage<ParameterError>(HasSubstr(text)));
  };
  refuses([](auto& o) { o.max_depth = -1; }, "max_depth is -1; it must be in [0, 1000]");
  refuses([](auto& o) { o.max_depth = 1001; }, "max_depth is 1001");
  refuses([](auto& o) { o.min_samples_split.count = 1; }, "min_samples_split is 1; it must be at least 2");
  refuses([](auto& o) { o.min_samples_split.share = -0.1; }, "min_samples_split is -0.1");
  refuses([](auto& o) { o.min_samples_leaf.count = 0; }, "min_samples_leaf is 0; it must be at least 1");
  refuses([](auto& o) { o.min_samples_leaf.share = not_a_number; }, "min_samples_leaf is nan");
  refuses(
      [](auto& o) {
        o.max_features = {MaxFeatures::Rule::count, 11, 0};
      },
      "max_features is 11; it must be at most 10");
  refuses([](auto& o) { o.max_features = {MaxFeatures::Rule::count, 0, 0}; }, "max_features is 0");
  refuses([](auto& o) { o.max_features = {MaxFeatures::Rule::share, 0, 1.1}; }, "max_features is 1.1");
  refuses([](auto& o) { o.min_impurity_decrease = -1e-9; }, "min_impurity_decrease is -1e-09");
  refuses([](auto& o) { o.ccp_alpha = -1.0; }, "ccp_alpha is -1");
  refuses([](auto& o) { o.ccp_alpha = not_a_number; }, "ccp_alpha is nan");
  refuses([](auto& o) { o.min_impurity_decrease = not_a_number; }, "min_impurity_decrease is nan");
  refuses([](auto& o) { o.max_bins = 1; }, "max_bins is 1; it must be in [2, 65535]");
  refuses([](auto& o) { o.max_bins = 65'536; }, "max_bins is 65536");
  refuses([](auto& o) { o.class_weight = {ClassWeight::Rule::given, {0.0, 1.0}}; }, "class_weight is 0");
  refuses([](auto& o) { o.class_weight = {ClassWeight::Rule::given, {1.0, not_a_number}}; }, "class_weight is nan");
}

}  // namespace
}  // namespace cartwheel::tree
