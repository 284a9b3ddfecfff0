#include <cartwheel/error_analysis.hpp>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "core/time.hpp"
#include "report/reliability_json.hpp"
#include "report/session_text.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;
using ShownId = std::function<std::string(std::string_view)>;

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json to_json(const Confusion& c) {
  return {{"true_negative", c.true_negative},
          {"false_positive", c.false_positive},
          {"false_negative", c.false_negative},
          {"true_positive", c.true_positive},
          {"precision", c.precision()},
          {"recall", c.recall()},
          {"f1", c.f1()},
          {"accuracy", c.accuracy()}};
}

Json to_json(const ErrorCount& c) {
  return {{"sessions", c.sessions},
          {"positives", c.positives},
          {"yes", c.yes},
          {"false_positives", c.false_positives},
          {"false_negatives", c.false_negatives},
          {"error_rate", c.error_rate()},
          {"mean_probability", c.probability},
          {"observed", c.observed()}};
}

Json to_json(const std::vector<WrongSession>& sessions, const ShownId& id) {
  Json list = Json::array();
  for (const WrongSession& s : sessions)
    list.push_back({{"session", id ? id(s.session) : s.session},
                    {"start", core::format_time(s.start)},
                    {"probability", s.probability},
                    {"label", s.label},
                    {"events", report::events_json(s.events)}});
  return list;
}

Json to_json(const ModelErrors& m, const ShownId& id) {
  Json segments = Json::array(), periods = Json::array();
  for (const WeakSegment& s : m.segments)
    segments.push_back(
        {{"rule", s.rule}, {"sessions", s.sessions}, {"lift", s.lift}, {"measured", to_json(s.measured)}});
  for (const DriftPeriod& p : m.periods) {
    Json period = to_json(p.count);
    period["roc_auc"] = or_null(p.roc_auc);
    period["from"] = core::format_time(p.begin);
    periods.push_back(std::move(period));
  }
  return {{"model", m.name},
          {"threshold", m.threshold},
          {"confusion", to_json(m.tuned)},
          {"confusion_at_half", to_json(m.plain)},
          {"all", to_json(m.all)},
          {"roc_auc", or_null(m.roc_auc)},
          {"average_precision", m.average_precision},
          {"log_loss", m.log_loss},
          {"profit",
           {{"tuned", m.profit.tuned},
            {"at_half", m.profit.plain},
            {"yes_to_all", m.profit.all},
            {"no_to_all", m.profit.none},
            {"best", m.profit.best},
            {"best_threshold", m.profit.best_threshold}}},
          {"reliability", report::reliability_json(m.reliability)},
          {"segments", segments},
          {"no_segments", m.no_segments.empty() ? Json() : Json(m.no_segments)},
          {"periods", periods},
          {"false_positives", to_json(m.false_positives, id)},
          {"false_negatives", to_json(m.false_negatives, id)}};
}

}  // namespace

std::string errors_json(const ErrorAnalysis& a, const ShownId& id) {
  Json models = Json::array(), disagreements = Json::array();
  for (const ModelErrors& m : a.models) models.push_back(to_json(m, id));
  for (const Disagreement& d : a.disagreements)
    disagreements.push_back({{"first", a.models[d.first].name},
                             {"second", a.models[d.second].name},
                             {"both_right", d.both_right},
                             {"first_right", d.first_right},
                             {"second_right", d.second_right},
                             {"both_wrong", d.both_wrong},
                             {"mean_difference", d.mean_difference}});
  const Json document{{"sessions", a.sessions},
                      {"positives", a.positives},
                      {"first_start", core::format_time(a.first_start)},
                      {"last_start", core::format_time(a.last_start)},
                      {"trained_on", a.trained_on},
                      {"models", models},
                      {"disagreements", disagreements}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace cartwheel
