#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/calibration.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_events.hpp>
#include <cartwheel/threshold.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Where a model is wrong, and how that looks in the raw events.
namespace [[gnu::visibility("default")]] cartwheel {

struct ErrorAnalysisOptions {
  std::size_t worst = 5;          ///< [0, 10000]: false positives, and false negatives, to list.
  std::size_t events = 20;        ///< [1, 100000]: raw events to list of each; those of the window always.
  std::size_t segments = 5;       ///< [0, 1000]: weak segments to list.
  int depth = 3;                  ///< [1, 20]: conditions of a segment at most.
  std::size_t segment_rows = 50;  ///< [2, 2^31]: sessions of a segment at least.
  int bins = 10;                  ///< [1, 1000]: of the reliability.
  std::int64_t period = 24LL * 3600 * 1'000'000;  ///< Microseconds, > 0: the stretches in which drift is looked at.
  ProfitMatrix profit{};
  /// Only sessions that start in [from, to), microseconds since 1970-01-01 UTC.
  std::optional<std::int64_t> from, to;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// A model to look at.
struct NamedPipeline {
  std::string name;
  std::shared_ptr<const Pipeline> pipeline;
};

/// Sessions that have something in common, and how the model did on them.
struct ErrorCount {
  std::uint64_t sessions = 0, positives = 0, yes = 0, false_positives = 0, false_negatives = 0;
  double probability = 0.0;  ///< Mean of P.

  std::uint64_t errors() const { return false_positives + false_negatives; }
  double error_rate() const { return share(errors()); }
  double observed() const { return share(positives); }  ///< Share of positives.
  double share(std::uint64_t part) const {
    return sessions == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(sessions);
  }
};

/// A stretch of feature values where the model is wrong more often than elsewhere.
struct WeakSegment {
  std::string rule;            ///< "price_mean > 120.5 and brand_nunique <= 1"
  std::uint64_t sessions = 0;  ///< Of all that were judged.
  ErrorCount measured;         ///< On the sessions that the rule was not found on.
  double lift = 0.0;           ///< Its error rate there, by that of all sessions there.
};

struct DriftPeriod {
  std::int64_t begin = 0;
  ErrorCount count;
  std::optional<double> roc_auc;  ///< Nothing where one class is missing.
};

struct WrongSession {
  std::string session;
  std::int64_t start = 0;
  double probability = 0.0;
  bool label = false;
  std::vector<SessionEvent> events;
};

/// What decisions bring, as means a session.
struct DecisionProfit {
  double tuned = 0.0, plain = 0.0;  ///< At the tuned cut, and at 0.5.
  double all = 0.0, none = 0.0;     ///< Yes to all, no to all.
  double best = 0.0;                ///< At the cut that would have been best, known only afterwards.
  double best_threshold = default_threshold;
};

struct ModelErrors {
  std::string name;
  double threshold = default_threshold;
  Confusion tuned, plain;  ///< At the tuned cut, and at 0.5.
  ErrorCount all;
  std::optional<double> roc_auc;
  double average_precision = 0.0, log_loss = 0.0;
  Reliability reliability;
  DecisionProfit profit;
  std::vector<WeakSegment> segments;  ///< The highest lift first; lifts above 1 alone.
  std::string no_segments;            ///< Why there are none; empty if there are.
  std::vector<DriftPeriod> periods;   ///< Those with sessions, in order.
  /// The highest probabilities without a target, and the lowest with one; worst first.
  std::vector<WrongSession> false_positives, false_negatives;
};

/// How the decisions of two models, each at its cut, go together.
struct Disagreement {
  std::size_t first = 0, second = 0;  ///< In ErrorAnalysis::models.
  std::uint64_t both_right = 0, first_right = 0, second_right = 0, both_wrong = 0;
  double mean_difference = 0.0;  ///< Mean |P of the first - P of the second|.
};

struct ErrorAnalysis {
  std::uint64_t sessions = 0, positives = 0;
  std::int64_t first_start = 0, last_start = 0;
  bool trained_on = false;  ///< Some model has learned from these sessions, so its errors look smaller than they are.
  std::vector<ModelErrors> models;
  std::vector<Disagreement> disagreements;  ///< Every pair, in order.
};

/// Judges the sessions that start after every model's training (all, where none do), and whose label is known.
///
/// Weak segments are the leaves of a shallow CART tree on the error (wrong decision or not) over the extractor's
/// features. It is grown on every second session and measured on the others, so a rule that luck has found shows a lift
/// of about 1. The same result for any number of threads.
/// @param models  at least one, all with the same session options; `sessions` was built by them. @param account
/// receives the sessions judged, and those left out by reason. @throws ParameterError; DataError where no session can
/// be judged.
ErrorAnalysis analyse_errors(std::span<const NamedPipeline> models, const SessionTable& sessions,
                             const ErrorAnalysisOptions& options, Account& account);

}  // namespace cartwheel
