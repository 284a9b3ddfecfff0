#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/experiment.hpp>
#include <cartwheel/progress.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Proofs, on a user's own data, that nothing looks ahead.
namespace [[gnu::visibility("default")]] cartwheel {

/// What one fold's training makes.
struct FittedColumns {
  std::shared_ptr<const FeatureExtractor> extractor;
  std::vector<std::shared_ptr<const Step>> steps;
  FeatureMatrix features;  ///< Of the fold's training rows, as the extractor gives them.
  TrainingRows input;      ///< The same rows after the steps.
};

/// A model and its cut, as chosen for one batch.
struct FittedChoice {
  std::string model;
  Pipeline pipeline;
  std::vector<double> out_of_fold;  ///< The scores that the cut was chosen on, fold by fold.
};

/// What is put to the proof: everything on the way from sessions to a model and its cut. The audit calls it with the
/// data as they are and with altered ones. Each function must depend on its arguments alone, and be safe to call from
/// several threads.
class AuditSubject {
 public:
  virtual ~AuditSubject() = default;

  virtual const SessionOptions& session_options() const = 0;
  virtual std::vector<Batch> split(const SessionTable& sessions) const = 0;
  /// How many ways there are to make columns (extractors, their parameters, steps).
  virtual std::size_t recipes() const = 0;
  /// "V1 (session_size=3) > standard_scaler"
  virtual std::string recipe_name(std::size_t recipe) const = 0;
  /// By recipe; recipes that share an extractor share the object.
  virtual std::vector<FittedColumns> fit(const SessionTable& sessions, const Fold& fold) const = 0;
  /// Of the fold's training rows, by recipe: what the extractor gives with numbers that it fits for all rows together
  /// (such as a smoothing) held fixed, so that each row's features are as of its start. A recipe whose extractor an
  /// earlier one has, too, has no columns here. By default as in fit.
  virtual std::vector<FeatureMatrix> training_features(const SessionTable& sessions, const Fold& fold) const;
  /// Models and cuts of a batch: fitted on its folds and tuned out of fold, then fitted on all of training.
  virtual std::vector<FittedChoice> choose(const SessionTable& sessions, const Batch& batch) const = 0;
};

/// What run_experiment does by `options`: its batches, every way to make columns that its grid has, and of each model
/// the first combination. Training features are taken with a fitted `smoothing` held at 20. @throws ParameterError as
/// run_experiment before its work starts.
std::unique_ptr<AuditSubject> make_audit_subject(const ExperimentOptions& options);

struct AuditOptions {
  int draws = 5;  ///< [1, 1000] for each proof, in every fold; each draw makes all kinds of change at once.
  /// [0, 1000] draws, in the first batch, in which models and cuts are fitted again, too. A model depends
  /// on its input and seed alone, so where its input is bit-identical, so is the model; these draws check that as well.
  int model_draws = 1;
  std::size_t rows = 4096;       ///< [1, 2^31]: rows compared in a draw of proof B, those that end last before the cut.
  std::size_t findings = 20;     ///< [1, 10000] reported at most.
  double suspicious_auc = 0.95;  ///< [0.5, 1]: a feature that alone does better is noted.
  double suspicious_psi = 0.25;  ///< > 0: what has shifted more is noted.
  std::uint64_t seed = 0;
  ProgressCallback progress;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// Ways to change events that are later than a cut.
enum class AuditChange : std::uint8_t { alter, insert, erase, retime, types };
/// "alter", "insert", "delete", "retime" or "types".
std::string_view name_of(AuditChange change);

enum class AuditProof : std::uint8_t {
  fitted,    ///< A: what is later than the end of training changes nothing that is fitted or chosen, no training row.
  features,  ///< B: what is later than a row's window changes none of its features.
  training,  ///< Event types later than a training row's window change none of its features, when it is fitted.
  types,     ///< Labels that look into the window: the window's event types change none of its features.
};

/// One way in which the future was seen.
struct AuditFinding {
  AuditProof proof = AuditProof::fitted;
  AuditChange change = AuditChange::alter;
  std::string batch, fold;  ///< "2016-08-29"; "fold 1" or "final".
  int draw = 0;
  std::string recipe;
  std::string what;  ///< "feature cart_ratio of a training row", "step chi2", "threshold of random_forest", ...
  std::vector<std::string> features;  ///< Columns that differ.
  std::string session;                ///< The row, where there is one.
  std::string before, after;          ///< What differs, as text.
  std::int64_t cut = 0;               ///< Nothing later than this may matter.
  /// The fewest changed events that bisection found to make the difference: how many, and the first.
  std::size_t events = 0;
  std::string event;
};

/// Something about the data that a person should look at. It fails no audit.
struct AuditNote {
  std::string batch, check, name;
  double value = 0.0;
  bool suspicious = false;
  std::string text;
};

/// What was proven.
struct AuditWork {
  std::uint64_t folds = 0, recipes = 0;
  std::uint64_t draws_fitted = 0, draws_features = 0, draws_training = 0, draws_types = 0;
  std::uint64_t draws_without_events = 0;  ///< Nothing was later than the cut.
  std::uint64_t models_fitted = 0;         ///< On altered data.
  std::uint64_t rows_compared = 0;
  std::uint64_t events_changed = 0;
};

struct AuditReport {
  std::vector<AuditFinding> findings;  ///< Of each thing that leaks the first found.
  std::vector<AuditNote> notes;
  AuditWork work;
  bool passed() const { return findings.empty(); }
};

/// Both proofs of the contract of time, in every fold of every batch, and checks of the data.
///
/// A: events later than the fold's end of training are altered (another product, price, type, user), inserted (into any
/// session), deleted or moved in time; then training rows, their labels and columns, extractor, steps, and for the
/// batch's last cut the rows that a cut and parameters are chosen on must be bit-identical, and in some draws the
/// models and cuts themselves. B: with fitted objects frozen, the same is done to all events later than some row's
/// window, and no feature of any row that ends by then may change a bit. Training rows that end by then are also
/// fitted again with other types for all later events: a target that came later must not show in them. Category columns
/// are compared by their levels' texts.
///
/// A difference is traced to the event that makes it by bisection over the changed events. The log's last event stays,
/// so that the batches do. The result is the same for any number of threads.
/// @throws as run_experiment before its work starts; Cancelled. Cost: folds * draws * 3 tables of sessions and fits of
/// the columns. Memory: a copy of the log (41 bytes an event), a session table and columns for each thread.
AuditReport audit(const EventLog& log, const AuditSubject& subject, const AuditOptions& options, Account& account);

}  // namespace cartwheel
