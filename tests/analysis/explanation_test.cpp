#include <gmock/gmock.h>

#include <cartwheel/bernoulli_nb.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/explanation.hpp>
#include <cartwheel/fit_tuned.hpp>
#include <cmath>
#include <numeric>

#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

SessionTable shop(Label label = Label::window, std::uint64_t seed = 3) {
  SessionOptions options;
  options.label = label;
  return test::sessions_of(test::shop_events(seed), options);
}

Pipeline fitted(const SessionTable& sessions, const std::string& model, std::vector<NamedStep> steps = {},
                Parameters parameters = {}) {
  FitTunedOptions options;
  options.model = model;
  options.model_parameters = std::move(parameters);
  options.steps = std::move(steps);
  options.threshold.guard = false;
  return fit_tuned(sessions, options).pipeline;
}

double sum_of_points(const Explanation& e) {
  return std::accumulate(e.contributions.begin(), e.contributions.end(), e.base,
                         [](double sum, const FeatureContribution& c) { return sum + c.points; });
}
double sum_of_log_odds(const Explanation& e) {
  return std::accumulate(e.contributions.begin(), e.contributions.end(), e.base_log_odds.value(),
                         [](double sum, const FeatureContribution& c) { return sum + c.log_odds.value(); });
}
double log_odds(double p) { return std::log(p / (1.0 - p)); }

struct Setting {
  const char* name;
  const char* model;
  std::vector<NamedStep> steps;
  Parameters parameters;
};

const Parameters small_forest{{"n_estimators", std::int64_t{10}}, {"max_depth", std::int64_t{6}}};

class Explained : public ::testing::TestWithParam<Setting> {};

