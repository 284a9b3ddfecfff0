#include <algorithm>
#include <cartwheel/audit.hpp>
#include <cartwheel/calibration.hpp>
#include <cartwheel/earliness.hpp>
#include <cartwheel/error_analysis.hpp>
#include <map>

#include "core/time.hpp"
#include "report/document.hpp"
#include "report/reliability_json.hpp"

namespace cartwheel::report {
namespace {

/// Numbers of a part that is made of another format's JSON.
void round_numbers(Json& value) {
  if (value.is_number_float())
    value = rounded(value.get<double>());
  else if (value.is_structured())
    for (auto& item : value) round_numbers(item);
}

/// Days of the scored sessions: how many, how many "yes", the mean probability.
Json days_of(std::span<const Prediction> predictions) {
  struct Day {
    std::uint64_t sessions = 0, yes = 0;
    double sum = 0.0;
  };
  std::map<std::int64_t, Day> days;
  for (const Prediction& row : predictions) {
    Day& day = days[core::day_start(row.start)];
    ++day.sessions;
    day.yes += row.decision;
    day.sum += row.probability;
  }
  Json list = Json::array();
  for (const auto& [begin, day] : days)
    list.push_back({{"day", core::format_date(begin)},
                    {"sessions", day.sessions},
                    {"yes", day.yes},
                    {"mean_probability", rounded(day.sum / static_cast<double>(day.sessions))}});
  if (list.size() > 800) list.erase(list.begin(), list.end() - 800);
  return list;
}

/// Sessions by probability, in bins of even width.
Json histogram_of(std::span<const Prediction> predictions) {
  constexpr std::size_t bins = 40;
  std::vector<std::uint64_t> counts(bins);
  for (const Prediction& row : predictions)
    ++counts[std::min(bins - 1, static_cast<std::size_t>(row.probability * static_cast<double>(bins)))];
  return counts;
}

}  // namespace

Json earliness_part(const Earliness& earliness) {
  Json rows = Json::array();
  for (const EarlinessRow& row : earliness.rows)
    rows.push_back({{"size", row.size},
                    {"model", row.model},
                    {"dummy", row.dummy},
                    {"sessions", rounded(row.sessions)},
                    {"base_rate", rounded(row.base_rate)},
                    {"targets_ahead", rounded(row.targets_ahead)},
                    {"f1", rounded(row.f1)},
                    {"precision", rounded(row.precision)},
                    {"recall", rounded(row.recall)},
                    {"average_precision", rounded(row.average_precision)},
                    {"roc_auc", rounded(row.roc_auc)},
                    {"f1_of_all", rounded(row.f1_of_all)}});
  bound_items(rows, 400);
  return {{"label", name_of(earliness.label)},
          {"sessions", earliness.sessions},
          {"with_target", earliness.with_target},
          {"rows", rows}};
}

Json features_part(std::span<const FeatureEffects> features, const std::string& batch) {
  Json models = Json::array();
  for (const FeatureEffects& model : features) {
    Json list = Json::array();
    for (const FeatureEffect& effect : model.features) {
      Json values = Json::array(), probabilities = Json::array();
      for (const DependencePoint& point : effect.curve) {
        values.push_back(rounded(point.value));
        probabilities.push_back(rounded(point.probability));
      }
      list.push_back({{"feature", bounded(effect.feature, 80)},
                      {"definition", bounded(effect.definition, 160)},
                      {"drop", rounded(effect.drop)},
                      {"deviation", rounded(effect.deviation)},
                      {"values", values},
                      {"probabilities", probabilities}});
    }
    const std::size_t not_shown = bound_items(list, 80);
    models.push_back({{"model", model.model},
                      {"extractor", model.extractor},
                      {"sessions", model.rows},
                      {"average_precision", rounded(model.average_precision)},
                      {"mean_probability", rounded(model.mean_probability)},
                      {"features", list},
                      {"features_not_shown", not_shown}});
  }
  bound_items(models, 8);
  return {{"batch", batch}, {"models", models}};
}

Json audit_part(const AuditReport& report) {
  Json part = Json::parse(audit_json(report));
  bound_texts(part, 300);
  round_numbers(part);
  part["findings_not_shown"] = bound_items(part["findings"], 40);
  // What deserves a look comes first.
  auto& notes = part["notes"];
  std::stable_sort(notes.begin(), notes.end(), [](const Json& a, const Json& b) {
    return a["suspicious"].get<bool>() && !b["suspicious"].get<bool>();
  });
  part["notes_not_shown"] = bound_items(notes, 200);
  return part;
}

Json errors_part(const ErrorAnalysis& analysis, const std::function<std::string(std::string_view)>& id) {
  Json part = Json::parse(errors_json(analysis, id));
  bound_texts(part, 120);
  round_numbers(part);
  bound_items(part["models"], 8);
  bound_items(part["disagreements"], 28);
  for (Json& model : part["models"]) {
    bound_items(model["segments"], 10);
    if (auto& periods = model["periods"]; periods.size() > 120) periods.erase(periods.begin(), periods.end() - 120);
    for (const char* key : {"false_positives", "false_negatives"}) {
      bound_items(model[key], 5);
      for (Json& session : model[key]) bound_items(session["events"], 20);
    }
  }
  return part;
}

Json exploration_part(const Exploration& exploration) {
  constexpr std::size_t names = 200, tables = 12, days = 800;
  Json part = Json::parse(exploration_json(exploration, names));
  bound_texts(part, 80);
  round_numbers(part);
  Json kept = Json::object();
  for (auto& [name, table] : part["ratios"].items())
    if (kept.size() < tables) kept[name] = std::move(table);
  part["ratios"] = std::move(kept);
  auto& all_days = part["seasons"]["days"];
  const std::size_t gone = all_days.size() - std::min(all_days.size(), days);
  all_days.erase(all_days.begin(), all_days.begin() + static_cast<std::ptrdiff_t>(gone));
  for (Json& day : all_days) day.erase("types");
  part["seasons"]["days_not_shown"] = gone;  // moves all_days
  bound_items(part["session_sizes"]["sizes"], 60);
  bound_items(part["features"]["rows"], 200);
  return part;
}

Json scored_part(const ScoredSessions& scored) {
  std::vector<std::uint8_t> y;
  std::vector<double> score;
  std::uint64_t yes = 0, learned_from = 0;
  double sum = 0.0;
  for (const Prediction& row : scored.predictions) {
    learned_from += row.start <= scored.train_end;
    yes += row.decision;
    sum += row.probability;
    if (!row.label) continue;
    y.push_back(*row.label ? 1 : 0);
    score.push_back(row.probability);
  }
  const auto count = static_cast<double>(scored.predictions.size());
  Json part{{"model", bounded(scored.model, 80)},
            {"threshold", scored.threshold},
            {"sessions", scored.predictions.size()},
            {"yes", yes},
            {"labelled", y.size()},
            {"learned_from", learned_from},
            {"mean_probability", scored.predictions.empty() ? Json() : rounded(sum / count)},
            {"histogram", histogram_of(scored.predictions)},
            {"days", days_of(scored.predictions)},
            {"judged", Json()}};
  if (y.empty()) return part;
  const std::array wanted{scored.threshold, default_threshold};
  part["judged"] = {{"average_precision", rounded(average_precision(y, score))},
                    {"roc_auc", rounded(roc_auc(y, score))},
                    {"log_loss", rounded(log_loss(y, score))},
                    {"brier", rounded(brier_score(y, score))},
                    {"calibration", reliability_json(reliability(y, score))},
                    {"sweep", sweep_json(sweep_thresholds(y, score, 400, wanted), 500, wanted)}};
  return part;
}

}  // namespace cartwheel::report
