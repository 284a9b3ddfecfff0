#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/event_log.hpp>
#include <cartwheel/experiment.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// After how many events should a model be called?
namespace [[gnu::visibility("default")]] cartwheel {

/// The experiment with windows of one length.
struct EarlinessRun {
  int size = 0;  ///< Events in a window.
  /// Of the sessions with a target (in the first events, as many as the longest window has, or within the horizon after
  /// them), the share whose first target still lies ahead after these events.
  double targets_ahead = 0.0;
  ExperimentResult result;
};

/// How one model does with windows of one length: means over the batches.
struct EarlinessRow {
  int size = 0;
  std::string model;
  bool dummy = false;
  double sessions = 0.0, base_rate = 0.0, targets_ahead = 0.0;
  double f1 = 0.0, precision = 0.0, recall = 0.0;  ///< At the tuned cut.
  double average_precision = 0.0;
  std::optional<double> roc_auc;  ///< Nothing where some batch has one class alone.
  /// Label future: F1 where a target that had come before the model was called counts as missed: of the precision, and
  /// recall * targets_ahead. Nothing for other labels, whose targets may have happened already.
  std::optional<double> f1_of_all;
};

struct Earliness {
  Label label = Label::future;
  std::uint64_t sessions = 0;  ///< That have enough events for every length.
  std::uint64_t with_target = 0;
  std::vector<EarlinessRun> runs;  ///< In the order of the sizes.
  std::vector<EarlinessRow> rows;  ///< By size, then as the experiment's table.
};

/// Runs the experiment once for each window length, on the same sessions: those that have enough events for the
/// longest. (That they have is known only later: the figures compare lengths; they are not those of all sessions.) With
/// label future, sessions with a target in the window are left out, as ever, so longer windows have fewer; the share of
/// targets ahead tells how many of the targets that leaves. Every extractor that has a parameter session_size is given
/// the length. A journal is kept for each length, as "size_N_" and its name.
/// @param sizes  each in [1, 1000], increasing. @throws as run_experiment, naming the size.
Earliness run_earliness(const EventLog& log, const ExperimentOptions& options, std::span<const int> sizes,
                        Account& account);

}  // namespace cartwheel
