#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/fit_tuned.hpp>

#include "core/time.hpp"

namespace cartwheel {
namespace {

/// Rows of both sides of a cut in time: fitted before it, judged after it.
struct Holdout {
  std::vector<std::uint32_t> before, after;
};

Holdout split_at(const SessionTable& sessions, std::int64_t cut) {
  Holdout holdout;
  for (std::uint32_t row = 0; row < sessions.size(); ++row) {
    if (sessions.label_time[row] > sessions.log_end) continue;
    if (sessions.label_time[row] <= cut)
      holdout.before.push_back(row);
    else if (sessions.start[row] >= cut)
      holdout.after.push_back(row);
  }
  return holdout;
}

bool has_both_classes(const SessionTable& sessions, const std::vector<std::uint32_t>& rows) {
  const auto positive = [&](std::uint32_t row) { return sessions.label[row] == 1; };
  return std::ranges::any_of(rows, positive) && !std::ranges::all_of(rows, positive);
}

ThresholdChoice tune(const SessionTable& sessions, const std::vector<std::uint32_t>& rows, const Pipeline& pipeline,
                     const ThresholdOptions& options) {
  std::vector<std::uint8_t> y;
  for (const std::uint32_t row : rows) y.push_back(sessions.label[row]);
  return tune_threshold(y, pipeline.predict_proba(sessions, rows), options);
}

}  // namespace

FitTunedResult fit_tuned(const SessionTable& sessions, const FitTunedOptions& options) {
  if (options.validation <= 0)
    throw ParameterError(
        fmt::format("validation is {}; it must be longer than 0", core::format_duration(options.validation)));
  FitTunedResult result;
  std::vector<std::uint32_t> known;
  for (std::uint32_t row = 0; row < sessions.size(); ++row)
    if (sessions.label_time[row] <= sessions.log_end) known.push_back(row);
  result.account.add("sessions whose label is not known by the log's end, left out",
                     static_cast<std::int64_t>(sessions.size() - known.size()));
  result.account.add("sessions trained on", static_cast<std::int64_t>(known.size()));

  const PipelineRecipe recipe{options.extractor, options.extractor_parameters,
                              with_default_steps(options.steps, options.model), options.model,
                              options.model_parameters};
  const auto fit = [&](std::span<const std::uint32_t> rows, std::int64_t train_end) {
    return fit_pipeline(sessions, rows, sessions.log_begin, train_end, recipe, FitContext{options.seed});
  };
  result.pipeline = fit(known, sessions.log_end);
  result.pipeline.extractor->count_values(sessions, known, result.account);

  const std::int64_t cut = sessions.log_end - options.validation;
  const Holdout holdout = split_at(sessions, cut);
  if (has_both_classes(sessions, holdout.before) && has_both_classes(sessions, holdout.after)) {
    result.choice = tune(sessions, holdout.after, fit(holdout.before, cut), options.threshold);
    result.pipeline.threshold = result.choice->threshold;
    result.account.add("sessions the threshold was chosen on", static_cast<std::int64_t>(holdout.after.size()));
  } else {
    result.warnings.push_back(fmt::format(
        "the threshold stays at 0.5: both classes are needed before and within the log's last {} (--validation)",
        core::format_duration(options.validation)));
  }
  for (std::string& warning : result.pipeline.model->warnings()) result.warnings.push_back(std::move(warning));
  return result;
}

}  // namespace cartwheel
