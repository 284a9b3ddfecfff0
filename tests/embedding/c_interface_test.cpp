#include <cartwheel.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cartwheel/fit_tuned.hpp>
#include <cartwheel/generate.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/report.hpp>
#include <cartwheel/threads.hpp>
#include <cartwheel/version.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "shop_in_c.h"
#include "support/shared_data.hpp"
#include "support/shop_log.hpp"
#include "support/temporary_folder.hpp"

namespace cartwheel {
namespace {

using ::testing::HasSubstr;

struct Free {
  void operator()(cartwheel_model* model) const { cartwheel_free_model(model); }
  void operator()(cartwheel_scores* scores) const { cartwheel_free_scores(scores); }
  void operator()(cartwheel_explanation* explanation) const { cartwheel_free_explanation(explanation); }
};
using ModelHandle = std::unique_ptr<cartwheel_model, Free>;
using ScoresHandle = std::unique_ptr<cartwheel_scores, Free>;
using ExplanationHandle = std::unique_ptr<cartwheel_explanation, Free>;

ModelHandle handle_of(const Pipeline& pipeline) {
  const std::string bytes = to_bytes(pipeline);
  cartwheel_model* model = nullptr;
  EXPECT_EQ(cartwheel_load_model_bytes(bytes.data(), bytes.size(), &model), CARTWHEEL_OK) << cartwheel_last_error();
  return ModelHandle(model);
}

/// The events of a log as C has them, with their texts.
class EventsInC {
 public:
  explicit EventsInC(const EventLog& log) {
    for (std::size_t row = 0; row < log.size(); ++row) {
      const Event event = log.event(row);
      events_.push_back({.time = event.time,
                         .price = event.price,
                         .product = text(log.products()[event.product]),
                         .category_id = text(log.category_ids()[event.category_id]),
                         .category_code = text(log.category_codes()[event.category_code]),
                         .brand = text(log.brands()[event.brand]),
                         .user = text(log.users()[event.user]),
                         .session = text(log.sessions()[event.session]),
                         .type = static_cast<std::int32_t>(event.type)});
    }
  }
  const std::vector<cartwheel_event>& all() const { return events_; }
  /// Those of the session that row `row` of the log belongs to.
  std::vector<cartwheel_event> session_of(std::size_t row) const {
    std::vector<cartwheel_event> session;
    for (const cartwheel_event& event : events_)
      if (std::string_view(event.session) == events_[row].session) session.push_back(event);
    return session;
  }

