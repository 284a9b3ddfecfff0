#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/calibration.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/progress.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/temporal_split.hpp>
#include <cartwheel/threshold.hpp>
#include <cartwheel/threshold_sweep.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// Lists of values to try: the grid is their product. A missing name takes its default.
using ParameterGrid = std::map<std::string, std::vector<ParameterValue>>;

/// Every combination of a grid, the last name (in byte order) changing fastest; one empty combination for an empty
/// grid.
/// @throws ParameterError for an empty list, or a product above 1,000,000.
std::vector<Parameters> combinations(const ParameterGrid& grid);

enum class SearchMetric : std::uint8_t { f1, average_precision, roc_auc, log_loss, brier };
std::string_view name_of(SearchMetric metric);
/// @throws ParameterError with a suggestion.
SearchMetric parse_search_metric(std::string_view name);

enum class SearchMethod : std::uint8_t {
  exhaustive,  ///< Every combination.
  random,      ///< Of each model n_iter combinations (of extractor, steps and parameters), drawn without replacement.
};

enum class ChoiceRule : std::uint8_t {
  best,  ///< The best mean over the folds, the first of equals.
  /// The simplest combination whose mean is within one standard error of the best one's (Breiman et al., CART, 1984).
  /// Simpler is: naive Bayes with more smoothing (alpha), then without a learned prior; logistic regression with the
  /// stronger penalty (smaller C, none last), then the larger L1 share; a tree of less depth, then larger leaves; a
  /// forest of less depth, then fewer trees, then larger leaves. Of equally simple ones the best mean, then the first.
  one_standard_error,
};

struct NamedGrid {
  std::string name;  ///< Of an extractor, a step or a model.
  ParameterGrid grid;
};

/// The whole experiment, as a config file describes it.
struct ExperimentOptions {
  SessionOptions session;  ///< For who builds the session table; run_experiment takes the table as it is.
  BatchOptions batches;
  SearchMetric metric = SearchMetric::f1;  ///< Chooses.
  std::vector<SearchMetric> also;          ///< Measured for every combination, beside `metric`.
  SearchMethod method = SearchMethod::exhaustive;
  std::uint64_t n_iter = 20;           ///< [1, 1000000], of SearchMethod::random.
  ChoiceRule rule = ChoiceRule::best;  ///< one_standard_error needs two folds or more.
  /// Work that combinations have in common is done once. false: each is fitted as if it were alone; the result is the
  /// same, but for logistic regression, whose fits agree to their tolerance.
  bool share = true;
  /// What the search has finished is kept here, so that a run that ends too early can be resumed; empty: nowhere. The
  /// file stays when the run is done: remove it once the result is safe. 8 bytes for each validation row and
  /// combination.
  std::filesystem::path journal;
  bool resume = false;                ///< Go on from the journal; from the beginning where there is none.
  ThresholdOptions threshold;         ///< Its seed is not used: the experiment's is.
  std::vector<NamedGrid> extractors;  ///< At least one, each name once.
  /// Steps between extractor and model, in this order, each name once; after them come each model's default steps that
  /// are not among them. Besides its own parameters each step has `use`: false leaves it out (also a default step).
  std::vector<NamedGrid> steps;
  std::vector<NamedGrid> models;  ///< At least one, each name once; a row of the table each.
  std::uint64_t seed = 0;         ///< Of every fit, of a random search, and of the threshold's bootstrap.
  ProgressCallback progress;
};

/// How much there is to do, or was done, in the folds of a search.
struct SearchWork {
  std::uint64_t extractor_fits = 0, step_fits = 0;
  std::uint64_t model_fits = 0;    ///< What is left of the combinations where one fit serves several.
  std::uint64_t combinations = 0;  ///< Models scored, one a combination and fold.
  friend bool operator==(const SearchWork&, const SearchWork&) = default;
};

/// Another metric of one combination, by fold; higher is better.
struct MoreScores {
  std::vector<std::optional<double>> folds;    ///< Nothing where one class alone leaves the metric undefined.
  std::optional<double> mean, standard_error;  ///< Nothing unless every fold has a score.
};

/// One combination that the search tried in a batch.
struct SearchRow {
  std::string batch, model, extractor;
  Parameters extractor_parameters, model_parameters;
  std::vector<NamedStep> steps;     ///< With the parameters that the grid gives.
  std::vector<double> fold_scores;  ///< By the metric, higher is better (losses are negated); empty if it failed.
  double mean = 0.0;
  double standard_error = 0.0;   ///< Of the mean over folds; 0 for one fold.
  std::vector<MoreScores> also;  ///< In the order of ExperimentOptions::also; empty if it failed.
  double seconds = 0.0;          ///< Of this combination's own fits and scores.
  /// Of work done once for several combinations (features, steps, fits), counted on its first user.
  double shared_seconds = 0.0;
  std::string error;  ///< Why it failed; empty if it did not.
};

