#pragma once

#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// [begin, end), microseconds since 1970-01-01 UTC.
struct TimeRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool contains(std::int64_t time) const { return begin <= time && time < end; }
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// Durations in microseconds, each at most 100 years.
struct BatchOptions {
  std::int64_t train = 30LL * 24 * 3600 * 1'000'000;      ///< > 0, and more than folds - 1 validation stretches.
  std::int64_t validation = 7LL * 24 * 3600 * 1'000'000;  ///< > 0
  std::int64_t test = 14LL * 24 * 3600 * 1'000'000;       ///< > 0
  std::int64_t step = 14LL * 24 * 3600 * 1'000'000;       ///< > 0
  std::int64_t gap = 0;                                   ///< >= 0: embargo before validation and before test.
  int folds = 1;                                          ///< [1, 1000]
  /// >= 0. Longest training stretch of a fold; 0: all that lies before (expanding). The final fit always takes all.
  std::int64_t window = 0;
  /// Keeps the users of a fold's validation rows (and of a batch's test rows) out of its training rows. This tells how
  /// a model does on new users. Which users come back is known only later, so with it the choice of training rows, and
  /// nothing else, looks ahead.
  bool group_user = false;

  /// @throws ParameterError naming the option that is out of range.
  void check() const;
};

/// Rows of the session table on both sides of one cut in time. A row that starts in `train` is a training row, purged
/// or grouped; one that starts in `validation` is a validation row or late.
struct Fold {
  TimeRange train, validation;
  std::int64_t train_end = 0;  ///< The end of `train`. Nothing fitted may depend on anything after this.
  std::vector<std::uint32_t> train_rows, validation_rows;  ///< Increasing.
  std::uint32_t purged = 0;   ///< Rows that start in `train`, but whose label is known only after train_end.
  std::uint32_t grouped = 0;  ///< Rows left out of training because their user is on the other side.
  /// Rows that start in `validation`, but whose label is known only after the batch's validation window, when
  /// hyper-parameters and threshold are chosen: they may not take part in the choice. 0 in a final fold, whose
  /// validation rows only measure.
  std::uint32_t late = 0;
};

/// One dated experiment. The final fit is a Fold, too: train + validation against test.
struct Batch {
  std::string
      name;  ///< The first day of the test window, "2016-08-29"; with its time of day where step is below a day.
  TimeRange train, validation, test;
  std::vector<Fold> folds;  ///< For search and threshold; fold 0 validates on the last stretch: `validation`.
  /// train = [train.begin, validation.end), and so also what starts in the gap between the two, and train_end =
  /// validation.end; validation = test. What starts in the gap before test is in no row list of the batch.
  Fold final_fold;
};

/// Cuts the table into batches by session start: [s, s + train), gap, validation, gap, test; then s += step. The first
/// s is midnight UTC of the log's first event; a batch is kept while its test window ends no later than the midnight
/// after the log's last event. Fold i validates on the i-th stretch of length `validation`, counted back from the end
/// of the validation window, and trains on what starts before the gap before it. A row trains only if its label time is
/// at most the end of training.
/// @throws ParameterError for options out of range, or more than 10,000 batches; DataError if the log is too short for
/// one batch (it says how many days are needed and how many are there), or a fold has no training or validation rows
/// (it says which). Memory: 4 bytes for each row of each fold.
std::vector<Batch> make_batches(const SessionTable& sessions, const BatchOptions& options);

}  // namespace cartwheel