 private:
  const char* text(std::string_view view) { return texts_.emplace_back(std::make_unique<std::string>(view))->c_str(); }
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<cartwheel_event> events_;
};

EventLog generated_log() {
  const test::TemporaryFolder folder;
  std::string text;
  generate_events({.events = 8'000, .seed = 5}, [&](std::string_view piece) { text += piece; });
  const std::vector<std::filesystem::path> files{folder.write("events.csv", text)};
  Account account;
  return read_events(files, {}, account);
}

Pipeline fitted(const EventLog& log, const std::string& model, const std::string& extractor, Label label) {
  SessionOptions options;
  options.label = label;
  Account account;
  FitTunedOptions fit;
  fit.model = model;
  fit.extractor = extractor;
  if (model == "random_forest")
    fit.model_parameters = {{"n_estimators", std::int64_t{12}}, {"max_depth", std::int64_t{8}}};
  return fit_tuned(build_sessions(log, options, account), fit).pipeline;
}

/// What the command line's predict gives.
std::vector<Prediction> predicted(const Pipeline& pipeline, const EventLog& log) {
  Account account;
  return predict_sessions(pipeline, build_sessions(log, pipeline.session, account));
}

void expect_same_bits(double a, double b, const std::string& where) {
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)) << where;
}

void expect_batch_is_what_predict_gives(const Pipeline& pipeline, const EventLog& log) {
  const EventsInC events(log);
  const ModelHandle model = handle_of(pipeline);
  cartwheel_scores* out = nullptr;
  ASSERT_EQ(cartwheel_score_events(model.get(), events.all().data(), events.all().size(), 2, &out), CARTWHEEL_OK)
      << cartwheel_last_error();
  const ScoresHandle scores(out);
  const std::vector<Prediction> expected = predicted(pipeline, log);
  ASSERT_EQ(cartwheel_scores_size(out), expected.size());
  ASSERT_GT(expected.size(), 0u);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const cartwheel_score& score = cartwheel_scores_data(out)[i];
    expect_same_bits(score.probability, expected[i].probability, expected[i].user_session);
    EXPECT_EQ(score.session, expected[i].user_session);
    EXPECT_EQ(score.start, expected[i].start);
    EXPECT_EQ(score.decision == 1, expected[i].decision);
    EXPECT_EQ(events.all()[score.event].time, score.start);
  }
}

struct Setting {
  const char* model;
  const char* extractor;
  Label label;
};
void PrintTo(const Setting& setting, std::ostream* out) {
  *out << setting.model << " of " << setting.extractor << ", label " << name_of(setting.label);
}

class CInterface : public ::testing::TestWithParam<Setting> {
 protected:
  const EventLog log_ = generated_log();
  const Pipeline pipeline_ = fitted(log_, GetParam().model, GetParam().extractor, GetParam().label);
};

TEST_P(CInterface, ScoresABatchAsPredictDoes) { expect_batch_is_what_predict_gives(pipeline_, log_); }

TEST_P(CInterface, ScoresOneSessionAsPredictDoes) {
  const EventsInC events(log_);
  const ModelHandle model = handle_of(pipeline_);
  int scored = 0, refused = 0;
  for (std::size_t row = 0; row < 400; ++row) {
    std::vector<cartwheel_event> session = events.session_of(row);
    double probability = -1.0;
    const cartwheel_status status = cartwheel_score_session(model.get(), session.data(), session.size(), &probability);
    // The same session, in a log of its own.
    EventLogBuilder alone;
    for (const cartwheel_event& e : session)
      alone.add({e.time, static_cast<EventType>(e.type), e.product, e.category_id, e.category_code, e.brand, e.user,
                 e.session, e.price});
    const std::vector<Prediction> expected = predicted(pipeline_, alone.build());
    ASSERT_EQ(status, expected.empty() ? CARTWHEEL_NO_SCORE : CARTWHEEL_OK) << cartwheel_last_error();
    if (expected.empty()) {
      ++refused;
      EXPECT_EQ(probability, -1.0);
      continue;
    }
    ++scored;
    expect_same_bits(probability, expected[0].probability, session[0].session);
  }
  EXPECT_GT(scored, 10);
  EXPECT_GT(refused, 10);
}

TEST_P(CInterface, ScoresRowsOfFeaturesAsPredictDoes) {
  Account account;
  const SessionTable sessions = build_sessions(log_, pipeline_.session, account);
  std::vector<std::uint32_t> rows(sessions.size());
  for (std::uint32_t row = 0; row < rows.size(); ++row) rows[row] = row;
  const FeatureMatrix x = pipeline_.extractor->transform(sessions, rows);
  const ModelHandle model = handle_of(pipeline_);
  const std::size_t columns = cartwheel_model_feature_count(model.get());
  ASSERT_EQ(columns, x.columns());
  std::vector<float> values(x.rows() * columns), column(x.rows());
  for (std::size_t j = 0; j < columns; ++j) {
    EXPECT_EQ(cartwheel_model_feature_name(model.get(), j), x.names()[j]);
    x.copy_column(j, column);
    for (std::size_t row = 0; row < x.rows(); ++row) values[row * columns + j] = column[row];
  }
  std::vector<double> probabilities(x.rows(), -1.0);
  ASSERT_EQ(cartwheel_score_matrix(model.get(), values.data(), x.rows(), columns, 2, probabilities.data()),
            CARTWHEEL_OK)
      << cartwheel_last_error();
  const std::vector<double> expected = pipeline_.predict_proba(sessions, rows);
  for (std::size_t row = 0; row < rows.size(); ++row)
    expect_same_bits(probabilities[row], expected[row], std::to_string(row));
}

TEST_P(CInterface, ExplainsTheScore) {
  const EventsInC events(log_);
  const ModelHandle model = handle_of(pipeline_);
  int explained = 0;
  for (std::size_t row = 0; row < 200; ++row) {
    const std::vector<cartwheel_event> session = events.session_of(row);
    cartwheel_explanation* out = nullptr;
    if (cartwheel_explain_session(model.get(), session.data(), session.size(), &out) == CARTWHEEL_NO_SCORE) continue;
    const ExplanationHandle explanation(out);
    ASSERT_NE(out, nullptr) << cartwheel_last_error();
    double probability = 0.0, sum = cartwheel_explanation_base(out);
    ASSERT_EQ(cartwheel_score_session(model.get(), session.data(), session.size(), &probability), CARTWHEEL_OK);
    expect_same_bits(cartwheel_explanation_probability(out), probability, session[0].session);
    for (std::size_t i = 0; i < cartwheel_explanation_size(out); ++i) {
      const cartwheel_contribution& item = cartwheel_explanation_data(out)[i];
      sum += item.points;
      EXPECT_STRNE(item.feature, "");
      EXPECT_STRNE(item.words, "");
    }
    EXPECT_NEAR(sum, probability, 1e-9);
    ++explained;
  }
  EXPECT_GT(explained, 5);
}

INSTANTIATE_TEST_SUITE_P(Models, CInterface,
                         ::testing::Values(Setting{"bernoulli_nb", "V1", Label::window},
                                           Setting{"logistic_regression", "V2", Label::future},
                                           Setting{"decision_tree", "V1", Label::session},
                                           Setting{"random_forest", "V2", Label::future}));

TEST(CInterfaceOnARealShop, ScoresABatchAsPredictDoes) {
  CARTWHEEL_NEEDS_SHARED_DATA();
  const std::vector<std::filesystem::path> files{test::shared_data("store_2016-08_09.csv")};
  Account account;
  const EventLog log = read_events(files, {}, account);
  expect_batch_is_what_predict_gives(fitted(log, "random_forest", "V1", Label::window), log);
}

/// A small shop's events and a model of them.
struct Shop {
  EventLog log = test::make_log(test::shop_events(3));
  Pipeline pipeline = fitted(log, "random_forest", "V1", Label::window);
  EventsInC events{log};
};

TEST(CInterfaceThreads, ShareAModel) {
  const Shop shop;
  const ModelHandle model = handle_of(shop.pipeline);
  const std::vector<Prediction> expected = predicted(shop.pipeline, shop.log);
  const std::vector<cartwheel_event>& events = shop.events.all();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t repeat = 0; repeat < 5; ++repeat) {
        cartwheel_scores* out = nullptr;
        const int on = static_cast<int>(t % 3);
        wrong[t] += cartwheel_score_events(model.get(), events.data(), events.size(), on, &out) != CARTWHEEL_OK;
        const ScoresHandle scores(out);
        wrong[t] += cartwheel_scores_size(out) != expected.size();
        for (std::size_t i = 0; i < std::min(expected.size(), cartwheel_scores_size(out)); ++i)
          wrong[t] += cartwheel_scores_data(out)[i].probability != expected[i].probability;
        for (std::size_t row = t; row < 40; row += 4) {
          const std::vector<cartwheel_event> session = shop.events.session_of(row);
          double probability = -1.0;
          const bool scored =
              cartwheel_score_session(model.get(), session.data(), session.size(), &probability) == CARTWHEEL_OK;
          const bool predicted =
              std::ranges::any_of(expected, [&](const Prediction& p) { return p.user_session == session[0].session; });
          wrong[t] += scored != predicted;
        }
        // Each thread has its own last error.
        const std::string name = "no-file-" + std::to_string(t);
        cartwheel_model* none = nullptr;
        wrong[t] += cartwheel_load_model(name.c_str(), &none) != CARTWHEEL_DATA_ERROR;
        wrong[t] += std::string(cartwheel_last_error()).find(name) == std::string::npos;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(CInterfaceInC, ScoresAndExplains) {
  const Shop shop;
  const test::TemporaryFolder folder;
  save_pipeline(shop.pipeline, folder / "model.cwm");
  const std::string path = (folder / "model.cwm").string();
  const Prediction expected = predicted(shop.pipeline, shop.log)[4];
  std::vector<cartwheel_event> session;
  for (const cartwheel_event& event : shop.events.all())
    if (event.session == expected.user_session) session.push_back(event);
  char message[256] = "";
  const double score = score_and_explain(path.c_str(), session.data(), session.size(), message, sizeof message);
  expect_same_bits(score, expected.probability, message);
  EXPECT_EQ(score_and_explain("nowhere.cwm", session.data(), session.size(), message, sizeof message), -1.0);
  EXPECT_THAT(message, HasSubstr("nowhere.cwm"));
  EXPECT_EQ(score_and_explain(path.c_str(), session.data(), 1, message, sizeof message), -1.0);
  EXPECT_STREQ(message, "the session has no score yet: it has 1 event, and the model looks at the first 3");
}

TEST(CInterfaceInC, TakesNullForAnError) { EXPECT_EQ(call_with_null(), 0); }

TEST(CInterfaceErrors, TellOfTheModel) {
  EXPECT_EQ(cartwheel_version(), version());
  const Shop shop;
  const std::string bytes = to_bytes(shop.pipeline);
  cartwheel_model* model = nullptr;
  EXPECT_EQ(cartwheel_load_model("", &model), CARTWHEEL_DATA_ERROR);
  EXPECT_EQ(cartwheel_load_model_bytes("CWM", 3, &model), CARTWHEEL_DATA_ERROR);
  EXPECT_THAT(cartwheel_last_error(), HasSubstr("the model in memory"));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, bytes.size() / 3, bytes.size() - 1})
    EXPECT_EQ(cartwheel_load_model_bytes(bytes.data(), size, &model), CARTWHEEL_DATA_ERROR) << size;
  std::string damaged = bytes;
  damaged[bytes.size() / 2] = static_cast<char>(damaged[bytes.size() / 2] ^ 1);
  EXPECT_EQ(cartwheel_load_model_bytes(damaged.data(), damaged.size(), &model), CARTWHEEL_DATA_ERROR);
  EXPECT_EQ(model, nullptr);

