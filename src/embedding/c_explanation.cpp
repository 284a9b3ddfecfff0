#include <cartwheel/explanation.hpp>
#include <limits>
#include <memory>
#include <vector>

#include "embedding/c_events.hpp"
#include "embedding/c_model.hpp"
#include "embedding/last_error.hpp"

using namespace cartwheel;
using namespace cartwheel::embedding;

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

/// What a cartwheel_explanation is.
struct cartwheel_explanation {
  Explanation explanation;  ///< Owns the texts that `contributions` point to.
  std::vector<cartwheel_contribution> contributions;
};

cartwheel_status cartwheel_explain_session(const cartwheel_model* model, const cartwheel_event* events,
                                           size_t event_count, cartwheel_explanation** explanation) {
  return guarded([&] {
    const Pipeline& pipeline = session_pipeline(model);
    require(explanation, "explanation");
    const SessionTable sessions = single_session(checked_events(events, event_count), pipeline.session);
    auto result = std::make_unique<cartwheel_explanation>();
    // What else the session could have been is not asked for, so it is hardly looked for.
    result->explanation = explain_session(pipeline, sessions, 0, {.products = 0, .changes = 1});
    for (const FeatureContribution& contribution : result->explanation.contributions)
      result->contributions.push_back({.feature = contribution.feature.c_str(),
                                       .words = contribution.words.c_str(),
                                       .value = contribution.value.value_or(not_a_number),
                                       .points = contribution.points});
    *explanation = result.release();
  });
}

void cartwheel_free_explanation(cartwheel_explanation* explanation) { delete explanation; }

double cartwheel_explanation_base(const cartwheel_explanation* explanation) {
  return explanation == nullptr ? not_a_number : explanation->explanation.base;
}

double cartwheel_explanation_probability(const cartwheel_explanation* explanation) {
  return explanation == nullptr ? not_a_number : explanation->explanation.probability;
}

size_t cartwheel_explanation_size(const cartwheel_explanation* explanation) {
  return explanation == nullptr ? 0 : explanation->contributions.size();
}

const cartwheel_contribution* cartwheel_explanation_data(const cartwheel_explanation* explanation) {
  return explanation == nullptr ? nullptr : explanation->contributions.data();
}
