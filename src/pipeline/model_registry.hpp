#pragma once

#include <cartwheel/model.hpp>
#include <cartwheel/step.hpp>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::pipeline {

/// A model, or why there is none: a ParameterError or a DataError.
struct FitOutcome {
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Step> calibration;  ///< Where the steps before the model end with one.
  std::exception_ptr failure;
};

/// The same as fit_model with each of `all`, in order, but for the work that fits can share (each model's `fit_each`).
/// A combination that cannot be fitted does not touch the others. All models are in memory at once.
/// @throws what says nothing of a combination: DeviceError, no memory.
std::vector<FitOutcome> fit_each(std::string_view model, std::span<const Parameters> all, const FeatureMatrix& x,
                                 std::span<const std::uint8_t> y, const FitContext& context);

/// predict_proba of each of the models, in order, all of the same kind; work that they can share is done once.
/// @throws DataError as Model::predict_proba.
std::vector<std::vector<double>> predict_each(std::span<const Model* const> models, const FeatureMatrix& x);

/// Combinations with equal keys are served by one fit: naive Bayes by one count for all alphas and priors, trees and
/// forests by the deepest and the most of them, logistic regression by one path over its penalties.
std::string share_key(std::string_view model, const Parameters& parameters);

/// The model that Model::write wrote. @throws DataError for an unknown name or damaged bytes.
std::shared_ptr<const Model> read_model(std::string_view name, core::ByteReader& in);

}  // namespace cartwheel::pipeline
