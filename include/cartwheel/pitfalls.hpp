#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/experiment.hpp>
#include <cartwheel/progress.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a careless evaluation promises, beside what the same model then does.
namespace [[gnu::visibility("default")]] cartwheel {

struct PitfallsOptions {
  std::string model;         ///< One of the experiment's; empty: random_forest if it is one of them, else the last.
  double test_share = 0.25;  ///< (0, 1), of the random split.
  ProgressCallback progress;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// How decisions and scores did on some sessions. Means over the batches.
struct PitfallScore {
  double sessions = 0.0, base_rate = 0.0;
  double accuracy = 0.0, f1 = 0.0, average_precision = 0.0;
  std::optional<double> roc_auc;  ///< Nothing where in some batch one class was missing.
};

/// One way to evaluate: the one before it with one mend more.
struct PitfallStep {
  std::string name;          ///< "naive", "f1", "missing", "event_types", "window", "time", "cut"
  std::string story;         ///< What was mended, in a sentence.
  bool by_accuracy = false;  ///< Its table shows accuracy; else F1.
  PitfallScore claimed;      ///< On the sessions that it sets aside itself.
  PitfallScore later;        ///< Of the same model on the test window, called after the window's events.
  double gap() const { return claimed.f1 - later.f1; }
  double headline_claimed() const { return by_accuracy ? claimed.accuracy : claimed.f1; }
};

struct Pitfalls {
  std::string model, extractor;
  int window = 0;  ///< Events after which the model is called.
  std::vector<std::string> batches;
  std::vector<PitfallStep> steps;  ///< From naive to honest.
};

/// The pipeline that many a first notebook has (as L. Sidi and N. Lubin show it in "End2End ML"), mended step by step,
/// on each batch of an experiment; fitted on what starts before the end of the batch's validation window, and judged
/// once as it judges itself, once on the test window.
///
/// naive: events with a missing value are dropped; features are aggregates of whole sessions (sum and least of prices;
/// counts of brands, categories, products, events; the number of event types); the label is a target anywhere in the
/// session; sessions are split at random; accuracy at the cut 0.5. Then, each on top of the ones before it: f1 (instead
/// of accuracy), missing (no event is dropped), event_types (no such feature), window (the experiment's label, and its
/// first extractor on the first events alone), time (trained on the batch's training window with labels known by its
/// end, judged on validation), cut (tuned on validation, by a model that has not seen it, then fitted on both).
///
/// On the test window a model gets the session's first events, as many as the experiment's window has, because that is
/// what is there when a shop can act; its label is the experiment's. A session of which the naive way drops every event
/// is a "no". Aggregates of a session hold its events up to the end of the validation window.
/// @throws ParameterError; DataError where no batch can be evaluated; Cancelled. The same for any number of threads.
Pitfalls show_pitfalls(const EventLog& log, const ExperimentOptions& experiment, const PitfallsOptions& options,
                       Account& account);

}  // namespace cartwheel
