#include <gmock/gmock.h>

#include <cartwheel/audit.hpp>
#include <cartwheel/column_selector.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/report.hpp>
#include <set>
#include <sstream>

#include "core/parallel.hpp"
#include "selection/walk_plan.hpp"
#include "support/experiment_settings.hpp"
#include "support/planted_leaks.hpp"
#include "support/shop_log.hpp"

namespace cartwheel {
namespace {

using test::LeakySubject;
using test::PlantedExtractor;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::int64_t day = core::microseconds_per_day, hour = core::microseconds_per_hour;

ExperimentOptions experiment(Label label) {
  ExperimentOptions options = test::small_experiment();
  options.session.label = label;
  options.session.horizon = 20 * hour;
  options.batches.step = 10 * day;
  options.threshold.bootstrap_draws = 20;
  options.models = {{"bernoulli_nb", {}}};
  return options;
}

AuditOptions few_draws() {
  AuditOptions options;
  options.draws = 2;
  return options;
}

EventLog shop(std::uint64_t seed = 3) { return test::make_log(test::shop_events(seed, {40, 700})); }

AuditReport audited(const AuditSubject& subject, const AuditOptions& options = few_draws()) {
  Account account;
  return audit(shop(), subject, options, account);
}

class AuditPasses : public ::testing::TestWithParam<Label> {};

TEST_P(AuditPasses, OnWhatTheExperimentDoes) {
  ExperimentOptions options = experiment(GetParam());
  options.batches.folds = 2;
  options.steps = {{"chi2", {{"k", {std::int64_t{5}}}}}};
  options.models.push_back({"decision_tree", {{"min_samples_leaf", {std::int64_t{15}}}}});
  const auto subject = make_audit_subject(options);
  const AuditReport report = audited(*subject);
  EXPECT_TRUE(report.passed()) << audit_text(report);
  EXPECT_EQ(report.work.folds, 6u);
  EXPECT_EQ(report.work.recipes, 2u);
  EXPECT_EQ(report.work.draws_fitted, 6u * 2);
  EXPECT_EQ(report.work.models_fitted, 2u);
  EXPECT_EQ(report.work.draws_types > 0, GetParam() != Label::future);
  EXPECT_GT(report.work.rows_compared, 1000u);
}

INSTANTIATE_TEST_SUITE_P(Labels, AuditPasses, ::testing::Values(Label::future, Label::window, Label::session),
                         [](const auto& label) { return std::string(name_of(label.param)); });

/// The one finding, which must name what was planted and an event that is later than the cut.
void expect_only(const AuditReport& report, const std::string& what, const std::string& feature) {
  ASSERT_FALSE(report.passed()) << audit_text(report);
  for (const AuditFinding& finding : report.findings) {
    EXPECT_THAT(finding.what, HasSubstr(what)) << audit_text(report);
    EXPECT_THAT(finding.features, Contains(feature));
    EXPECT_GE(finding.events, 1u);
    EXPECT_FALSE(finding.event.empty());
  }
}

TEST(AuditFinds, WholeSessionSize) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = test::fit_by([] {
    return std::make_unique<PlantedExtractor>(
        "session_events", nullptr, [](const SessionTable& sessions, std::uint32_t row, const auto&) {
          return std::ranges::count(sessions.log.session(), sessions.session[row]);
        });
  });
  const AuditReport report = audited(subject);
  expect_only(report, "session_events", "session_events");
  EXPECT_EQ(report.findings[0].features.size(), 1u);
  EXPECT_EQ(report.findings[0].events, 1u);
}

TEST(AuditFinds, EventTypeCountOfTheWholeSession) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = test::fit_by([] {
    return std::make_unique<PlantedExtractor>("unique_event_type", nullptr,
                                              [](const SessionTable& sessions, std::uint32_t row, const auto&) {
                                                std::set<EventType> types;
                                                for (std::size_t i = 0; i < sessions.log.size(); ++i)
                                                  if (sessions.log.session()[i] == sessions.session[row])
                                                    types.insert(sessions.log.type()[i]);
                                                return static_cast<double>(types.size());
                                              });
  });
  expect_only(audited(subject), "unique_event_type", "unique_event_type");
}

