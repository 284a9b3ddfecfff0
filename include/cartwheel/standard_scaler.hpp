#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <string>
#include <vector>

namespace cartwheel {

namespace core {
class ByteReader;
class ByteWriter;
}  // namespace core

/// Centres each column and divides it by its standard deviation (ddof 0), both learned from training rows, missing values
/// left out; a constant column is only centred. As scikit-learn's StandardScaler.
class StandardScaler {
 public:
  static StandardScaler fit(const FeatureMatrix& x);
  static StandardScaler read(core::ByteReader& in);

  /// Every column becomes a float column; missing stays missing. @throws DataError unless the columns are those of fit.
  FeatureMatrix transform(const FeatureMatrix& x) const;
  void write(core::ByteWriter& out) const;

  const std::vector<std::string>& feature_names() const { return feature_names_; }
  const std::vector<double>& mean() const { return mean_; }
  const std::vector<double>& scale() const { return scale_; }  ///< Standard deviation; 1 for a constant column.

 private:
  std::vector<std::string> feature_names_;
  std::vector<double> mean_, scale_;
};

}  // namespace cartwheel