/// One row of the batch table: a model (or a dummy) on one batch's test window.
struct BatchRow {
  std::string batch, model, extractor;
  double f1_score = 0.0;            ///< At the default cut.
  double f1_score_optimized = 0.0;  ///< At the tuned cut.
  double threshold = default_threshold;
  bool guard_held = false;
  double average_precision = 0.0;
  std::optional<double> roc_auc;  ///< Empty where the test window has one class.
  double log_loss = 0.0, brier = 0.0;
  double precision = 0.0, recall = 0.0, accuracy = 0.0;  ///< At the tuned cut.
  double base_rate = 0.0;                                ///< Share of positives in the test window.
  std::uint64_t sessions = 0;                            ///< Of the test window.
  Confusion confusion;                                   ///< At the tuned cut.
  Reliability reliability;                               ///< Of the probabilities, on the test window.
  /// Counts on the test window at some 400 cuts; the row's thresholds and the default one are among them.
  ThresholdSweep sweep;
  /// How the cut did by the threshold's goal: on the out-of-fold scores that it was chosen on (dummies: nothing), and
  /// on the test window.
  std::optional<CutValue> tuned;
  CutValue tested;
  double best_threshold = default_threshold;  ///< The test window's own best cut, known only afterwards.
  /// How much better that one would have been by the goal; below 0 where the cut misses the condition that the best one
  /// has to meet.
  double regret = 0.0;
  Parameters best_params;  ///< The model's, and those of extractor and steps as "EXTRACTOR.NAME" and "STEP.NAME".
  bool dummy = false;
  std::vector<std::string> warnings;
};

struct ExperimentResult {
  std::vector<Batch> batches;
  std::vector<BatchRow> table;  ///< By batch, then models as configured, then the dummies.
  std::vector<SearchRow> search;
  struct FittedModel {
    std::string batch, model;
    Pipeline pipeline;
  };
  std::vector<FittedModel> models;  ///< The final pipelines, in the order of the table.
  std::vector<SearchMetric> also;   ///< As in the options.
  SearchWork work;                  ///< What the searches of all batches did in this run.
  std::uint64_t resumed = 0;        ///< Combinations (one a fold) that were taken from the journal.
  Account account;
};

/// What an experiment would do, seen before it does it.
struct ExperimentPlan {
  std::vector<Batch> batches;
  SearchWork alone;   ///< Of the searches of all batches, were each combination fitted by itself.
  SearchWork shared;  ///< With the work that they share done once.
  std::uint64_t final_fits = 0;
  /// At the worst moment, besides the session table: columns of the folds in work, as floats; scores; and models while
  /// they are fitted, with those that stay. At most, and for trees of unlimited depth far more than is usual: as if
  /// each row had a leaf of its own.
  std::uint64_t column_bytes = 0, score_bytes = 0, model_bytes = 0;
  std::uint64_t journal_bytes = 0;
};
/// @throws ParameterError, DataError as run_experiment before its work starts.
ExperimentPlan plan_experiment(const SessionTable& sessions, const ExperimentOptions& options);

/// Runs batches x models: search on each batch's folds, threshold on the pooled out-of-fold scores of the combination
/// that the rule chooses, a final fit on train + validation, scores on test. Dummies in every batch: `always_yes`,
/// `base_rate` (P = the training base rate) and `session_size` (P = the training base rate of sessions with as many
/// events in the window); their cuts are tuned on the training rows. All combinations of a batch are compared on the
/// same sessions. The result, but for its seconds, is the same for any number of threads, and for a run that was
/// interrupted and resumed; nothing but the measures on the test window depends on events after a batch's validation
/// window. A combination that fails (a value out of range, a matrix that cannot be fitted) is reported in `search` and
/// left out of the choice; only if all of a model's combinations fail is it an error, and if that can be seen from the
/// parameters, or a name is misspelt, it is one before any work starts.
/// @throws ParameterError; DataError, also for a journal that cannot be written or is another run's; Cancelled.
/// Memory: the columns of as many (fold, extractor combination) pairs as there are threads, once for each step on the
/// way to a model; the models of up to eight separate fits a thread; 8 bytes a validation row for each model and for
/// each combination that has some folds to go, with ChoiceRule::one_standard_error for each combination.
ExperimentResult run_experiment(const SessionTable& sessions, const ExperimentOptions& options);

}  // namespace cartwheel