TEST(AuditFinds, EventTypesOfTheWindowWhereTheLabelIsMadeOfThem) {
  LeakySubject subject(experiment(Label::window));
  subject.on_fit = test::fit_by([] {
    return std::make_unique<PlantedExtractor>(
        "carts", nullptr, [](const SessionTable& sessions, std::uint32_t row, const auto&) {
          return std::ranges::count(std::span(sessions.type).subspan(row * 3, 3), EventType::cart);
        });
  });
  const AuditReport report = audited(subject);
  expect_only(report, "carts", "carts");
  for (const AuditFinding& finding : report.findings) EXPECT_EQ(finding.proof, AuditProof::types);
  const auto alone = std::ranges::find_if(
      report.notes, [](const AuditNote& note) { return note.check == "feature_auc" && note.name == "Planted carts"; });
  ASSERT_NE(alone, report.notes.end());
  EXPECT_TRUE(alone->suspicious);
}

/// Carts by view of each product.
PlantedExtractor::Learned ratios(const EventLog& log, std::int64_t until) {
  PlantedExtractor::Learned carts, views;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log.time()[i] > until) continue;
    const std::string product(log.products()[log.product()[i]]);
    ++(log.type()[i] == EventType::cart ? carts : views)[product];
  }
  for (auto& [product, count] : carts) count /= count + views[product];
  return carts;
}

double prior_of_first(const SessionTable& sessions, std::uint32_t row, const PlantedExtractor::Learned& learned) {
  const auto found = learned.find(std::string(sessions.log.products()[sessions.product[row * 3]]));
  return found == learned.end() ? 0.0 : found->second;
}

TEST(AuditFinds, PriorFittedOnAllData) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = test::fit_by([] {
    return std::make_unique<PlantedExtractor>(
        "cart_ratio", [](const SessionTable& s, auto, std::int64_t) { return ratios(s.log, INT64_MAX); },
        prior_of_first);
  });
  expect_only(audited(subject), "cart_ratio", "cart_ratio");
}

TEST(AuditFinds, TotalsOfAllDataThatTrainingRowsDoNotShow) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = [](const LeakySubject&, const SessionTable& sessions, const Fold& fold) {
    auto extractor = std::make_shared<PlantedExtractor>(
        "cart_ratio", [](const SessionTable& s, auto, std::int64_t) { return ratios(s.log, INT64_MAX); },
        prior_of_first);
    FittedColumns fitted;
    fitted.features = extractor->fit_transform(sessions, fold.train_rows, fold.train_end);
    fitted.features.replace(fitted.features.columns() - 1,
                            FloatColumn{std::vector<float>(fold.train_rows.size(), 0.0f)});
    fitted.extractor = extractor;
    fitted.input.x = fitted.features;
    return fitted;
  };
  expect_only(audited(subject), "what extractor Planted has learned", "cart_ratio");
}

TEST(AuditFinds, UnorderedTargetPrior) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = test::fit_by([] {
    return std::make_unique<PlantedExtractor>(
        "target_prior", [](const SessionTable& s, auto, std::int64_t train_end) { return ratios(s.log, train_end); },
        prior_of_first);
  });
  const AuditReport report = audited(subject);
  expect_only(report, "feature target_prior of a training row", "target_prior");
  for (const AuditFinding& finding : report.findings) EXPECT_EQ(finding.proof, AuditProof::training);
}

TEST(AuditFinds, ScalerFittedOnAllData) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = [](const LeakySubject& s, const SessionTable& sessions, const Fold& fold) {
    FittedColumns fitted = std::move(s.honest->fit(sessions, fold)[0]);
    std::vector<std::uint32_t> all(sessions.size());
    for (std::uint32_t row = 0; row < all.size(); ++row) all[row] = row;
    const auto scaler =
        std::make_shared<const StandardScaler>(StandardScaler::fit(fitted.extractor->transform(sessions, all)));
    fitted.steps = {scaler};
    fitted.input.x = scaler->transform(fitted.features);
    return fitted;
  };
  expect_only(audited(subject), "step standard_scaler", "price_mean");
}

