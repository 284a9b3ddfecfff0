#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/temporal_split.hpp>

#include "core/time.hpp"

namespace cartwheel {
namespace {

using core::format_date;
using core::format_duration;
using core::format_time;

/// 100 years: sums of a thousand of them stay within 64 bits.
constexpr std::int64_t longest = 36'525 * core::microseconds_per_day;
constexpr std::int64_t most_batches = 10'000;

void check_duration(const char* name, std::int64_t duration, std::int64_t smallest) {
  if (duration < smallest || duration > longest)
    throw ParameterError(fmt::format("batches.{} is {}; it must be {} and at most {}", name, format_duration(duration),
                                     smallest == 0 ? "0 or more" : "above 0", format_duration(longest)));
}

/// Rows [first, last) of the table, which is sorted by start.
struct RowRange {
  std::uint32_t first, last;
};

RowRange rows_that_start_in(const SessionTable& sessions, const TimeRange& range) {
  const auto position = [&](std::int64_t time) {
    return static_cast<std::uint32_t>(std::ranges::lower_bound(sessions.start, time) - sessions.start.begin());
  };
  return {position(range.begin), position(range.end)};
}

/// A set of user codes.
class UserSet {
 public:
  explicit UserSet(const SessionTable& sessions)
      : contains_(sessions.user.empty() ? 1 : std::size_t{std::ranges::max(sessions.user)} + 1) {}
  void insert(Code user) { contains_[user] = user != missing_code; }  // two unknown users are not one user
  bool contains(Code user) const { return contains_[user]; }

 private:
  std::vector<bool> contains_;
};

/// @param known_by  validation rows must have their label by then.
Fold make_fold(const SessionTable& sessions, const TimeRange& train, const TimeRange& validation, std::int64_t known_by,
               bool group_user) {
  Fold fold;
  fold.train = train;
  fold.validation = validation;
  fold.train_end = train.end;
  const RowRange after = rows_that_start_in(sessions, validation);
  for (std::uint32_t row = after.first; row < after.last; ++row) {
    if (sessions.label_time[row] > known_by)
      ++fold.late;
    else
      fold.validation_rows.push_back(row);
  }
  UserSet users_after(sessions);
  if (group_user)
    for (const std::uint32_t row : fold.validation_rows) users_after.insert(sessions.user[row]);

  const RowRange before = rows_that_start_in(sessions, train);
  for (std::uint32_t row = before.first; row < before.last; ++row) {
    if (sessions.label_time[row] > fold.train_end)
      ++fold.purged;
    else if (users_after.contains(sessions.user[row]))
      ++fold.grouped;
    else
      fold.train_rows.push_back(row);
  }
  return fold;
}

std::string text_of(const TimeRange& range) {
  return fmt::format("[{}, {})", format_time(range.begin), format_time(range.end));
}

void check_rows(const Fold& fold, std::string_view batch, std::string_view name) {
  if (fold.train_rows.empty())
    throw DataError(
        fmt::format("batch {}, {}: no session can train in {} ({} purged, because their label is known too late, {} "
                    "left out for their user); make batches.train longer, or use a log without such a hole",
                    batch, name, text_of(fold.train), fold.purged, fold.grouped));
  if (fold.validation_rows.empty())
    throw DataError(
        fmt::format("batch {}, {}: there is no session to score in {} ({} left out, because their label is known too "
                    "late); make batches.validation or batches.test longer, or use a log without such a hole",
                    batch, name, text_of(fold.validation), fold.late));
}

Batch make_batch(const SessionTable& sessions, const BatchOptions& options, std::int64_t begin) {
  Batch batch;
  batch.train = {begin, begin + options.train};
  batch.validation = {batch.train.end + options.gap, batch.train.end + options.gap + options.validation};
  batch.test = {batch.validation.end + options.gap, batch.validation.end + options.gap + options.test};
  const std::int64_t chosen_at = batch.validation.end;
  const bool dates_differ = options.step >= core::microseconds_per_day;
  batch.name = dates_differ ? format_date(batch.test.begin) : format_time(batch.test.begin);

  for (int i = 0; i < options.folds; ++i) {
    const std::int64_t end = batch.validation.end - i * options.validation;
    const TimeRange validation{end - options.validation, end};
    TimeRange train{begin, validation.begin - options.gap};
    if (options.window > 0) train.begin = std::max(train.begin, train.end - options.window);
    batch.folds.push_back(make_fold(sessions, train, validation, chosen_at, options.group_user));
    check_rows(batch.folds.back(), batch.name, fmt::format("fold {} of {}", i + 1, options.folds));
  }
  constexpr std::int64_t whenever = std::numeric_limits<std::int64_t>::max();
  batch.final_fold = make_fold(sessions, {begin, chosen_at}, batch.test, whenever, options.group_user);
  check_rows(batch.final_fold, batch.name, "final fit");
  return batch;
}

}  // namespace

void BatchOptions::check() const {
  check_duration("train", train, 1);
  check_duration("validation", validation, 1);
  check_duration("test", test, 1);
  check_duration("step", step, 1);
  check_duration("gap", gap, 0);
  check_duration("window", window, 0);
  if (folds < 1 || folds > 1000)
    throw ParameterError(fmt::format("batches.folds is {}; it must be in [1, 1000]", folds));
  if (const std::int64_t taken = (folds - 1) * validation; train <= taken)
    throw ParameterError(
        fmt::format("batches.folds is {}, so fold {} validates {} before the validation window and has nothing left "
                    "to train on: batches.train is {}, and must be above {}; raise it, or lower folds or validation",
                    folds, folds, format_duration(taken), format_duration(train), format_duration(taken)));
}

std::vector<Batch> make_batches(const SessionTable& sessions, const BatchOptions& options) {
  options.check();
  if (sessions.size() == 0)
    throw DataError("there are no sessions to cut into batches; see the account for those that were left out");

  const std::int64_t first = core::day_start(sessions.log_begin);
  const std::int64_t last = core::day_start(sessions.log_end) + core::microseconds_per_day;
  const std::int64_t length = options.train + options.validation + options.test + 2 * options.gap;
  if (last - first < length)
    throw DataError(fmt::format(
        "the log covers {} days ({} to {}), but one batch needs {}: train {} + gap {} + validation {} + gap {} + test "
        "{}; give a longer log or shorten them",
        (last - first) / core::microseconds_per_day, format_date(sessions.log_begin), format_date(sessions.log_end),
        format_duration(length), format_duration(options.train), format_duration(options.gap),
        format_duration(options.validation), format_duration(options.gap), format_duration(options.test)));
  const std::int64_t count = (last - first - length) / options.step + 1;
  if (count > most_batches)
    throw ParameterError(fmt::format("batches.step is {}, which makes {} batches of this log; at most {} are taken",
                                     format_duration(options.step), count, most_batches));

  std::vector<Batch> batches;
  for (std::int64_t i = 0; i < count; ++i) batches.push_back(make_batch(sessions, options, first + i * options.step));
  return batches;
}

}  // namespace cartwheel
