#pragma once

#include <cartwheel/experiment.hpp>
#include <string>

#include "core/time.hpp"

namespace cartwheel::support {

/// Forty days make three batches: two weeks, then a week, then a week; label `window`.
inline ExperimentOptions small_experiment() {
  constexpr std::int64_t day = core::microseconds_per_day;
  ExperimentOptions options;
  options.session.label = Label::window;
  options.batches.train = 14 * day;
  options.batches.validation = options.batches.test = options.batches.step = 6 * day;
  options.extractors = {{"V1", {{"session_size", {std::int64_t{3}}}}}};
  options.models = {{"bernoulli_nb", {{"alpha", {0.1, 0.5, 1.0}}, {"fit_prior", {true, false}}}},
                    {"decision_tree",
                     {{"criterion", {std::string("entropy"), std::string("gini")}},
                      {"min_samples_leaf", {std::int64_t{5}, std::int64_t{15}, std::int64_t{40}}}}}};
  options.seed = 7;
  return options;
}

/// Everything of a result that must not depend on threads or time, as text.
inline std::string text_of(const ExperimentResult& result) {
  std::string text;
  const auto add = [&](const auto&... values) { ((text += values, text += ' '), ...); };
  const auto exact = [](double value) { return to_text(ParameterValue(value)); };
  for (const BatchRow& row : result.table) {
    add(row.batch, row.model, row.extractor, exact(row.f1_score), exact(row.f1_score_optimized), exact(row.threshold),
        row.guard_held ? "held" : "free", exact(row.average_precision), row.roc_auc ? exact(*row.roc_auc) : "none",
        exact(row.log_loss), exact(row.brier), exact(row.precision), exact(row.recall), exact(row.accuracy),
        exact(row.base_rate), std::to_string(row.sessions), to_text(row.best_params), row.dummy ? "dummy" : "model");
    for (const std::string& warning : row.warnings) add(warning);
    text += '\n';
  }
  for (const SearchRow& row : result.search) {
    add(row.batch, row.model, row.extractor, to_text(row.extractor_parameters), to_text(row.model_parameters),
        exact(row.mean), exact(row.standard_error), row.error);
    for (const double score : row.fold_scores) add(exact(score));
    text += '\n';
  }
  for (const auto& model : result.models) {
    add(model.batch, model.model);
    text += to_bytes(model.pipeline);
  }
  for (const Account::Entry& entry : result.account.entries()) add(entry.name, std::to_string(entry.count), entry.note);
  return text;
}

}  // namespace cartwheel::support