TEST(AuditFinds, Chi2OnAllData) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = [](const LeakySubject& s, const SessionTable& sessions, const Fold& fold) {
    FittedColumns fitted = std::move(s.honest->fit(sessions, fold)[0]);
    std::vector<std::uint32_t> all(sessions.size());
    for (std::uint32_t row = 0; row < all.size(); ++row) all[row] = row;
    const auto selector = std::make_shared<const ColumnSelector>(ColumnSelector::k_best(
        fitted.extractor->transform(sessions, all), selection::labels_of(sessions, all), ColumnScore::chi2, 4));
    fitted.steps = {selector};
    fitted.input.x = selector->transform(fitted.features);
    return fitted;
  };
  const AuditReport report = audited(subject);
  ASSERT_FALSE(report.passed());
  for (const AuditFinding& finding : report.findings) EXPECT_EQ(finding.what, "step chi2");
}

TEST(AuditFinds, LabelTimeIgnored) {
  LeakySubject subject(experiment(Label::future));
  subject.on_split = [](const SessionTable& sessions, std::vector<Batch>& batches) {
    const auto take_all = [&](Fold& fold) {
      fold.train_rows.clear();
      for (std::uint32_t row = 0; row < sessions.size(); ++row)
        if (fold.train.contains(sessions.start[row]) && sessions.window_end[row] <= fold.train_end)
          fold.train_rows.push_back(row);
    };
    for (Batch& batch : batches) {
      take_all(batch.final_fold);
      for (Fold& fold : batch.folds) take_all(fold);
    }
  };
  const AuditReport report = audited(subject);
  ASSERT_FALSE(report.passed());
  EXPECT_THAT(report.findings, Contains(::testing::Field(&AuditFinding::what, "label of a training row")));
}

TEST(AuditFinds, ThresholdOnTest) {
  LeakySubject subject(experiment(Label::future));
  subject.on_choose = [](const SessionTable& sessions, const Batch& batch, std::vector<FittedChoice>& choices) {
    const std::vector<std::uint32_t>& rows = batch.final_fold.validation_rows;
    ThresholdOptions options;
    options.guard = false;
    for (FittedChoice& choice : choices)
      choice.pipeline.threshold =
          tune_threshold(selection::labels_of(sessions, rows), choice.pipeline.predict_proba(sessions, rows), options)
              .threshold;
  };
  expect_only(audited(subject), "threshold of bernoulli_nb", "threshold");
}

TEST(Audit, NamesTheOneEventThatMatters) {
  LeakySubject subject(experiment(Label::future));
  subject.on_fit = test::fit_by([] {  // what is bought last decides over every row
    return std::make_unique<PlantedExtractor>(
        "oracle", nullptr, [](const SessionTable& sessions, std::uint32_t, const auto&) {
          const auto& type = sessions.log.type();
          return static_cast<double>(std::ranges::count(type, EventType::purchase));
        });
  });
  const AuditReport report = audited(subject);
  expect_only(report, "oracle", "oracle");
  for (const AuditFinding& finding : report.findings) {
    EXPECT_EQ(finding.events, 1u);
    EXPECT_THAT(finding.event, HasSubstr("purchase"));
  }
}

TEST(Audit, SameReportForAnyNumberOfThreads) {
  const auto subject = make_audit_subject(experiment(Label::window));
  std::string one, two;
  core::with_threads(1, [&] { one = audit_json(audited(*subject)); });
  core::with_threads(3, [&] { two = audit_json(audited(*subject)); });
  EXPECT_EQ(one, two);
}

TEST(Audit, RefusesOptionsOutOfRange) {
  const auto subject = make_audit_subject(experiment(Label::window));
  AuditOptions options;
  options.draws = 0;
  EXPECT_THROW(audited(*subject, options), ParameterError);
}

TEST(Audit, PagesFitATerminal) {
  const auto subject = make_audit_subject(experiment(Label::window));
  std::istringstream lines(audit_text(audited(*subject)));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 90u) << line;
}

}  // namespace
}  // namespace cartwheel