  const ModelHandle loaded = handle_of(shop.pipeline);
  EXPECT_STREQ(cartwheel_model_kind(loaded.get()), "random_forest");
  EXPECT_EQ(cartwheel_model_threshold(loaded.get()), shop.pipeline.threshold);
  EXPECT_EQ(cartwheel_model_window(loaded.get()), 3u);
  EXPECT_EQ(cartwheel_model_feature_count(loaded.get()), 15u);
  EXPECT_EQ(cartwheel_model_feature_name(loaded.get(), 15), nullptr);
}

TEST(CInterfaceErrors, TellOfTheEvents) {
  const Shop shop;
  const ModelHandle model = handle_of(shop.pipeline);
  const auto score = [&](const std::vector<cartwheel_event>& events) {
    double probability = -1.0;
    const cartwheel_status status = cartwheel_score_session(model.get(), events.data(), events.size(), &probability);
    EXPECT_EQ(probability != -1.0, status == CARTWHEEL_OK);
    return status;
  };
  const cartwheel_event bare{.time = 0,
                             .price = CARTWHEEL_NO_PRICE,
                             .product = nullptr,
                             .category_id = nullptr,
                             .category_code = nullptr,
                             .brand = nullptr,
                             .user = nullptr,
                             .session = nullptr,
                             .type = CARTWHEEL_VIEW};
  EXPECT_EQ(score({bare, bare, bare}), CARTWHEEL_OK) << cartwheel_last_error();
  EXPECT_EQ(score({}), CARTWHEEL_NO_SCORE);
  const auto expect_refused = [&](auto change, const char* words) {
    std::vector<cartwheel_event> events{bare, bare, bare};
    change(events[1]);
    EXPECT_EQ(score(events), CARTWHEEL_DATA_ERROR);
    EXPECT_THAT(cartwheel_last_error(), ::testing::AllOf(HasSubstr("events[1]: "), HasSubstr(words)));
  };
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  expect_refused([](cartwheel_event& e) { e.type = 5; }, "type is 5");
  expect_refused([](cartwheel_event& e) { e.type = -1; }, "type is -1");
  expect_refused([](cartwheel_event& e) { e.time = last; }, "years 1 to 9999");
  expect_refused([](cartwheel_event& e) { e.time = -last; }, "years 1 to 9999");
  expect_refused([](cartwheel_event& e) { e.price = last; }, "price");
  double probability = 0.0;
  EXPECT_EQ(cartwheel_score_session(model.get(), nullptr, 2, &probability), CARTWHEEL_PARAMETER_ERROR);
  EXPECT_STREQ(cartwheel_last_error(), "'events' is NULL");
  EXPECT_EQ(cartwheel_score_session(model.get(), &bare, 1, nullptr), CARTWHEEL_PARAMETER_ERROR);
  cartwheel_scores* scores = nullptr;
  EXPECT_EQ(cartwheel_score_events(model.get(), &bare, 1, -1, &scores), CARTWHEEL_PARAMETER_ERROR);
  EXPECT_EQ(cartwheel_score_events(model.get(), &bare, 1, 1, nullptr), CARTWHEEL_PARAMETER_ERROR);
  EXPECT_EQ(scores, nullptr);
}

