#pragma once

#include <cartwheel/step.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

enum class CalibrationMethod : std::uint8_t {
  /// P' = sigmoid(a * log-odds(P) + b), by maximum likelihood with Platt's targets (J. Platt, "Probabilistic Outputs
  /// for
  /// Support Vector Machines", 1999): two numbers, so a few hundred rows are enough. Keeps the ranking where a > 0.
  sigmoid,
  /// The best nondecreasing step function, linear between its steps (B. Zadrozny and C. Elkan, "Transforming Classifier
  /// Scores into Accurate Multiclass Probability Estimates", 2002; scikit-learn's IsotonicRegression): wants a thousand
  /// rows or more. Makes ties.
  isotonic,
};
/// "sigmoid" or "isotonic".
std::string_view name_of(CalibrationMethod method);

/// A map from a model's probabilities to calibrated ones, learned from rows that the model was not fitted on. As a step
/// it is the last one and leaves columns alone; it is fitted together with the model (see fit_pipeline).
class Calibration final : public Step {
 public:
  /// One that is still to be fitted: it changes nothing.
  explicit Calibration(CalibrationMethod method) : method_(method) {}
  /// @param y  0 or 1, both present. @param probability  in [0, 1]; same length. @throws DataError.
  static Calibration fit(CalibrationMethod method, std::span<const std::uint8_t> y,
                         std::span<const double> probability);
  static Calibration read(core::ByteReader& in);

  std::string_view name() const override { return "calibration"; }
  FeatureMatrix transform(const FeatureMatrix& x) const override { return x; }
  /// Calibrates each of `probability` (in [0, 1]), in place.
  void correct(std::span<double> probability) const override;
  void write(core::ByteWriter& out) const override;

  CalibrationMethod method() const { return method_; }
  bool fitted() const { return fitted_; }
  double slope() const { return slope_; }          ///< a of the sigmoid.
  double intercept() const { return intercept_; }  ///< b of the sigmoid.

 private:
  CalibrationMethod method_;
  bool fitted_ = false;
  double slope_ = 1.0, intercept_ = 0.0;
  std::vector<double> from_, to_;  ///< Isotonic: the corners of the function; from_ increases, to_ never decreases.
};

/// What became of the rows that were given about the same probability.
struct ReliabilityBin {
  double low = 0.0, high = 0.0;  ///< P in (low, high]; the first bin holds 0, too.
  std::uint64_t rows = 0, positives = 0;
  double mean_probability = 0.0;  ///< 0 without rows.
  double observed() const { return rows == 0 ? 0.0 : static_cast<double>(positives) / static_cast<double>(rows); }
};

struct Reliability {
  std::vector<ReliabilityBin> bins;
  /// Mean over the rows of |mean probability - share of positives| of their bin: the expected calibration error.
  double error = 0.0;
};

/// Bins of equal width, as scikit-learn's calibration_curve has them. @param bins  [1, 1000]. @throws DataError,
/// ParameterError.
Reliability reliability(std::span<const std::uint8_t> y, std::span<const double> probability, int bins = 10);

}  // namespace cartwheel
