#pragma once

#include <cartwheel/step.hpp>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// Centres each column and divides it by its standard deviation (ddof 0), both learned from training rows, missing
/// values left out; a constant column is only centred. As scikit-learn's StandardScaler, with its rule for what is
/// constant: of n values, a variance of at most n * eps * variance + (n * mean * eps)^2, eps = 2^-52, which is what
/// rounding may leave. Mean and variance are sums in double over fixed tiles, so they have the same bits for any number
/// of threads.
class StandardScaler final : public Step {
 public:
  /// A column without any value gets mean 0 and scale 1. Memory beyond the result: 4 bytes a cell at most.
  static StandardScaler fit(const FeatureMatrix& x);
  /// @throws DataError for bytes that write did not write.
  static StandardScaler read(core::ByteReader& in);

  /// Every column becomes a float column: float((value - mean) / scale), at the end of float's range if it lies beyond;
  /// missing stays missing. @throws DataError unless the columns are those of fit (names and order).
  FeatureMatrix transform(const FeatureMatrix& x) const override;
  std::string_view name() const override { return "standard_scaler"; }
  void write(core::ByteWriter& out) const override;

  const std::vector<std::string>& feature_names() const override { return feature_names_; }
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& scale() const { return scale_; }  ///< Standard deviation; 1 for a constant column.

 private:
  std::vector<std::string> feature_names_;
  std::vector<double> mean_, scale_;
};

}  // namespace cartwheel