TEST(CInterfaceErrors, CountWhatHasNoScore) {
  const Shop shop;
  const ModelHandle model = handle_of(shop.pipeline);
  std::vector<cartwheel_event> events(5, {.time = 0,
                                          .price = 10'000,
                                          .product = "p",
                                          .category_id = "",
                                          .category_code = "",
                                          .brand = "",
                                          .user = "u",
                                          .session = "a",
                                          .type = CARTWHEEL_VIEW});
  events[3].session = "b";
  events[4].session = nullptr;
  cartwheel_scores* out = nullptr;
  ASSERT_EQ(cartwheel_score_events(model.get(), events.data(), events.size(), 0, &out), CARTWHEEL_OK);
  const ScoresHandle scores(out);
  EXPECT_EQ(cartwheel_scores_size(out), 1u);
  EXPECT_STREQ(cartwheel_scores_data(out)->session, "a");
  EXPECT_EQ(cartwheel_scores_sessions_left_out(out), 1u);
  EXPECT_EQ(cartwheel_scores_events_left_out(out), 1u);
  ASSERT_EQ(cartwheel_score_events(model.get(), nullptr, 0, 0, &out), CARTWHEEL_OK) << cartwheel_last_error();
  const ScoresHandle none(out);
  EXPECT_EQ(cartwheel_scores_size(out), 0u);
}

