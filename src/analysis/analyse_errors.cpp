#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/error_analysis.hpp>
#include <cmath>
#include <map>

#include "analysis/weak_segments.hpp"
#include "core/time.hpp"

namespace cartwheel {
namespace {

using analysis::ErrorCounter;
using analysis::JudgedSession;

void check_range(const char* name, std::size_t value, std::size_t low, std::size_t high) {
  if (value < low || value > high)
    throw ParameterError(fmt::format("{} is {}; it must be in [{}, {}]", name, value, low, high));
}

bool same_sessions(const SessionOptions& a, const SessionOptions& b) {
  return a.size == b.size && a.label == b.label && a.target_cart == b.target_cart &&
         a.target_purchase == b.target_purchase && a.horizon == b.horizon && a.gap == b.gap &&
         a.short_sessions == b.short_sessions;
}

void check_models(std::span<const NamedPipeline> models) {
  if (models.empty()) throw ParameterError("at least one model is needed");
  for (const NamedPipeline& model : models) {
    if (model.pipeline->extractor == nullptr)
      throw DataError(fmt::format("{} was fitted on a table, not on sessions", model.name));
    if (!same_sessions(model.pipeline->session, models.front().pipeline->session))
      throw ParameterError(fmt::format(
          "{} and {} have other sessions (size, label, target, horizon, gap or short); compare models of the same",
          models.front().name, model.name));
  }
}

/// The rows to judge.
std::vector<std::uint32_t> rows_to_judge(std::span<const NamedPipeline> models, const SessionTable& sessions,
                                         const ErrorAnalysisOptions& options, ErrorAnalysis& analysis,
                                         Account& account) {
  std::int64_t train_end = INT64_MIN;
  for (const NamedPipeline& model : models) train_end = std::max(train_end, model.pipeline->provenance.train_end);
  std::int64_t unknown = 0, outside = 0;
  std::vector<std::uint32_t> known, later;
  for (std::uint32_t row = 0; row < sessions.size(); ++row) {
    if (sessions.label_time[row] > sessions.log_end) {
      ++unknown;
    } else if ((options.from && sessions.start[row] < *options.from) ||
               (options.to && sessions.start[row] >= *options.to)) {
      ++outside;
    } else {
      known.push_back(row);
      if (sessions.start[row] >= train_end) later.push_back(row);
    }
  }
  account.add("sessions whose label is not known by the log's end, left out", unknown);
  if (options.from || options.to) account.add("sessions outside the time asked for, left out", outside);
  analysis.trained_on = later.empty();
  std::vector<std::uint32_t>& judged = later.empty() ? known : later;
  account.add("sessions that start before the end of training, left out",
              static_cast<std::int64_t>(known.size() - judged.size()));
  account.add("sessions judged", static_cast<std::int64_t>(judged.size()));
  if (judged.empty())
    throw DataError(fmt::format(
        "no session can be judged: of {} with a window of {} events, {} have no known label and {} lie outside the "
        "time asked for; use a longer log, or a model of smaller windows",
        sessions.size(), sessions.options.size, unknown, outside));
  return judged;
}

/// Mean profit a session of a confusion.
double mean_profit(const Confusion& c, const ProfitMatrix& profit) {
  const auto times = [](std::uint64_t count, double value) { return static_cast<double>(count) * value; };
  return (times(c.true_negative, profit.true_negative) + times(c.false_positive, profit.false_positive) +
          times(c.false_negative, profit.false_negative) + times(c.true_positive, profit.true_positive)) /
         static_cast<double>(c.total());
}

DecisionProfit profit_of(std::span<const std::uint8_t> y, std::span<const double> p, double threshold,
                         const ProfitMatrix& profit) {
  ThresholdOptions options;
  options.goal = ThresholdGoal::profit;
  options.profit = profit;
  options.guard = false;
  const auto at = [&](double cut) { return mean_profit(confusion(y, p, cut), profit); };
  const double best = tune_threshold(y, p, options).threshold;
  return {at(threshold), at(default_threshold), at(-1.0), at(2.0), at(best), best};
}

std::vector<DriftPeriod> periods_of(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                    std::span<const JudgedSession> judged, std::int64_t length) {
  struct Stretch {
    ErrorCounter counter;
    std::vector<std::uint8_t> y;
    std::vector<double> p;
  };
  const std::int64_t origin = core::day_start(sessions.start[rows.front()]);
  std::map<std::int64_t, Stretch> stretches;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Stretch& stretch = stretches[(sessions.start[rows[i]] - origin) / length];
    stretch.counter.add(judged[i]);
    stretch.y.push_back(judged[i].label ? 1 : 0);
    stretch.p.push_back(judged[i].probability);
  }
  std::vector<DriftPeriod> periods;
  for (const auto& [number, stretch] : stretches)
    periods.push_back({origin + number * length, stretch.counter.count(), roc_auc(stretch.y, stretch.p)});
  return periods;
}

/// Positions in `judged` of the worst errors with that label.
std::vector<std::size_t> worst_of(std::span<const JudgedSession> judged, bool label, std::size_t most) {
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < judged.size(); ++i)
    if (judged[i].wrong() && judged[i].label == label) wrong.push_back(i);
  std::ranges::stable_sort(wrong, [&](std::size_t a, std::size_t b) {
    return label ? judged[a].probability < judged[b].probability : judged[a].probability > judged[b].probability;
  });
  wrong.resize(std::min(most, wrong.size()));
  return wrong;
}

