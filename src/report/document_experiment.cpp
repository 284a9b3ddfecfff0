#include <algorithm>
#include <map>
#include <set>

#include "core/time.hpp"
#include "report/document.hpp"
#include "report/reliability_json.hpp"

namespace cartwheel::report {
namespace {

/// How much of an experiment has room. The latest batches stay.
constexpr std::size_t table_rows = 1500, detailed_rows = 560, timeline_batches = 60, timeline_folds = 12;
constexpr std::size_t curve_bytes = 1'000'000, bytes_a_cut = 28;
constexpr std::size_t fewest_points = 24, most_points = 400;

Json range_json(const TimeRange& range) { return {core::format_time(range.begin), core::format_time(range.end)}; }

Json fold_json(const Fold& fold) {
  return {{"train", range_json(fold.train)},
          {"validation", range_json(fold.validation)},
          {"train_rows", fold.train_rows.size()},
          {"validation_rows", fold.validation_rows.size()},
          {"purged", fold.purged},
          {"grouped", fold.grouped},
          {"late", fold.late}};
}

Json batch_json(const Batch& batch) {
  Json folds = Json::array();
  for (const Fold& fold : batch.folds)
    if (folds.size() < timeline_folds) folds.push_back(fold_json(fold));
  return {{"name", batch.name},
          {"train", range_json(batch.train)},
          {"validation", range_json(batch.validation)},
          {"test", range_json(batch.test)},
          {"folds", folds},
          {"folds_not_shown", batch.folds.size() - folds.size()},
          {"final", fold_json(batch.final_fold)}};
}

Json cut_json(const CutValue& cut) {
  return {
      {"value", rounded(cut.value)}, {"low", rounded(cut.low)}, {"high", rounded(cut.high)}, {"reached", cut.reached}};
}

Json reliability_of(const Reliability& reliability) {
  Json whole = reliability_json(reliability);
  for (Json& bin : whole["bins"])
    for (const char* key : {"mean_probability", "observed"}) bin[key] = rounded(bin[key].get<double>());
  whole["expected_calibration_error"] = rounded(reliability.error);
  return whole;
}

/// @param points  of its curves; 0: none.
Json row_json(const BatchRow& row, std::size_t points) {
  Json json{{"batch", row.batch},
            {"model", row.model},
            {"dummy", row.dummy},
            {"extractor", row.extractor},
            {"f1", rounded(row.f1_score)},
            {"f1_tuned", rounded(row.f1_score_optimized)},
            {"threshold", row.threshold},
            {"guard_held", row.guard_held},
            {"average_precision", rounded(row.average_precision)},
            {"roc_auc", rounded(row.roc_auc)},
            {"log_loss", rounded(row.log_loss)},
            {"brier", rounded(row.brier)},
            {"precision", rounded(row.precision)},
            {"recall", rounded(row.recall)},
            {"accuracy", rounded(row.accuracy)},
            {"base_rate", rounded(row.base_rate)},
            {"sessions", row.sessions},
            {"parameters", bounded(to_text(row.best_params), 160)}};
  if (points == 0) return json;
  json["best_threshold"] = row.best_threshold;
  json["tuned"] = row.tuned ? cut_json(*row.tuned) : Json();
  json["tested"] = cut_json(row.tested);
  json["regret"] = rounded(row.regret);
  json["calibration"] = reliability_of(row.reliability);
  json["sweep"] = sweep_json(row.sweep, points, std::array{row.threshold, default_threshold, row.best_threshold});
  return json;
}

/// The first row whose batch is among the latest ones that have at most `room` rows together.
std::size_t first_of_latest(const std::vector<BatchRow>& table, std::size_t room) {
  std::size_t first = table.size() - std::min(table.size(), room);
  while (first > 0 && first < table.size() && table[first].batch == table[first - 1].batch) ++first;
  return first;
}

Json table_json(const std::vector<BatchRow>& table, std::size_t first) {
  const std::size_t detailed = std::max(first, first_of_latest(table, detailed_rows));
  const std::size_t count = std::max<std::size_t>(table.size() - detailed, 1);
  const std::size_t points = std::clamp(curve_bytes / (count * bytes_a_cut), fewest_points, most_points);
  Json rows = Json::array();
  for (std::size_t i = first; i < table.size(); ++i) rows.push_back(row_json(table[i], i < detailed ? 0 : points));
  return rows;
}

/// Each warning once, with the batches that have it counted.
Json warnings_json(const std::vector<BatchRow>& table) {
  std::vector<std::string> texts;
  std::map<std::string, std::set<std::string>> batches;
  for (const BatchRow& row : table)
    for (const std::string& warning : row.warnings) {
      if (!batches.contains(warning)) texts.push_back(warning);
      batches[warning].insert(row.batch);
    }
  Json warnings = Json::array();
  for (const std::string& text : texts)
    warnings.push_back(
        {{"text", bounded(text, 300)}, {"first_batch", *batches[text].begin()}, {"batches", batches[text].size()}});
  bound_items(warnings, 100);
  return warnings;
}

Json goal_json(const ThresholdOptions& threshold) {
  const ProfitMatrix& profit = threshold.profit;
  return {{"name", name_of(threshold.goal)},
          {"beta", threshold.beta},
          {"recall", threshold.recall},
          {"precision", threshold.precision},
          {"guard", threshold.guard},
          {"confidence", threshold.confidence},
          {"profit",
           {{"true_negative", profit.true_negative},
            {"false_positive", profit.false_positive},
            {"false_negative", profit.false_negative},
            {"true_positive", profit.true_positive}}}};
}

Json session_json(const SessionOptions& session) {
  Json targets = Json::array();
  if (session.target_cart) targets.push_back("cart");
  if (session.target_purchase) targets.push_back("purchase");
  return {{"size", session.size},
          {"label", name_of(session.label)},
          {"targets", targets},
          {"horizon", core::format_duration(session.horizon)},
          {"short", session.short_sessions == ShortSessions::keep ? "keep" : "leave_out"}};
}

}  // namespace

Json sweep_json(const ThresholdSweep& sweep, std::size_t points, std::span<const double> wanted) {
  Json thresholds = Json::array(), yes = Json::array(), wrong = Json::array();
  const std::size_t count = sweep.cuts.size();
  for (std::size_t i = 0; i < count; ++i) {
    const CutCounts& cut = sweep.cuts[i];
    // Evenly thinned: cut i stays where a new one of `points` steps begins, and so do both ends.
    const bool even = count <= points || i == 0 || i + 1 == count || i * points / count != (i - 1) * points / count;
    if (!even && std::ranges::find(wanted, cut.threshold) == wanted.end()) continue;
    thresholds.push_back(cut.threshold);
    yes.push_back(cut.true_positive);
    wrong.push_back(cut.false_positive);
  }
  return {{"sessions", sweep.rows},
          {"positives", sweep.positives},
          {"thresholds", thresholds},
          {"true_positives", yes},
          {"false_positives", wrong}};
}

Json experiment_part(const ExperimentResult& result, const ExperimentOptions& options) {
  Json batches = Json::array();
  const std::size_t skipped = result.batches.size() - std::min(result.batches.size(), timeline_batches);
  for (std::size_t i = skipped; i < result.batches.size(); ++i) batches.push_back(batch_json(result.batches[i]));
  const std::size_t first = first_of_latest(result.table, table_rows);
  return {{"session", session_json(options.session)},
          {"goal", goal_json(options.threshold)},
          {"metric", name_of(options.metric)},
          {"folds", options.batches.folds},
          {"gap", core::format_duration(options.batches.gap)},
          {"batches", batches},
          {"batches_not_shown", skipped},
          {"rows", table_json(result.table, first)},
          {"rows_not_shown", first},
          {"warnings", warnings_json(result.table)}};
}

}  // namespace cartwheel::report
