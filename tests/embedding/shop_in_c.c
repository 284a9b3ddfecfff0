#include "shop_in_c.h"

#include <stdio.h>
#include <string.h>

static double sum_of_points(const cartwheel_explanation* explanation) {
  const cartwheel_contribution* items = cartwheel_explanation_data(explanation);
  double sum = cartwheel_explanation_base(explanation);
  size_t i;
  for (i = 0; i < cartwheel_explanation_size(explanation); ++i) sum += items[i].points;
  return sum;
}

double score_and_explain(const char* model_file, const cartwheel_event* events, size_t event_count, char* message,
                         size_t size) {
  cartwheel_model* model = NULL;
  cartwheel_explanation* explanation = NULL;
  double probability = -1.0, difference;
  if (cartwheel_load_model(model_file, &model) != CARTWHEEL_OK ||
      cartwheel_score_session(model, events, event_count, &probability) != CARTWHEEL_OK ||
      cartwheel_explain_session(model, events, event_count, &explanation) != CARTWHEEL_OK) {
    snprintf(message, size, "%s", cartwheel_last_error());
    probability = -1.0;
  } else {
    difference = sum_of_points(explanation) - probability;
    if (difference > 1e-9 || difference < -1e-9) {
      snprintf(message, size, "base and points differ from the probability by %g", difference);
      probability = -1.0;
    }
  }
  cartwheel_free_explanation(explanation);
  cartwheel_free_model(model);
  return probability;
}

int call_with_null(void) {
  cartwheel_event event;
  cartwheel_model* model = NULL;
  cartwheel_scores* scores = NULL;
  cartwheel_explanation* explanation = NULL;
  double probability = 0.0;
  float value = 0.0f;
  memset(&event, 0, sizeof event);
  cartwheel_free_model(NULL);
  cartwheel_free_scores(NULL);
  cartwheel_free_explanation(NULL);
  if (cartwheel_load_model(NULL, &model) != CARTWHEEL_PARAMETER_ERROR) return 1;
  if (cartwheel_load_model("model.cwm", NULL) != CARTWHEEL_PARAMETER_ERROR) return 2;
  if (cartwheel_load_model_bytes(NULL, 3, &model) != CARTWHEEL_PARAMETER_ERROR) return 3;
  if (cartwheel_score_session(NULL, &event, 1, &probability) != CARTWHEEL_PARAMETER_ERROR) return 4;
  if (cartwheel_score_events(NULL, &event, 1, 0, &scores) != CARTWHEEL_PARAMETER_ERROR) return 5;
  if (cartwheel_score_matrix(NULL, &value, 1, 1, 0, &probability) != CARTWHEEL_PARAMETER_ERROR) return 6;
  if (cartwheel_explain_session(NULL, &event, 1, &explanation) != CARTWHEEL_PARAMETER_ERROR) return 7;
  if (strcmp(cartwheel_last_error(), "'model' is NULL") != 0) return 8;
  if (cartwheel_model_kind(NULL)[0] != '\0' || cartwheel_model_feature_name(NULL, 0) != NULL) return 9;
  if (cartwheel_model_window(NULL) != 0 || cartwheel_model_feature_count(NULL) != 0) return 10;
  if (cartwheel_scores_size(NULL) != 0 || cartwheel_scores_data(NULL) != NULL) return 11;
  if (cartwheel_scores_sessions_left_out(NULL) != 0 || cartwheel_scores_events_left_out(NULL) != 0) return 12;
  if (cartwheel_explanation_size(NULL) != 0 || cartwheel_explanation_data(NULL) != NULL) return 13;
  if (cartwheel_model_threshold(NULL) == cartwheel_model_threshold(NULL)) return 14; /* NaN */
  if (cartwheel_explanation_base(NULL) == cartwheel_explanation_base(NULL)) return 15;
  if (cartwheel_explanation_probability(NULL) == cartwheel_explanation_probability(NULL)) return 16;
  if (model != NULL || scores != NULL || explanation != NULL) return 17;
  return 0;
}