TEST_P(Explained, BaseAndPointsAddUpToTheProbability) {
  const SessionTable sessions = shop();
  const Pipeline pipeline = fitted(sessions, GetParam().model, GetParam().steps, GetParam().parameters);
  for (const std::uint32_t row : {0u, 17u, 200u, 401u}) {
    const Explanation e = explain_session(pipeline, sessions, row);
    EXPECT_EQ(e.probability, pipeline.predict_proba(sessions, std::vector{row})[0]);
    EXPECT_NEAR(sum_of_points(e), e.probability, 1e-9);
    EXPECT_GT(e.contributions.size(), 1u);
    for (std::size_t i = 1; i < e.contributions.size(); ++i)
      EXPECT_GE(std::abs(e.contributions[i - 1].points), std::abs(e.contributions[i].points));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Explained,
    ::testing::Values(
        Setting{"tree", "decision_tree", {}, {{"min_samples_leaf", std::int64_t{15}}}},
        Setting{"forest", "random_forest", {}, small_forest},
        Setting{"calibrated_forest", "random_forest", {{"calibration", {}}}, small_forest},
        Setting{
            "isotonic_forest", "random_forest", {{"calibration", {{"method", std::string("isotonic")}}}}, small_forest},
        Setting{"linear", "logistic_regression", {}, {}},
        Setting{"linear_on_components", "logistic_regression", {{"standard_scaler", {}}, {"pca", {}}}, {}},
        Setting{"resampled_bayes", "bernoulli_nb", {{"resample", {}}}, {}}, Setting{"bayes", "bernoulli_nb", {}, {}}),
    [](const auto& setting) { return std::string(setting.param.name); });

TEST(Explanation, LogOddsOfLinearModelsAreExact) {
  const SessionTable sessions = shop();
  for (const char* model : {"logistic_regression", "bernoulli_nb"}) {
    const Pipeline pipeline = fitted(sessions, model);
    for (std::uint32_t row = 0; row < 20; ++row) {
      const Explanation e = explain_session(pipeline, sessions, row);
      EXPECT_NEAR(sum_of_log_odds(e), log_odds(e.probability), 1e-11) << model << ' ' << row;
    }
  }
}

TEST(Explanation, NaiveBayesAddsTheRatioOfEachBit) {
  const SessionTable sessions = shop();
  const Pipeline pipeline = fitted(sessions, "bernoulli_nb");
  const auto& model = dynamic_cast<const BernoulliNB&>(*pipeline.model);
  const std::size_t bits = model.bit_names().size();
  const std::vector<std::uint32_t> row{5};
  const FeatureMatrix input = pipeline.model_input(pipeline.extractor->transform(sessions, row));
  const Explanation e = explain_session(pipeline, sessions, row[0]);
  EXPECT_EQ(e.base_log_odds, model.class_log_prior()[1] - model.class_log_prior()[0]);
  for (const FeatureContribution& c : e.contributions) {
    const auto j = static_cast<std::size_t>(std::ranges::find(input.names(), c.feature) - input.names().begin());
    std::vector<float> value(1);
    input.copy_column(j, value);
    const double p1 = std::exp(model.feature_log_prob()[bits + j]), p0 = std::exp(model.feature_log_prob()[j]);
    EXPECT_NEAR(*c.log_odds, value[0] > 0.0f ? std::log(p1 / p0) : std::log((1 - p1) / (1 - p0)), 1e-12) << c.feature;
  }
}

TEST(Explanation, SaysValuesInWords) {
  const SessionTable sessions = shop();
  const Explanation e = explain_session(fitted(sessions, "logistic_regression"), sessions, 3);
  const auto found = std::ranges::find(e.contributions, "product_nunique", &FeatureContribution::feature);
  ASSERT_NE(found, e.contributions.end());
  std::vector<std::string> products;
  for (const SessionEvent& event : e.window) products.push_back(event.product);
  std::ranges::sort(products);
  const auto distinct = products.size() - std::ranges::unique(products).size();
  EXPECT_EQ(found->value, static_cast<double>(distinct));
  EXPECT_THAT(found->words, ::testing::StartsWith("looked at "));
  EXPECT_THAT(found->words, ::testing::HasSubstr("product"));
}

TEST(Explanation, TheChangeDoesWhatItSays) {
  const std::vector<test::OwnedEvent> events = test::shop_events(3);
  SessionOptions session;
  session.label = Label::window;
  const SessionTable sessions = test::sessions_of(events, session);
  const Pipeline pipeline = fitted(sessions, "random_forest", {}, small_forest);
  int moved = 0;
  for (std::uint32_t row = 0; row < 12; ++row) {
    const Explanation e = explain_session(pipeline, sessions, row);
    ASSERT_TRUE(e.change);
    EXPECT_GT(e.changes_tried, 20u);
    moved += e.change->decision != e.decision ? 1 : 0;
    // The same event, changed in the raw log.
    std::vector<test::OwnedEvent> changed = events;
    const std::string id = sessions.session_name(row);
    const auto is_it = [&](const test::OwnedEvent& event) {
      return event.session == id && event.time == e.change->before.time && event.product == e.change->before.product;
    };
    const auto at = std::ranges::find_if(changed, is_it);
    ASSERT_NE(at, changed.end());
    const SessionEvent& after = e.change->after;
    at->time = after.time;
    at->product = after.product;
    at->category_id = after.category_id;
    at->category_code = after.category_code;
    at->brand = after.brand;
    at->price = after.price ? std::llround(*after.price * price_scale) : missing_price;
    const SessionTable again = test::sessions_of(changed, session);
    for (std::uint32_t r = 0; r < again.size(); ++r)
      if (again.session_name(r) == id) {
        EXPECT_EQ(pipeline.predict_proba(again, std::vector{r})[0], e.change->probability) << id;
      }
  }
  EXPECT_GT(moved, 0);
}

TEST(Explanation, WorksWithEveryExtractor) {
  for (const Label label : {Label::window, Label::future}) {
    const SessionTable sessions = shop(label);
    for (const std::string_view extractor : feature_extractor_names()) {
      FitTunedOptions options;
      options.model = "random_forest";
      options.model_parameters = small_forest;
      options.extractor = extractor;
      const Pipeline pipeline = fit_tuned(sessions, options).pipeline;
      for (const std::uint32_t row : {3u, 99u}) {
        const Explanation e = explain_session(pipeline, sessions, row);
        EXPECT_NEAR(sum_of_points(e), e.probability, 1e-9);
        EXPECT_TRUE(e.change);
      }
    }
  }
}

TEST(Explanation, TheSearchForAChangeIsBounded) {
  const SessionTable sessions = shop();
  const Pipeline pipeline = fitted(sessions, "bernoulli_nb");
  EXPECT_LE(explain_session(pipeline, sessions, 0, {200, 30}).changes_tried, 30u);
  EXPECT_THROW(explain_session(pipeline, sessions, 0, {20'000, 30}), ParameterError);
  EXPECT_THROW(explain_session(pipeline, sessions, 0, {200, 0}), ParameterError);
  EXPECT_THROW(explain_session(pipeline, sessions, 1'000'000), DataError);
}

TEST(SessionEvents, GivesTheRawEventsInOrderWithThoseAfterTheWindow) {
  for (const bool named : {true, false}) {
    std::vector<test::OwnedEvent> events = test::shop_events(5);
    if (!named)
      for (test::OwnedEvent& event : events) event.session.clear();
    SessionOptions options;
    options.label = Label::window;
    options.size = 2;
    const SessionTable sessions = test::sessions_of(events, options);
    std::vector<std::uint32_t> rows{7, 1, 30};
    const auto all = session_events(sessions, rows, 100);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::vector<SessionEvent> window = window_events(sessions, rows[i]);
      ASSERT_GE(all[i].size(), window.size());
      for (std::size_t e = 0; e < all[i].size(); ++e) {
        EXPECT_EQ(all[i][e].in_window, e < window.size());
        if (e < window.size()) {
          EXPECT_EQ(all[i][e].product, window[e].product);
          EXPECT_EQ(all[i][e].time, window[e].time);
        }
        if (e > 0) {
          EXPECT_LE(all[i][e - 1].time, all[i][e].time);
        }
        if (e > 0 && !named) {
          EXPECT_LE(all[i][e].time - all[i][e - 1].time, options.gap);
        }
      }
    }
    EXPECT_EQ(session_events(sessions, rows, 1)[0].size(), 2u) << "the window is always there";
  }
}

}  // namespace
}  // namespace cartwheel
