#include <gmock/gmock.h>

#include <cartwheel/error.hpp>
#include <cartwheel/error_analysis.hpp>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;
constexpr std::int64_t day = core::microseconds_per_day;

/// Thirty days to learn from, ten to judge.
class Judged : public ::testing::Test {
 protected:
  Judged() {
    SessionOptions options;
    options.label = Label::window;
    sessions = test::sessions_of(test::shop_events(3, {40, 2500}), options);
  }
  NamedPipeline fitted(const std::string& model, Parameters parameters = {}) const {
    const std::int64_t train_end = test::ShopShape{}.begin + 30 * day;
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < sessions.size(); ++row)
      if (sessions.label_time[row] <= train_end) rows.push_back(row);
    PipelineRecipe recipe{"V1", {}, with_default_steps({}, model), model, std::move(parameters)};
    auto pipeline = fit_pipeline(sessions, rows, sessions.log_begin, train_end, recipe, {});
    pipeline.threshold = 0.4;
    return {model, std::make_shared<const Pipeline>(std::move(pipeline))};
  }
  ErrorAnalysis analyse(const std::vector<NamedPipeline>& models, const ErrorAnalysisOptions& options = {}) {
    account = {};
    return analyse_errors(models, sessions, options, account);
  }

  SessionTable sessions;
  Account account;
};

TEST_F(Judged, CountsSessionsThatStartAfterTrainingAndNoOthers) {
  const NamedPipeline model = fitted("logistic_regression");
  const ErrorAnalysis a = analyse({model});
  Confusion expected;
  std::uint64_t judged = 0;
  for (std::uint32_t row = 0; row < sessions.size(); ++row) {
    if (sessions.start[row] < test::ShopShape{}.begin + 30 * day) continue;
    ++judged;
    const bool yes = model.pipeline->predict_proba(sessions, std::vector{row})[0] >= 0.4;
    ++(sessions.label[row] == 1 ? (yes ? expected.true_positive : expected.false_negative)
                                : (yes ? expected.false_positive : expected.true_negative));
  }
  const ModelErrors& m = a.models[0];
  EXPECT_EQ(m.tuned, expected);
  EXPECT_EQ(a.sessions, judged);
  EXPECT_FALSE(a.trained_on);
  EXPECT_EQ(account.count("sessions judged"), static_cast<std::int64_t>(judged));
  EXPECT_EQ(
      account.count("sessions judged") + account.count("sessions that start before the end of training, left out"),
      static_cast<std::int64_t>(sessions.size()));
  EXPECT_EQ(m.all.false_positives, expected.false_positive);
  EXPECT_EQ(m.all.errors(), expected.false_positive + expected.false_negative);
  const auto counts = [](std::uint64_t n) { return static_cast<double>(n); };
  EXPECT_DOUBLE_EQ(m.profit.tuned, (counts(expected.true_positive) - counts(expected.false_positive)) / counts(judged));
  EXPECT_DOUBLE_EQ(m.profit.none, 0.0);
  EXPECT_DOUBLE_EQ(m.profit.all, (2 * counts(a.positives) - counts(judged)) / counts(judged));
  EXPECT_GE(m.profit.best, std::max({m.profit.tuned, m.profit.plain, m.profit.all, m.profit.none}));
}

TEST_F(Judged, PeriodsAndBinsHoldEverySessionOnce) {
  const ErrorAnalysis a = analyse({fitted("bernoulli_nb")});
  std::uint64_t in_periods = 0, in_bins = 0, wrong = 0;
  for (const DriftPeriod& period : a.models[0].periods) {
    in_periods += period.count.sessions;
    wrong += period.count.errors();
    EXPECT_EQ(period.begin % day, 0);
  }
  for (const ReliabilityBin& bin : a.models[0].reliability.bins) in_bins += bin.rows;
  EXPECT_EQ(in_periods, a.sessions);
  EXPECT_EQ(in_bins, a.sessions);
  EXPECT_EQ(wrong, a.models[0].all.errors());
  EXPECT_EQ(a.models[0].periods.size(), 10u);
}

