#include <algorithm>
#include <array>
#include <cartwheel/report.hpp>
#include <cartwheel/threads.hpp>
#include <memory>
#include <string>
#include <vector>

#include "embedding/c_events.hpp"
#include "embedding/c_model.hpp"
#include "embedding/last_error.hpp"

using namespace cartwheel;
using namespace cartwheel::embedding;

/// What a cartwheel_scores is.
struct cartwheel_scores {
  std::vector<Prediction> predictions;  ///< Own the texts that `scores` point to.
  std::vector<cartwheel_score> scores;
  std::size_t sessions_left_out = 0, events_left_out = 0;
};

cartwheel_status cartwheel_score_session(const cartwheel_model* model, const cartwheel_event* events,
                                         size_t event_count, double* probability) {
  return guarded([&] {
    const Pipeline& pipeline = session_pipeline(model);
    require(probability, "probability");
    const SessionTable sessions = single_session(checked_events(events, event_count), pipeline.session);
    constexpr std::array<std::uint32_t, 1> row{0};
    *probability = pipeline.predict_proba(sessions, row)[0];
  });
}

cartwheel_status cartwheel_score_events(const cartwheel_model* model, const cartwheel_event* events, size_t event_count,
                                        int threads, cartwheel_scores** scores) {
  return guarded([&] {
    const Pipeline& pipeline = session_pipeline(model);
    require(scores, "scores");
    auto result = std::make_unique<cartwheel_scores>();
    with_threads(threads, [&] {
      Account account;
      const SessionTable sessions =
          build_sessions(log_of(checked_events(events, event_count)), pipeline.session, account);
      result->predictions = predict_sessions(pipeline, sessions);
      result->scores.reserve(sessions.size());
      for (std::size_t row = 0; row < sessions.size(); ++row) {
        const Prediction& prediction = result->predictions[row];
        result->scores.push_back({.session = prediction.user_session.c_str(),
                                  .start = prediction.start,
                                  .event = sessions.start_sequence[row],
                                  .probability = prediction.probability,
                                  .decision = prediction.decision ? 1 : 0});
      }
      result->sessions_left_out = static_cast<std::size_t>(account.count("sessions")) - sessions.size();
      result->events_left_out = static_cast<std::size_t>(account.count("events without a session, left out"));
    });
    *scores = result.release();
  });
}

void cartwheel_free_scores(cartwheel_scores* scores) { delete scores; }

size_t cartwheel_scores_size(const cartwheel_scores* scores) { return scores == nullptr ? 0 : scores->scores.size(); }

const cartwheel_score* cartwheel_scores_data(const cartwheel_scores* scores) {
  return scores == nullptr ? nullptr : scores->scores.data();
}

size_t cartwheel_scores_sessions_left_out(const cartwheel_scores* scores) {
  return scores == nullptr ? 0 : scores->sessions_left_out;
}

size_t cartwheel_scores_events_left_out(const cartwheel_scores* scores) {
  return scores == nullptr ? 0 : scores->events_left_out;
}
