#ifndef CARTWHEEL_H
#define CARTWHEEL_H

/* Cartwheel for C, and for whatever calls C: load a model file, score sessions, explain a score.
 *
 * Every function may be called from several threads at once. A model never changes once it is loaded, so threads share
 * it; it is freed once, when no call uses it any more. What a function hands out lives as long as its documentation
 * says, and is freed by the function of its type, never by free(). Freeing NULL does nothing.
 *
 * Functions that can fail return a cartwheel_status and write results only if that is CARTWHEEL_OK;
 * cartwheel_last_error then says what was wrong, where, and what to do. No C++ exception leaves a function. Arguments
 * are checked, pointers for NULL alone: that they lead to what they claim is the caller's to know.
 *
 * The same bytes everywhere: scores have the bits of `intent_cli predict`, for any number of threads.
 */

#include <stddef.h>
#include <stdint.h>

/* What the shared library shows. */
#if defined(__GNUC__)
#define CARTWHEEL_C_API __attribute__((visibility("default")))
#else
#define CARTWHEEL_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** What came of a call. The numbers 2 to 4 are the exit codes of intent_cli. */
typedef enum cartwheel_status {
  CARTWHEEL_OK = 0,
  CARTWHEEL_NO_SCORE = 1,        /**< The session has none (yet): too few events, or a target among the first ones. */
  CARTWHEEL_PARAMETER_ERROR = 2, /**< An argument is NULL or out of its range. */
  CARTWHEEL_DATA_ERROR = 3,      /**< A file, an event or a matrix is unusable. */
  CARTWHEEL_DEVICE_ERROR = 4,    /**< The GPU is not there, or failed. */
  CARTWHEEL_OUT_OF_MEMORY = 5,
  CARTWHEEL_INTERNAL_ERROR = 6 /**< A mistake in Cartwheel; please report the text of cartwheel_last_error. */
} cartwheel_status;

/** The version of the library, "MAJOR.MINOR.PATCH". Never freed. */
CARTWHEEL_C_API const char* cartwheel_version(void);

/** What the last call in this thread that failed had to say, in UTF-8; "" if none failed. Valid until the next call in
 *  this thread that fails. */
CARTWHEEL_C_API const char* cartwheel_last_error(void);

/* --- Models ------------------------------------------------------------------------------------------------------ */

/** A model file (.cwm) in memory: features, steps, model and threshold. Immutable. */
typedef struct cartwheel_model cartwheel_model;

/** Loads a model file.
 *  @param path   NUL-terminated.
 *  @param model  receives the model, which the caller frees.
 *  @return CARTWHEEL_DATA_ERROR for a file that is missing, damaged, foreign or of another format version. */
CARTWHEEL_C_API cartwheel_status cartwheel_load_model(const char* path, cartwheel_model** model);

/** Loads a model from the bytes of a model file, which are copied.
 *  @param bytes  [size] */
CARTWHEEL_C_API cartwheel_status cartwheel_load_model_bytes(const void* bytes, size_t size, cartwheel_model** model);

CARTWHEEL_C_API void cartwheel_free_model(cartwheel_model* model);

/** "bernoulli_nb", "logistic_regression", "decision_tree" or "random_forest"; "" for NULL. Lives as long as the model.
 */
CARTWHEEL_C_API const char* cartwheel_model_kind(const cartwheel_model* model);

/** A session is a "yes" where its probability is at least this, in [0, 1]; NaN for NULL. */
CARTWHEEL_C_API double cartwheel_model_threshold(const cartwheel_model* model);

/** How many events of a session the model looks at, its first ones; 0 for NULL, and for a model of a table, which takes
 *  no sessions. */
CARTWHEEL_C_API size_t cartwheel_model_window(const cartwheel_model* model);

/** How many columns cartwheel_score_matrix takes; 0 for NULL. */
CARTWHEEL_C_API size_t cartwheel_model_feature_count(const cartwheel_model* model);

/** The name of a column, which lives as long as the model; NULL unless feature < cartwheel_model_feature_count. */
CARTWHEEL_C_API const char* cartwheel_model_feature_name(const cartwheel_model* model, size_t feature);

/* --- Events ------------------------------------------------------------------------------------------------------ */

typedef enum cartwheel_event_type {
  CARTWHEEL_VIEW = 0,
  CARTWHEEL_CART = 1,
  CARTWHEEL_REMOVE_FROM_CART = 2,
  CARTWHEEL_PURCHASE = 3,
  CARTWHEEL_OTHER = 4
} cartwheel_event_type;

/** The price of an event that has none. */
#define CARTWHEEL_NO_PRICE INT64_MIN

/** One event. Texts are NUL-terminated UTF-8; NULL and "" are missing values. The library keeps none of them. */
typedef struct cartwheel_event {
  int64_t time;  /**< Microseconds since 1970-01-01 UTC, in years 1 to 9999. */
  int64_t price; /**< 1/10,000 of a unit (12.34 is 123400), within 10^15 either way, or CARTWHEEL_NO_PRICE. */
  const char* product;
  const char* category_id;
  const char* category_code;
  const char* brand;
  const char* user;
  const char* session;
  int32_t type; /**< A cartwheel_event_type. */
} cartwheel_event;

