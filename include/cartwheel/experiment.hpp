#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/progress.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/temporal_split.hpp>
#include <cartwheel/threshold.hpp>
#include <optional>
#include <string>
#include <vector>

namespace cartwheel {

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

struct NamedGrid {
  std::string name;  ///< Of an extractor, a step or a model.
  ParameterGrid grid;
};

/// The whole experiment, as a config file describes it.
struct ExperimentOptions {
  SessionOptions session;  ///< For who builds the session table; run_experiment takes the table as it is.
  BatchOptions batches;
  SearchMetric metric = SearchMetric::f1;
  ThresholdOptions threshold;         ///< Its seed is not used: the experiment's is.
  std::vector<NamedGrid> extractors;  ///< At least one, each name once.
  /// Steps between extractor and model, in this order, each name once; after them come each model's default steps that
  /// are not among them. Besides its own parameters each step has `use`: false leaves it out (also a default step).
  std::vector<NamedGrid> steps;
  std::vector<NamedGrid> models;  ///< At least one, each name once; a row of the table each.
  std::uint64_t seed = 0;         ///< Of every fit, and of the threshold's bootstrap.
  ProgressCallback progress;
};

/// One combination that the search tried in a batch.
struct SearchRow {
  std::string batch, model, extractor;
  Parameters extractor_parameters, model_parameters;
  std::vector<NamedStep> steps;     ///< With the parameters that the grid gives.
  std::vector<double> fold_scores;  ///< By the metric, higher is better (losses are negated); empty if it failed.
  double mean = 0.0;
  double standard_error = 0.0;  ///< Of the mean over folds; 0 for one fold.
  double seconds = 0.0;         ///< Of this combination's own fits and scores.
  double shared_seconds = 0.0;  ///< Of work done once for several combinations (features), counted on its first user.
  std::string error;            ///< Why it failed; empty if it did not.
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
  Account account;
};

/// Runs batches x models: grid search on each batch's folds (the best mean of the metric, the first of equals),
/// threshold on the pooled out-of-fold scores of the best combination, a final fit on train + validation, scores on
/// test. Dummies in every batch: `always_yes`, `base_rate` (P = the training base rate) and `session_size` (P = the
/// training base rate of sessions with as many events in the window); their cuts are tuned on the training rows. All
/// combinations of a batch are compared on the same sessions. The result, but for its seconds, is the same for any
/// number of threads; nothing but the measures on the test window depends on events after a batch's validation window.
/// A combination that fails (a value out of range, a matrix that cannot be fitted) is reported in `search` and left out
/// of the choice; only if all of a model's combinations fail is it an error, and if that can be seen from the
/// parameters, or a name is misspelt, it is one before any work starts.
/// @throws ParameterError, DataError, Cancelled. Memory: the features of as many (fold, extractor combination) pairs as
/// there are threads, and 8 bytes a validation row for each model and for each combination that has some folds to go.
ExperimentResult run_experiment(const SessionTable& sessions, const ExperimentOptions& options);

}  // namespace cartwheel
