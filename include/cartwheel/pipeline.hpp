#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/metrics.hpp>
#include <cartwheel/model.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cartwheel {

/// Where a fitted pipeline comes from.
struct Provenance {
  std::string library_version;
  std::uint64_t seed = 0;
  Parameters parameters;            ///< The model's full set.
  std::int64_t train_begin = 0;     ///< Training window, microseconds since 1970-01-01 UTC; 0 and 0 for a table.
  std::int64_t train_end = 0;
  std::uint64_t train_rows = 0;
  std::uint64_t train_positives = 0;
};

/// Everything that turns sessions into decisions: what predict and serve load. Immutable.
struct Pipeline {
  SessionOptions session;                             ///< How windows and labels were made.
  std::shared_ptr<const FeatureExtractor> extractor;  ///< None for a model that was fitted on a table.
  std::optional<StandardScaler> scaler;               ///< The standardising step, for models that take it.
  std::shared_ptr<const Model> model;
  double threshold = default_threshold;               ///< A row is a "yes" where P >= threshold.
  Provenance provenance;

  /// P(y = 1) of the given rows of `sessions`. @throws DataError if this pipeline was fitted on a table.
  std::vector<double> predict_proba(const SessionTable& sessions, std::span<const std::uint32_t> rows) const;
  /// P(y = 1) of the rows of a feature matrix: the scaler, then the model.
  std::vector<double> predict_proba(const FeatureMatrix& x) const;
};

/// Whether a model is given standardised columns (naive Bayes and logistic regression are, trees are not).
bool takes_standardised_columns(std::string_view model);

/// Fits extractor, scaler (for the models that take it) and model on training rows; the threshold stays the default one.
/// @param rows  of `sessions`, labels of both classes. @throws ParameterError, DataError.
Pipeline fit_pipeline(const SessionTable& sessions, std::span<const std::uint32_t> rows, std::int64_t train_begin,
                      std::int64_t train_end, std::string_view extractor, const Parameters& extractor_parameters,
                      std::string_view model, const Parameters& model_parameters, const FitContext& context);

/// Model files (.cwm): magic, format version, length-checked sections, a checksum over all of it. Written atomically.
void save_pipeline(const Pipeline& pipeline, const std::filesystem::path& path);
/// @throws DataError naming the file if it is missing, damaged, truncated, foreign, or of a later format version.
Pipeline load_pipeline(const std::filesystem::path& path);

/// The bytes of a model file, without the file.
std::string to_bytes(const Pipeline& pipeline);
/// @param what  names the source in errors.
Pipeline from_bytes(std::string_view bytes, std::string what);

}  // namespace cartwheel