/* --- Scores ------------------------------------------------------------------------------------------------------ */

/** P(y = 1) of one session.
 *  @param events       [event_count], one session's, in any order: of events of the same time the one given first is
 *                      earlier. `session` is not looked at. Of the user a model of extractor V2 knows what it knew when
 * its training ended; cartwheel_score_events also tells it of the sessions since then.
 *  @param probability  receives a number in [0, 1].
 *  @return CARTWHEEL_NO_SCORE for a session that `intent_cli predict` leaves out. */
CARTWHEEL_C_API cartwheel_status cartwheel_score_session(const cartwheel_model* model, const cartwheel_event* events,
                                                         size_t event_count, double* probability);

/** One session's score. */
typedef struct cartwheel_score {
  const char* session; /**< Its id, or "USER@START" where no event has one. */
  int64_t start;       /**< Time of its first event. */
  uint64_t event;      /**< The place of its first event among those given. */
  double probability;  /**< P(y = 1). */
  int32_t decision;    /**< 1 where probability >= the model's threshold, else 0. */
} cartwheel_score;

/** Scores of sessions, in order of (start, event). */
typedef struct cartwheel_scores cartwheel_scores;

/** Scores all sessions of a log, as `intent_cli predict` does.
 *  @param events   [event_count], in any order: of events of the same time the one given first is earlier. Where none
 *                  has a session, sessions are found by user and inactivity.
 *  @param threads  at most so many work on it: [0, 1024]; 0: one a core.
 *  @param scores   receives the scores, which the caller frees. */
CARTWHEEL_C_API cartwheel_status cartwheel_score_events(const cartwheel_model* model, const cartwheel_event* events,
                                                        size_t event_count, int threads, cartwheel_scores** scores);

CARTWHEEL_C_API void cartwheel_free_scores(cartwheel_scores* scores);
/** How many sessions have a score; 0 for NULL. */
CARTWHEEL_C_API size_t cartwheel_scores_size(const cartwheel_scores* scores);
/** The scores, [cartwheel_scores_size], with their texts as long-lived as `scores`; NULL for NULL. */
CARTWHEEL_C_API const cartwheel_score* cartwheel_scores_data(const cartwheel_scores* scores);
/** Sessions that have no score: with too few events, or a target among the first ones; 0 for NULL. */
CARTWHEEL_C_API size_t cartwheel_scores_sessions_left_out(const cartwheel_scores* scores);
/** Events that belong to no session, because they have no session (and, where none has, no user); 0 for NULL. */
CARTWHEEL_C_API size_t cartwheel_scores_events_left_out(const cartwheel_scores* scores);

/** P(y = 1) of rows of features, for callers that make them themselves.
 *  @param values         [rows x columns], row by row, columns in the order of cartwheel_model_feature_name. NaN is a
 *                        missing value; infinity is refused. Of a column of categories, the level's place in training.
 *  @param columns        cartwheel_model_feature_count.
 *  @param threads        as in cartwheel_score_events.
 *  @param probabilities  [rows], overwritten. */
CARTWHEEL_C_API cartwheel_status cartwheel_score_matrix(const cartwheel_model* model, const float* values, size_t rows,
                                                        size_t columns, int threads, double* probabilities);

/* --- Explanations ------------------------------------------------------------------------------------------------ */

/** What one column of the model has to do with a session's probability. */
typedef struct cartwheel_contribution {
  const char* feature;
  const char* words; /**< What the value says of the session, such as "looked at one brand only". */
  double value;      /**< NaN where it is missing, or no column of the extractor's. */
  double points;     /**< In probability: the base and all points add up to the probability. */
} cartwheel_contribution;

/** Why a session got its score. */
typedef struct cartwheel_explanation cartwheel_explanation;

/** Explains the score of one session: exact SHAP values for trees, exact shares of the log-odds for the others.
 *  @param events       as in cartwheel_score_session.
 *  @param explanation  receives the explanation, which the caller frees.
 *  @return as cartwheel_score_session. */
CARTWHEEL_C_API cartwheel_status cartwheel_explain_session(const cartwheel_model* model, const cartwheel_event* events,
                                                           size_t event_count, cartwheel_explanation** explanation);

CARTWHEEL_C_API void cartwheel_free_explanation(cartwheel_explanation* explanation);
/** P(y = 1) of a session of which the model knows nothing yet; NaN for NULL. */
CARTWHEEL_C_API double cartwheel_explanation_base(const cartwheel_explanation* explanation);
/** P(y = 1) of the session; NaN for NULL. */
CARTWHEEL_C_API double cartwheel_explanation_probability(const cartwheel_explanation* explanation);
/** How many columns have a say; 0 for NULL. */
CARTWHEEL_C_API size_t cartwheel_explanation_size(const cartwheel_explanation* explanation);
/** Their contributions, the largest first, [cartwheel_explanation_size], as long-lived as `explanation`; NULL for NULL.
 */
CARTWHEEL_C_API const cartwheel_contribution* cartwheel_explanation_data(const cartwheel_explanation* explanation);

#ifdef __cplusplus
}
#endif

#endif
