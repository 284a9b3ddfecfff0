#pragma once

#include <cartwheel/step.hpp>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// How many principal components to keep.
struct AllComponents {};
struct ComponentCount {
  std::uint64_t count = 1;  ///< >= 1; more than there are: all.
};
struct VarianceShare {
  double share = 0.95;  ///< (0, 1): as few as explain more than this share of the variance.
};
using PcaComponents = std::variant<AllComponents, ComponentCount, VarianceShare>;

/// Principal component analysis (K. Pearson, "On Lines and Planes of Closest Fit to Systems of Points in Space", 1901),
/// as a step: columns become "pca_1", "pca_2" and so on, by falling variance. As scikit-learn's PCA: columns are
/// centred, not scaled (put standard_scaler before it); the largest loading of each component, the first of equals, is
/// positive. Missing values take the training mean. A column without spread has no loading.
class Pca final : public Step {
 public:
  /// @param x  [rows x columns], at least 2 rows. @throws ParameterError, DataError (no column with spread). Cost: rows
  /// * columns squared, and columns cubed. Memory: 24 bytes a row; 4 bytes a cell of a column that is not plain floats;
  /// for columns squared 40 bytes, and 4 bytes for each 2^14 rows.
  static Pca fit(const FeatureMatrix& x, const PcaComponents& components);
  static Pca read(core::ByteReader& in);

  std::string_view name() const override { return "pca"; }
  /// Memory beyond the result: 4 bytes a cell.
  FeatureMatrix transform(const FeatureMatrix& x) const override;
  void write(core::ByteWriter& out) const override;

  const std::vector<std::string>& feature_names() const override { return feature_names_; }
  std::size_t components() const { return explained_variance_.size(); }
  /// [components]: the variance (ddof 1) of each; and its share of the variance of all columns.
  const std::vector<double>& explained_variance() const { return explained_variance_; }
  const std::vector<double>& explained_variance_ratio() const { return explained_variance_ratio_; }
  /// [components x columns], row-major: unit vectors.
  const std::vector<double>& loadings() const { return loadings_; }
  const std::vector<double>& mean() const { return mean_; }  ///< [columns]

 private:
  std::vector<std::string> feature_names_;
  std::vector<double> mean_, explained_variance_, explained_variance_ratio_, loadings_;
};

}  // namespace cartwheel
