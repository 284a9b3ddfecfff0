#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/export_text.hpp>
#include <limits>

#include "support/float_matrix.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

DecisionTree two_splits() {
  return DecisionTree::fit(test::float_matrix({{1, 2, 2, 3, 3}, {0, 0, 5, 0, 5}}),
                           std::vector<std::uint8_t>{0, 0, 1, 1, 1});
}

TEST(ExportText, OneLineANodeTheLeftSideFirst) {
  EXPECT_EQ(export_text(two_splits()),
            "|--- x0 <= 2.50\n"
            "|   |--- x1 <= 2.50\n"
            "|   |   |--- class: 0\n"
            "|   |--- x1 >  2.50\n"
            "|   |   |--- class: 1\n"
            "|--- x0 >  2.50\n"
            "|   |--- class: 1\n");
}

TEST(ExportText, OptionsShapeTheText) {
  EXPECT_EQ(export_text(two_splits(),
                        {.max_depth = 0, .spacing = 1, .decimals = 0, .show_weights = true, .show_missing = true}),
            "|- x0 <= 2 or missing\n"
            "| |- truncated branch of depth 2\n"
            "|- x0 >  2\n"
            "| |- weights: [0, 2] class: 1\n");
}

TEST(ExportText, LevelsAreNamed) {
  FeatureMatrix x(6);
  x.add("colour", CategoryColumn{{1, 1, 2, 3, 3, 3}, {"", "red", "blue", "green"}});
  const auto tree = DecisionTree::fit(x, std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1});
  const std::string text = export_text(tree);
  EXPECT_THAT(text, HasSubstr("colour not in {"));
  const bool green_is_listed = text.find("{green}") != std::string::npos;
  EXPECT_THAT(text, HasSubstr(green_is_listed ? "colour in {green}" : "colour in {blue, red}"));
}

TEST(ExportText, MissingAloneCanBeTheRule) {
  const auto x = test::float_matrix({{1, 2, missing, missing}});
  EXPECT_EQ(export_text(DecisionTree::fit(x, std::vector<std::uint8_t>{0, 0, 1, 1})),
            "|--- x0 is given\n"
            "|   |--- class: 0\n"
            "|--- x0 is missing\n"
            "|   |--- class: 1\n");
}

TEST(ExportText, AForestsTreesAreNumbered) {
  const auto x = test::float_matrix({{1, 2, 3, 4}});
  RandomForestOptions options;
  options.n_estimators = 2;
  options.bootstrap = false;
  const auto forest = RandomForest::fit(x, std::vector<std::uint8_t>{0, 0, 1, 1}, options);
  EXPECT_THAT(export_text(forest, 1), HasSubstr("x0 <= 2.50"));
  EXPECT_THAT([&] { export_text(forest, 2); }, ThrowsMessage<ParameterError>(HasSubstr("trees 0 to 1")));
}

TEST(ExportText, BadOptionsAreNamed) {
  const auto refuses = [](ExportTextOptions options, const char* text) {
    EXPECT_THAT([&] { export_text(two_splits(), options); }, ThrowsMessage<ParameterError>(HasSubstr(text)));
  };
  refuses({.max_depth = -1}, "max_depth is -1");
  refuses({.spacing = 0}, "spacing is 0");
  refuses({.decimals = 21}, "decimals is 21");
}

}  // namespace
}  // namespace cartwheel