TEST(CInterfaceErrors, TellOfTheMatrix) {
  const Shop shop;
  const ModelHandle model = handle_of(shop.pipeline);
  std::vector<float> values(2 * 15, 0.5f);
  std::vector<double> out(2, -1.0);
  const auto score = [&](std::size_t rows, std::size_t columns, int threads = 1) {
    return cartwheel_score_matrix(model.get(), values.data(), rows, columns, threads, out.data());
  };
  EXPECT_EQ(score(2, 14), CARTWHEEL_DATA_ERROR);
  EXPECT_THAT(cartwheel_last_error(), HasSubstr("14 columns; the model takes 15"));
  EXPECT_EQ(score(2, 15, 5000), CARTWHEEL_PARAMETER_ERROR);
  EXPECT_NE(score(std::size_t{1} << 60, 15), CARTWHEEL_OK);  // more rows than there can be
  values[15 + 3] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(score(2, 15), CARTWHEEL_DATA_ERROR);
  EXPECT_THAT(cartwheel_last_error(), HasSubstr("infinite in row 1"));
  values[15 + 3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(score(0, 15), CARTWHEEL_OK);
  EXPECT_EQ(out[0], -1.0);
  EXPECT_EQ(score(2, 15), CARTWHEEL_OK);
  EXPECT_GE(out[1], 0.0);
}

TEST(CInterfaceErrors, ATablesModelTakesRowsAlone) {
  FeatureMatrix x(8);
  x.add("height", FloatColumn{{1, 2, 3, 4, 5, 6, 7, 8}});
  const std::vector<std::uint8_t> y{0, 0, 0, 1, 0, 1, 1, 1};
  Pipeline pipeline;
  FittedStep scaled = fit_step({"standard_scaler", {}}, x, y, {});
  pipeline.steps = {scaled.step};
  pipeline.model = fit_model("logistic_regression", {}, scaled.training.x, y, {});
  const ModelHandle model = handle_of(pipeline);
  EXPECT_EQ(cartwheel_model_window(model.get()), 0u);
  ASSERT_EQ(cartwheel_model_feature_count(model.get()), 1u);
  EXPECT_STREQ(cartwheel_model_feature_name(model.get(), 0), "height");
  const std::vector<float> rows{2, 7};
  std::vector<double> out(2);
  ASSERT_EQ(cartwheel_score_matrix(model.get(), rows.data(), 2, 1, 1, out.data()), CARTWHEEL_OK);
  EXPECT_LT(out[0], 0.5);
  EXPECT_GT(out[1], 0.5);
  cartwheel_scores* scores = nullptr;
  EXPECT_EQ(cartwheel_score_events(model.get(), nullptr, 0, 0, &scores), CARTWHEEL_DATA_ERROR);
  EXPECT_THAT(cartwheel_last_error(), HasSubstr("cartwheel_score_matrix"));
}

}  // namespace
}  // namespace cartwheel
