#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/model.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/step.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// A step and its parameters.
struct NamedStep {
  std::string name;
  Parameters parameters;
  friend bool operator==(const NamedStep&, const NamedStep&) = default;
};

/// "chi2 (k=10) > standard_scaler"; "" for none.
std::string to_text(const std::vector<NamedStep>& steps);

/// The names that fit_step takes.
std::span<const std::string_view> step_names();

/// The full set of a step's parameters: the given ones, and the defaults of the others.
/// @throws ParameterError with a suggestion for an unknown step or parameter, or naming a value out of its range.
Parameters check_step_parameters(std::string_view step, const Parameters& parameters);

/// What came of fitting a step: the step, and the training rows as it hands them on.
struct FittedStep {
  std::shared_ptr<const Step> step;
  TrainingRows training;
};
/// Fits a step by name. @param x  [rows x columns]; @param y  one label a row, each 0 or 1. Rows are in the order of
/// their start. @throws ParameterError as check_step_parameters; DataError if `x` or `y` is unusable.
FittedStep fit_step(const NamedStep& step, const FeatureMatrix& x, std::span<const std::uint8_t> y,
                    const FitContext& context);

/// The steps that a model has where nothing else is said: naive Bayes and logistic regression are given standardised
/// columns; trees, which split between values whatever their scale, are not. @throws ParameterError for an unknown
/// model.
std::vector<NamedStep> default_steps(std::string_view model);
/// The given steps, and after them those of default_steps(model) that are not among them.
std::vector<NamedStep> with_default_steps(std::vector<NamedStep> steps, std::string_view model);

/// All parts of a pipeline, by name.
struct PipelineRecipe {
  std::string extractor = "V1";
  Parameters extractor_parameters;
  std::vector<NamedStep> steps;  ///< From extractor to model; exactly these. See with_default_steps.
  std::string model;
  Parameters model_parameters;
};

/// Where a fitted pipeline comes from.
struct Provenance {
  std::string library_version;
  std::uint64_t seed = 0;
  Parameters parameters;         ///< The model's full set.
  std::vector<NamedStep> steps;  ///< With their full sets.
  std::int64_t train_begin = 0;  ///< Training window, microseconds since 1970-01-01 UTC; 0 and 0 for a table.
  std::int64_t train_end = 0;
  std::uint64_t train_rows = 0;
  std::uint64_t train_positives = 0;
};

/// Everything that turns sessions into decisions: what predict and serve load. Immutable.
struct Pipeline {
  SessionOptions session;                             ///< How windows and labels were made.
  std::shared_ptr<const FeatureExtractor> extractor;  ///< None for a model that was fitted on a table.
  std::vector<std::shared_ptr<const Step>> steps;     ///< From extractor to model.
  std::shared_ptr<const Model> model;
  double threshold = default_threshold;  ///< A row is a "yes" where P >= threshold.
  Provenance provenance;

  /// P(y = 1) of the given rows of `sessions`. @throws DataError if this pipeline was fitted on a table.
  std::vector<double> predict_proba(const SessionTable& sessions, std::span<const std::uint32_t> rows) const;
  /// The columns that predict_proba takes, in order: the extractor's, or those of the table that the fit was given.
  std::vector<std::string> feature_names() const;
  /// P(y = 1) of the rows of a feature matrix: the steps, then the model, then the steps' corrections, last step first.
  std::vector<double> predict_proba(const FeatureMatrix& x) const;
  /// The columns that the model is given: `x` after all steps.
  FeatureMatrix model_input(const FeatureMatrix& x) const;
};

/// Fits extractor, steps and model on training rows; the threshold stays the default one.
/// @param rows  of `sessions`, labels of both classes. @throws ParameterError, DataError.
Pipeline fit_pipeline(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::int64_t train_begin,
                      std::int64_t train_end, const PipelineRecipe& recipe, const FitContext& context);

/// Model files (.cwm): magic, format version, length-checked sections, a checksum over all of it. Written atomically.
void save_pipeline(const Pipeline& pipeline, const std::filesystem::path& path);
/// @throws DataError naming the file if it is missing, damaged, truncated, foreign, or of a later format version.
Pipeline load_pipeline(const std::filesystem::path& path);

/// The bytes of a model file, without the file.
std::string to_bytes(const Pipeline& pipeline);
/// @param what  names the source in errors.
Pipeline from_bytes(std::string_view bytes, std::string what);

}  // namespace cartwheel
