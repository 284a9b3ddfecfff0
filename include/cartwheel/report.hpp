#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/experiment.hpp>
#include <cartwheel/exploration.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Results as text: for a terminal of 80 columns, as CSV (RFC 4180, numbers in the shortest form that reads back the
/// same), and as JSON. Only the seconds of the search depend on the clock.
namespace [[gnu::visibility("default")]] cartwheel {

struct AuditReport;
struct Earliness;
struct ErrorAnalysis;
struct Explanation;
struct Pitfalls;

/// The batch table, batch by batch: the models, then the dummies.
std::string batch_table_text(const ExperimentResult& result);
/// How the tuned cuts did on the test windows by the threshold's goal, with bootstrap intervals, and how much better
/// each window's own best cut would have been.
std::string regret_table_text(const ExperimentResult& result);
/// One row a (batch, model); the columns are a contract.
std::string batches_csv(const ExperimentResult& result);
/// A JSON array with one object a (batch, model), with the keys of batches_csv, and more: confusion, warnings, what
/// the cut does by the threshold's goal with its intervals ("tuned" out of fold, null for dummies; "tested" on the test
/// window), the window's own best cut and the regret. Undefined metrics are null.
std::string batches_json(const ExperimentResult& result);
/// One row a combination tried: fold scores, mean, standard error, seconds, error, steps; then the scores of the
/// metrics beside the one that chooses.
std::string search_csv(const ExperimentResult& result);
/// A picture of one batch: when it trains, validates and tests, how many rows each part has, how many were purged.
std::string timeline_text(const Batch& batch);
/// The account, a line an entry.
std::string account_text(const Account& account);

/// An exploration, table by table. @param top  rows of each ratio table, the most viewed first; 0: all.
std::string exploration_text(const Exploration& exploration, std::size_t top);
/// The ratio tables: table,name,view_count,cart_count,purchase_count,cart_ratio,cart_ratio_low,cart_ratio_high.
std::string exploration_csv(const Exploration& exploration, std::size_t top);
/// A JSON object with all of it; what is undefined is null, and so is the name of a missing value.
std::string exploration_json(const Exploration& exploration, std::size_t top);

/// Why a session got its score: its events, what each feature adds, and the nearest change of one event that would move
/// the decision. @param features  at most so many of the largest contributions; 0: all.
std::string explanation_text(const Explanation& explanation, std::size_t features);
/// Columns feature,value,points,log_odds,words; the first row, "base", is where the points begin.
std::string explanation_csv(const Explanation& explanation);
/// A JSON object with all of it; what is missing is null.
std::string explanation_json(const Explanation& explanation);

/// Where models are wrong, model by model: confusion, profit, calibration, weak segments, drift, and the worst errors
/// with their raw events. @param id  what to show for a session's id, such as hashed_id; as it is where there is none.
std::string errors_text(const ErrorAnalysis& analysis, const std::function<std::string(std::string_view)>& id = {});
/// One row a stretch of sessions: model,table,name,sessions,positives,yes,false_positives,false_negatives,error_rate,
/// mean_probability,observed,lift; tables are "all", "segment", "calibration" and "period".
std::string errors_csv(const ErrorAnalysis& analysis);
/// A JSON object with all of it; what is undefined is null. @param id  as in errors_text.
std::string errors_json(const ErrorAnalysis& analysis, const std::function<std::string(std::string_view)>& id = {});

/// An audit: whether it passed, what was proven, each leak with the event that makes it, and the checks of the data.
std::string audit_text(const AuditReport& report);
/// Columns kind,batch,fold,check,name,value,suspicious,text; kind is "leak" or "note".
std::string audit_csv(const AuditReport& report);
/// A JSON object with all of it.
std::string audit_json(const AuditReport& report);

/// The careless evaluation beside the honest one, mend by mend.
std::string pitfalls_text(const Pitfalls& pitfalls);
/// One row a step: step,claimed_accuracy,claimed_f1,claimed_auc,claimed_ap,claimed_sessions, the same of "later", gap,
/// closed, story.
std::string pitfalls_csv(const Pitfalls& pitfalls);
/// A JSON object with all of it.
std::string pitfalls_json(const Pitfalls& pitfalls);

/// How each window length does, and after how many events to call the model.
std::string earliness_text(const Earliness& earliness);
/// One row a (length, model), means over the batches.
std::string earliness_csv(const Earliness& earliness);
/// The rows of batches_json of all lengths, with "session_size" and "targets_ahead".
std::string earliness_json(const Earliness& earliness);
/// Writes batches.json (all lengths), earliness.csv, and for each length a folder size_N with what write_experiment
/// writes. @throws DataError.
void write_earliness(const Earliness& earliness, const std::filesystem::path& folder);

/// An id as pages and logs may show it: 12 hex digits, the same for the same id and key. @param key  of the run.
/// Whoever knows the key can test a guess, so it should not be published with the page.
std::string hashed_id(std::string_view id, std::uint64_t key);

/// Writes batches.csv, batches.json, search.csv and models/BATCH_MODEL.cwm into `folder`, which is made if need be.
/// Each file is written atomically. @throws DataError.
void write_experiment(const ExperimentResult& result, const std::filesystem::path& folder);

/// One scored session.
struct Prediction {
  std::string user_session;
  std::int64_t start = 0;  ///< Microseconds since 1970-01-01 UTC.
  double probability = 0.0;
  bool decision = false;
  std::optional<bool> label;  ///< Nothing where the log ends before the label is known.
};
/// Scores every session of the table, in the table's order.
std::vector<Prediction> predict_sessions(const Pipeline& pipeline, const SessionTable& sessions);
/// Columns user_session,start,probability,decision,label.
std::string predictions_csv(std::span<const Prediction> predictions);

}  // namespace cartwheel
