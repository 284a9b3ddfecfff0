/* Scores one session with a model file, and says why. */
#include <cartwheel.h>
#include <stdio.h>

#define MINUTE INT64_C(60000000) /* microseconds */
#define BEGIN INT64_C(1700000000000000)

static int fail(void) {
  fprintf(stderr, "error: %s\n", cartwheel_last_error());
  return 1;
}

int main(int argc, char** argv) {
  cartwheel_event views[3] = {{0}};
  cartwheel_model* model = NULL;
  cartwheel_explanation* explanation = NULL;
  double probability;
  size_t i;

  if (argc != 2) {
    fprintf(stderr, "usage: score MODEL.cwm\n");
    return 2;
  }
  if (cartwheel_load_model(argv[1], &model) != CARTWHEEL_OK) return fail();
  for (i = 0; i < 3; ++i) {
    views[i].time = BEGIN + (int64_t)i * MINUTE;
    views[i].type = CARTWHEEL_VIEW;
    views[i].product = "shoe";
    views[i].price = 99000; /* 9.90 */
  }
  if (cartwheel_score_session(model, views, 3, &probability) != CARTWHEEL_OK) return fail();
  printf("%s: P(cart) = %.3f, %s\n", cartwheel_model_kind(model), probability,
         probability >= cartwheel_model_threshold(model) ? "yes" : "no");

  if (cartwheel_explain_session(model, views, 3, &explanation) != CARTWHEEL_OK) return fail();
  for (i = 0; i < cartwheel_explanation_size(explanation) && i < 3; ++i) {
    const cartwheel_contribution* item = cartwheel_explanation_data(explanation) + i;
    printf("  %+.3f  %s (%s)\n", item->points, item->words, item->feature);
  }
  cartwheel_free_explanation(explanation);
  cartwheel_free_model(model);
  return 0;
}
