#ifndef SHOP_IN_C_H
#define SHOP_IN_C_H

#include <cartwheel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a program in C does: loads a model file, scores the session and explains the score. Gives the probability, or -1
 * after it has written to `message` [size] what was wrong. */
double score_and_explain(const char* model_file, const cartwheel_event* events, size_t event_count, char* message,
                         size_t size);

/* Calls everything with NULL. Gives the number of the first call that did not do what cartwheel.h says; 0: none. */
int call_with_null(void);

#ifdef __cplusplus
}
#endif

#endif
