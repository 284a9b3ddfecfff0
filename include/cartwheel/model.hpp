#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/parameters.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

namespace [[gnu::visibility("hidden")]] core {
class ByteReader;
class ByteWriter;
}  // namespace core

/// A fitted binary classifier. Immutable, so safe to share between threads.
class Model {
 public:
  virtual ~Model() = default;

  /// "bernoulli_nb", "logistic_regression", "decision_tree" or "random_forest".
  virtual std::string_view name() const = 0;
  /// The columns of the fit, in order.
  virtual const std::vector<std::string>& feature_names() const = 0;
  /// P(y = 1) of each row of `x`, in order.
  /// @throws DataError if the columns of `x` are not those of the fit (names and order).
  virtual std::vector<double> predict_proba(const FeatureMatrix& x) const = 0;
  /// What the user should know of the fit, such as "stopped at max_iter = 100, not converged: ..."; empty if all is
  /// well.
  virtual std::vector<std::string> warnings() const { return {}; }

  /// Writes the fitted state. Same data, parameters and seed give the same bytes on any machine.
  virtual void write(core::ByteWriter& out) const = 0;
};

/// What every fit is given besides its own parameters.
struct FitContext {
  std::uint64_t seed = 0;
  /// How much each training row counts, one a row of `x`, each 0 or in [1e-100, 1e100]; empty: all 1. A row of weight 2
  /// counts as two, one of weight 0 as none. Must outlive the fit.
  std::span<const double> sample_weight{};
};

/// The names that fit_model takes.
std::span<const std::string_view> model_names();

/// The full set of a model's parameters: the given ones, and the defaults of the others.
/// @throws ParameterError with a suggestion for an unknown model or parameter, or naming a value out of its range.
Parameters check_parameters(std::string_view model, const Parameters& parameters);

/// Fits a model by name. @param x  [rows x columns]; @param y  one label a row, each 0 or 1, both present.
/// @throws ParameterError as check_parameters; DataError if `x`, `y` or a weight is unusable.
std::shared_ptr<const Model> fit_model(std::string_view model, const Parameters& parameters, const FeatureMatrix& x,
                                       std::span<const std::uint8_t> y, const FitContext& context);

}  // namespace cartwheel
