#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/report.hpp>
#include <nlohmann/json.hpp>

#include "core/csv_text.hpp"
#include "report/number_text.hpp"
#include "report/reliability_json.hpp"

namespace cartwheel {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const CutValue& cut) {
  return {{"value", cut.value}, {"low", cut.low}, {"high", cut.high}, {"reached", cut.reached}};
}

std::string optional_text(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

}  // namespace

std::string batch_table_text(const ExperimentResult& result) {
  std::string text = fmt::format("{:<10} {:<19} {:<9} {:>6} {:>6} {:>6} {:>6} {:>6}\n", "batch", "model_name",
                                 "extractor", "f1", "f1_opt", "cut", "ap", "auc");
  std::string batch;
  bool guard_held = false;
  for (const BatchRow& row : result.table) {
    if (row.batch != batch) {
      text += fmt::format("{:-<80}\n", fmt::format("{} {} sessions, base rate {:.4f} ", row.batch,
                                                   report::thousands(row.sessions), row.base_rate));
      batch = row.batch;
    }
    text += fmt::format("{:<10} {:<19} {:<9} {:>6.4f} {:>6.4f} {:>6.4f}{}{:>6.4f} {:>6}\n", row.batch, row.model,
                        row.extractor, row.f1_score, row.f1_score_optimized, row.threshold, row.guard_held ? '*' : ' ',
                        row.average_precision, row.roc_auc ? fmt::format("{:.4f}", *row.roc_auc) : "-");
    guard_held = guard_held || row.guard_held;
  }
  if (guard_held) text += "* 0.5 was kept: the tuned cut was not better by more than its bootstrap error\n";
  return text;
}

std::string batches_csv(const ExperimentResult& result) {
  std::string text =
      "batch,model_name,extractor,f1_score,f1_score_optimized,threshold,average_precision,roc_auc,log_loss,brier,"
      "precision,"
      "recall,accuracy,base_rate,sessions,best_params\n";
  for (const BatchRow& row : result.table)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", row.batch, row.model, row.extractor,
                        row.f1_score, row.f1_score_optimized, row.threshold, row.average_precision,
                        optional_text(row.roc_auc), row.log_loss, row.brier, row.precision, row.recall, row.accuracy,
                        row.base_rate, row.sessions, core::csv_field(to_text(row.best_params)));
  return text;
}

std::string regret_table_text(const ExperimentResult& result) {
  std::string text = fmt::format("{:<10} {:<19} {:>6}  {:>22}  {:>6} {:>7}\n", "batch", "model_name", "cut",
                                 "by its goal", "best", "regret");
  for (const BatchRow& row : result.table) {
    const CutValue& tested = row.tested;
    const std::string value = fmt::format("{:.4f} [{:.4f}, {:.4f}]", tested.value, tested.low, tested.high);
    text += fmt::format("{:<10} {:<19} {:>6.4f}  {:>22}{} {:>6.4f} {:>7.4f}\n", row.batch, row.model, row.threshold,
                        value, tested.reached ? ' ' : '!', row.tested.value + row.regret, row.regret);
  }
  const auto missed = [](const BatchRow& row) { return !row.tested.reached; };
  if (std::ranges::any_of(result.table, missed)) text += "! on the test window the cut misses what the goal asks for\n";
  return text + "regret: what the window's own best cut, known only afterwards, would have added\n";
}

std::string batches_json(const ExperimentResult& result) {
  Json rows = Json::array();
  for (const BatchRow& row : result.table) {
    Json params = Json::object();
    for (const auto& entry : row.best_params)
      std::visit([&](const auto& value) { params[entry.first] = value; }, entry.second);
    rows.push_back({{"batch", row.batch},
                    {"model_name", row.model},
                    {"extractor", row.extractor},
                    {"f1_score", row.f1_score},
                    {"f1_score_optimized", row.f1_score_optimized},
                    {"threshold", row.threshold},
                    {"guard_held", row.guard_held},
                    {"average_precision", row.average_precision},
                    {"roc_auc", row.roc_auc ? Json(*row.roc_auc) : Json()},
                    {"log_loss", row.log_loss},
                    {"brier", row.brier},
                    {"precision", row.precision},
                    {"recall", row.recall},
                    {"accuracy", row.accuracy},
                    {"base_rate", row.base_rate},
                    {"sessions", row.sessions},
                    {"confusion",
                     {{"true_negative", row.confusion.true_negative},
                      {"false_positive", row.confusion.false_positive},
                      {"false_negative", row.confusion.false_negative},
                      {"true_positive", row.confusion.true_positive}}},
                    {"reliability", report::reliability_json(row.reliability)},
                    {"tuned", row.tuned ? to_json(*row.tuned) : Json()},
                    {"tested", to_json(row.tested)},
                    {"best_threshold", row.best_threshold},
                    {"regret", row.regret},
                    {"best_params", params},
                    {"warnings", row.warnings}});
  }
  return rows.dump(2);
}

std::string search_csv(const ExperimentResult& result) {
  std::size_t folds = 0;
  for (const SearchRow& row : result.search) folds = std::max(folds, row.fold_scores.size());
  std::string text = "batch,model_name,extractor,extractor_params,params";
  for (std::size_t i = 0; i < folds; ++i) text += fmt::format(",fold_{}", i + 1);
  text += ",mean,standard_error,seconds,shared_seconds,error,steps";
  for (const SearchMetric metric : result.also) {
    for (std::size_t i = 0; i < folds; ++i) text += fmt::format(",{}_fold_{}", name_of(metric), i + 1);
    text += fmt::format(",{0}_mean,{0}_standard_error", name_of(metric));
  }
  text += '\n';
  for (const SearchRow& row : result.search) {
    text +=
        fmt::format("{},{},{},{},{}", row.batch, row.model, row.extractor,
                    core::csv_field(to_text(row.extractor_parameters)), core::csv_field(to_text(row.model_parameters)));
    for (std::size_t i = 0; i < folds; ++i)
      text += i < row.fold_scores.size() ? fmt::format(",{}", row.fold_scores[i]) : ",";
    text += row.fold_scores.empty() ? ",," : fmt::format(",{},{}", row.mean, row.standard_error);
    text += fmt::format(",{:.6f},{:.6f},{},{}", row.seconds, row.shared_seconds, core::csv_field(row.error),
                        core::csv_field(to_text(row.steps)));
    for (std::size_t metric = 0; metric < result.also.size(); ++metric) {
      const MoreScores scores = metric < row.also.size() ? row.also[metric] : MoreScores{};
      for (std::size_t i = 0; i < folds; ++i)
        text += "," + (i < scores.folds.size() ? optional_text(scores.folds[i]) : "");
      text += "," + optional_text(scores.mean) + "," + optional_text(scores.standard_error);
    }
    text += '\n';
  }
  return text;
}

}  // namespace cartwheel
