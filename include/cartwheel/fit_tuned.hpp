#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/threshold.hpp>
#include <optional>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

struct FitTunedOptions {
  std::string extractor = "V1";
  Parameters extractor_parameters;
  std::vector<NamedStep> steps;  ///< From extractor to model; the model's default steps follow them.
  std::string model;
  Parameters model_parameters;
  /// Length of the last stretch of the log on which the threshold is chosen, microseconds; > 0.
  std::int64_t validation = 7LL * 24 * 3600 * 1'000'000;
  ThresholdOptions threshold;
  std::uint64_t seed = 0;
};

struct FitTunedResult {
  Pipeline pipeline;
  std::optional<ThresholdChoice> choice;  ///< Nothing where no threshold could be chosen.
  std::vector<std::string> warnings;      ///< For the user: why no threshold was chosen, what the fit has to say.
  Account account;
};

/// One model for use: fitted on every session whose label is known by the log's end. The threshold is chosen on the
/// last stretch of the log, by a second model that has seen only what came before; where the log is too short for that,
/// or the stretch has one class, the default cut stays, and a warning says so.
/// @throws ParameterError, DataError as fit_pipeline.
FitTunedResult fit_tuned(const SessionTable& sessions, const FitTunedOptions& options);

}  // namespace cartwheel
