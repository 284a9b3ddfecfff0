#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error.hpp>
#include <unordered_set>

#include "analysis/selected_sessions.hpp"

namespace cartwheel {
namespace {

/// Sessions by the log position of their first event.
using SessionSet = std::unordered_set<std::uint64_t>;

SessionTable table_of(const EventLog& log, SessionOptions options, int size, Label label,
                      ShortSessions short_sessions) {
  Account not_of_the_experiment;
  options.size = size;
  options.label = label;
  options.short_sessions = short_sessions;
  return build_sessions(log, options, not_of_the_experiment);
}

SessionTable only(const SessionTable& sessions, const SessionSet& wanted) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < sessions.size(); ++row)
    if (wanted.contains(sessions.start_sequence[row])) rows.push_back(row);
  return analysis::select_sessions(sessions, rows);
}

/// The experiment with every extractor looking at `size` events.
ExperimentOptions with_size(ExperimentOptions options, int size) {
  options.session.size = size;
  for (NamedGrid& extractor : options.extractors)
    if (make_feature_extractor(extractor.name, {})->parameters().contains("session_size"))
      extractor.grid["session_size"] = {std::int64_t{size}};
  if (!options.journal.empty())
    options.journal.replace_filename(fmt::format("size_{}_{}", size, options.journal.filename().string()));
  return options;
}

double f1_of(double precision, double recall) {
  return precision + recall == 0.0 ? 0.0 : 2.0 * precision * recall / (precision + recall);
}

/// The means over the batches of one length, by model.
void add_rows(const EarlinessRun& run, Label label, std::vector<EarlinessRow>& rows) {
  const auto n = static_cast<double>(run.result.batches.size());
  const std::size_t first = rows.size();
  for (const BatchRow& of_batch : run.result.table) {
    auto row = std::ranges::find(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(), of_batch.model,
                                 &EarlinessRow::model);
    if (row == rows.end()) {
      rows.push_back({run.size, of_batch.model, of_batch.dummy, 0, 0, run.targets_ahead, 0, 0, 0, 0, 0.0, {}});
      row = rows.end() - 1;
    }
    row->sessions += static_cast<double>(of_batch.sessions) / n;
    row->base_rate += of_batch.base_rate / n;
    row->f1 += of_batch.f1_score_optimized / n;
    row->precision += of_batch.precision / n;
    row->recall += of_batch.recall / n;
    row->average_precision += of_batch.average_precision / n;
    if (row->roc_auc && of_batch.roc_auc)
      *row->roc_auc += *of_batch.roc_auc / n;
    else
      row->roc_auc.reset();
  }
  if (label != Label::future) return;
  for (auto row = rows.begin() + static_cast<std::ptrdiff_t>(first); row != rows.end(); ++row)
    row->f1_of_all = f1_of(row->precision, row->recall * row->targets_ahead);
}

}  // namespace

Earliness run_earliness(const EventLog& log, const ExperimentOptions& options, std::span<const int> sizes,
                        Account& account) {
  if (sizes.empty() || std::ranges::adjacent_find(sizes, std::ranges::greater_equal{}) != sizes.end())
    throw ParameterError("session.size: several sizes must increase, such as [1, 2, 3, 5, 8]");
  for (const int size : sizes) with_size(options, size).session.check();
  Earliness earliness;
  earliness.label = options.session.label;
  const SessionTable longest = table_of(log, options.session, sizes.back(), Label::session, ShortSessions::leave_out);
  SessionSet common, with_target;
  for (std::uint32_t row = 0; row < longest.size(); ++row) {
    common.insert(longest.start_sequence[row]);
    if (longest.label[row] == 1) with_target.insert(longest.start_sequence[row]);
  }
  earliness.sessions = common.size();
  earliness.with_target = with_target.size();
  account.add(fmt::format("sessions with at least {} events, compared", sizes.back()),
              static_cast<std::int64_t>(common.size()));
  for (const int size : sizes) {
    const ExperimentOptions experiment = with_size(options, size);
    EarlinessRun run{size, 0.0, {}};
    // Label future leaves out the sessions whose target is no longer ahead.
    const SessionTable ahead = table_of(log, options.session, size, Label::future, ShortSessions::leave_out);
    const auto still = std::ranges::count_if(ahead.start_sequence,
                                             [&](std::uint64_t session) { return with_target.contains(session); });
    if (!with_target.empty()) run.targets_ahead = static_cast<double>(still) / static_cast<double>(with_target.size());
    try {
      run.result = run_experiment(
          only(table_of(log, options.session, size, options.session.label, options.session.short_sessions), common),
          experiment);
    } catch (const DataError& error) {
      throw DataError(
          fmt::format("session.size = {}, sessions with at least {} events: {}", size, sizes.back(), error.what()));
    }
    add_rows(run, earliness.label, earliness.rows);
    earliness.runs.push_back(std::move(run));
  }
  return earliness;
}

}  // namespace cartwheel