TEST_F(Judged, ListsTheWorstFirstWithTheirRawEvents) {
  ErrorAnalysisOptions options;
  options.worst = 4;
  const ErrorAnalysis a = analyse({fitted("logistic_regression")}, options);
  const ModelErrors& m = a.models[0];
  ASSERT_EQ(m.false_positives.size(), 4u);
  ASSERT_EQ(m.false_negatives.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_FALSE(m.false_positives[i].label);
    EXPECT_GE(m.false_positives[i].probability, 0.4);
    EXPECT_TRUE(m.false_negatives[i].label);
    EXPECT_LT(m.false_negatives[i].probability, 0.4);
    EXPECT_GE(m.false_positives[i].events.size(), 3u);
    if (i > 0) {
      EXPECT_LE(m.false_positives[i].probability, m.false_positives[i - 1].probability);
    }
    if (i > 0) {
      EXPECT_GE(m.false_negatives[i].probability, m.false_negatives[i - 1].probability);
    }
  }
}

TEST_F(Judged, FindsASegmentThatIsWrongByConstruction) {
  for (std::size_t row = 0; row < sessions.size(); ++row)  // on Sundays the label is turned round
    if (core::weekday(sessions.start[row]) == 6) sessions.label[row] ^= 1;
  ErrorAnalysisOptions options;
  options.segment_rows = 20;
  const NamedPipeline model = fitted("logistic_regression");
  const ErrorAnalysis a = analyse({model}, options);
  ASSERT_FALSE(a.models[0].segments.empty());
  EXPECT_THAT(a.models[0].segments[0].rule, HasSubstr("weekday > 5"));
  EXPECT_GT(a.models[0].segments[0].lift, 1.2);
  for (const WeakSegment& segment : a.models[0].segments) EXPECT_GE(segment.sessions, 20u);
}

TEST_F(Judged, DisagreementsAddUp) {
  const ErrorAnalysis a = analyse({fitted("logistic_regression"), fitted("bernoulli_nb"),
                                   fitted("decision_tree", {{"max_depth", std::int64_t{4}}})});
  ASSERT_EQ(a.disagreements.size(), 3u);
  for (const Disagreement& d : a.disagreements) {
    EXPECT_EQ(d.both_right + d.first_right + d.second_right + d.both_wrong, a.sessions);
    EXPECT_EQ(d.second_right + d.both_wrong, a.models[d.first].all.errors());
    EXPECT_EQ(d.first_right + d.both_wrong, a.models[d.second].all.errors());
  }
}

TEST_F(Judged, SaysWhenTheModelHasLearnedFromWhatItIsJudgedOn) {
  ErrorAnalysisOptions options;
  options.to = test::ShopShape{}.begin + 20 * day;
  EXPECT_TRUE(analyse({fitted("bernoulli_nb")}, options).trained_on);
  options.to = test::ShopShape{}.begin - day;
  EXPECT_THROW(analyse({fitted("bernoulli_nb")}, options), DataError);
}

TEST_F(Judged, RefusesModelsOfOtherSessionsAndOptionsOutOfRange) {
  const NamedPipeline model = fitted("bernoulli_nb");
  auto other = std::make_shared<Pipeline>(*model.pipeline);
  other->session.horizon += 1;
  EXPECT_THROW(analyse({model, {"other", other}}), ParameterError);
  EXPECT_THROW(analyse({}), ParameterError);
  ErrorAnalysisOptions options;
  options.period = 0;
  EXPECT_THROW(analyse({model}, options), ParameterError);
}

TEST_F(Judged, PagesFitATerminalAndHideIds) {
  const ErrorAnalysis a = analyse({fitted("logistic_regression"), fitted("bernoulli_nb")});
  const auto id = [](std::string_view text) { return hashed_id(text, 7); };
  const std::string text = errors_text(a, id), json = errors_json(a, id);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  for (const std::string& page : {text, json}) {
    EXPECT_THAT(page, ::testing::Not(HasSubstr(a.models[0].false_positives[0].session)));
    EXPECT_THAT(page, HasSubstr(id(a.models[0].false_positives[0].session)));
  }
  EXPECT_THAT(errors_text(a), HasSubstr(a.models[0].false_positives[0].session));
  const auto document = nlohmann::json::parse(json);
  EXPECT_EQ(document["models"][0]["confusion"]["true_positive"], a.models[0].tuned.true_positive);
  EXPECT_THAT(errors_csv(a), HasSubstr("\nlogistic_regression,all,,"));
}

TEST(HashedId, DependsOnIdAndKey) {
  EXPECT_EQ(hashed_id("session1", 1), hashed_id("session1", 1));
  EXPECT_NE(hashed_id("session1", 1), hashed_id("session1", 2));
  EXPECT_NE(hashed_id("session1", 1), hashed_id("session2", 1));
  EXPECT_EQ(hashed_id("session1", 1).size(), 12u);
}

}  // namespace
}  // namespace cartwheel
