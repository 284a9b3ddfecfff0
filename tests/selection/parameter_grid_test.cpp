#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/experiment.hpp>

using namespace cartwheel;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

namespace {

TEST(Combinations, TheLastNameChangesFastest) {
  const ParameterGrid grid{{"fit_prior", {true, false}}, {"alpha", {0.1, 0.5, 1.0}}};
  std::vector<std::string> texts;
  for (const Parameters& combination : combinations(grid)) texts.push_back(to_text(combination));
  EXPECT_THAT(texts, ::testing::ElementsAre("alpha=0.1, fit_prior=true", "alpha=0.1, fit_prior=false",
                                            "alpha=0.5, fit_prior=true", "alpha=0.5, fit_prior=false",
                                            "alpha=1.0, fit_prior=true", "alpha=1.0, fit_prior=false"));
}

TEST(Combinations, OfNothingAreOne) {
  const std::vector<Parameters> all = combinations({});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].empty());
}

TEST(Combinations, KeepValuesOfEveryKind) {
  const ParameterGrid grid{{"a", {std::string("none"), std::int64_t{10}}}, {"b", {std::vector<double>{0.3, 0.7}}}};
  const std::vector<Parameters> all = combinations(grid);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].at("a"), ParameterValue(std::string("none")));
  EXPECT_EQ(all[1].at("a"), ParameterValue(std::int64_t{10}));
  EXPECT_EQ(all[1].at("b"), ParameterValue(std::vector<double>{0.3, 0.7}));
}

TEST(Combinations, AnEmptyListIsRefusedByName) {
  EXPECT_THAT([] { combinations({{"alpha", {}}}); }, ThrowsMessage<ParameterError>(HasSubstr("'alpha'")));
}

TEST(Combinations, AGridThatIsTooLargeIsRefusedBeforeItIsMade) {
  const std::vector<ParameterValue> values(1000, ParameterValue(std::int64_t{1}));
  EXPECT_EQ(combinations({{"a", values}, {"b", values}}).size(), 1'000'000u);
  EXPECT_THAT(
      [&] {
        combinations({{"a", values}, {"b", values}, {"c", {true, false}}});
      },
      ThrowsMessage<ParameterError>(HasSubstr("1000000")));
  ParameterGrid huge;
  for (char name = 'a'; name <= 'z'; ++name) huge.emplace(std::string(1, name), values);
  EXPECT_THROW(combinations(huge), ParameterError);
}

TEST(SearchMetric, NamesAndMetricsAreEachOthersInverse) {
  for (const SearchMetric metric : {SearchMetric::f1, SearchMetric::average_precision, SearchMetric::roc_auc,
                                    SearchMetric::log_loss, SearchMetric::brier})
    EXPECT_EQ(parse_search_metric(name_of(metric)), metric) << name_of(metric);
  EXPECT_EQ(name_of(SearchMetric::roc_auc), "roc_auc");
}

TEST(SearchMetric, AnUnknownNameGetsASuggestion) {
  EXPECT_THAT([] { parse_search_metric("roc_uac"); }, ThrowsMessage<ParameterError>(HasSubstr("did you mean roc_auc")));
}

}  // namespace