std::vector<WrongSession> wrong_sessions(const SessionTable& sessions, std::span<const std::uint32_t> rows,
                                         std::span<const JudgedSession> judged, std::span<const std::size_t> positions,
                                         std::size_t events) {
  std::vector<std::uint32_t> wanted;
  for (const std::size_t i : positions) wanted.push_back(rows[i]);
  std::vector<std::vector<SessionEvent>> raw = session_events(sessions, wanted, events);
  std::vector<WrongSession> list;
  for (std::size_t n = 0; n < positions.size(); ++n)
    list.push_back({sessions.session_name(wanted[n]), sessions.start[wanted[n]], judged[positions[n]].probability,
                    judged[positions[n]].label, std::move(raw[n])});
  return list;
}

struct Judgement {
  std::vector<double> probability;
  std::vector<JudgedSession> sessions;
};

ModelErrors errors_of(const NamedPipeline& model, const SessionTable& sessions, std::span<const std::uint32_t> rows,
                      std::span<const std::uint8_t> y, const ErrorAnalysisOptions& options, Judgement& judgement) {
  const Pipeline& pipeline = *model.pipeline;
  const FeatureMatrix features = pipeline.extractor->transform(sessions, rows);
  judgement.probability = pipeline.predict_proba(features);
  const std::vector<double>& p = judgement.probability;
  ErrorCounter all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    judgement.sessions.push_back({p[i], y[i] == 1, p[i] >= pipeline.threshold});
    all.add(judgement.sessions.back());
  }
  ModelErrors errors;
  errors.name = model.name;
  errors.threshold = pipeline.threshold;
  errors.tuned = confusion(y, p, pipeline.threshold);
  errors.plain = confusion(y, p, default_threshold);
  errors.all = all.count();
  errors.roc_auc = roc_auc(y, p);
  errors.average_precision = average_precision(y, p);
  errors.log_loss = log_loss(y, p);
  errors.reliability = reliability(y, p, options.bins);
  errors.profit = profit_of(y, p, pipeline.threshold, options.profit);
  analysis::SegmentSearch search = analysis::find_weak_segments(features, judgement.sessions, options);
  errors.segments = std::move(search.segments);
  errors.no_segments = std::move(search.none);
  errors.periods = periods_of(sessions, rows, judgement.sessions, options.period);
  errors.false_positives = wrong_sessions(sessions, rows, judgement.sessions,
                                          worst_of(judgement.sessions, false, options.worst), options.events);
  errors.false_negatives = wrong_sessions(sessions, rows, judgement.sessions,
                                          worst_of(judgement.sessions, true, options.worst), options.events);
  return errors;
}

Disagreement disagreement_of(const std::vector<Judgement>& judgements, std::size_t first, std::size_t second) {
  Disagreement result{first, second, 0, 0, 0, 0, 0.0};
  const auto &a = judgements[first].sessions, &b = judgements[second].sessions;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t& count = a[i].wrong() ? (b[i].wrong() ? result.both_wrong : result.second_right)
                                        : (b[i].wrong() ? result.first_right : result.both_right);
    ++count;
    result.mean_difference += std::abs(a[i].probability - b[i].probability);
  }
  result.mean_difference /= static_cast<double>(a.size());
  return result;
}

}  // namespace

void ErrorAnalysisOptions::check() const {
  check_range("worst", worst, 0, 10'000);
  check_range("events", events, 1, 100'000);
  check_range("segments", segments, 0, 1000);
  check_range("depth", static_cast<std::size_t>(std::max(depth, 0)), 1, 20);
  check_range("segment_rows", segment_rows, 2, std::size_t{1} << 31);
  check_range("bins", static_cast<std::size_t>(std::max(bins, 0)), 1, 1000);
  if (period <= 0)
    throw ParameterError(fmt::format("period is {}; it must be longer than 0", core::format_duration(period)));
  for (const double value : {profit.true_negative, profit.false_positive, profit.false_negative, profit.true_positive})
    if (!std::isfinite(value)) throw ParameterError("profit: each of the four numbers must be finite");
}

ErrorAnalysis analyse_errors(std::span<const NamedPipeline> models, const SessionTable& sessions,
                             const ErrorAnalysisOptions& options, Account& account) {
  options.check();
  check_models(models);
  ErrorAnalysis analysis;
  const std::vector<std::uint32_t> rows = rows_to_judge(models, sessions, options, analysis, account);
  std::vector<std::uint8_t> y;
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  analysis.sessions = rows.size();
  analysis.positives = static_cast<std::uint64_t>(std::ranges::count(y, std::uint8_t{1}));
  analysis.first_start = sessions.start[rows.front()];
  analysis.last_start = sessions.start[rows.back()];
  std::vector<Judgement> judgements(models.size());
  for (std::size_t m = 0; m < models.size(); ++m)
    analysis.models.push_back(errors_of(models[m], sessions, rows, y, options, judgements[m]));
  for (std::size_t first = 0; first < models.size(); ++first)
    for (std::size_t second = first + 1; second < models.size(); ++second)
      analysis.disagreements.push_back(disagreement_of(judgements, first, second));
  return analysis;
}

}  // namespace cartwheel
