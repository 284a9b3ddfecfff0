#pragma once

#include <cartwheel/step.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// How much a column has to say, by its training rows.
enum class ColumnScore : std::uint8_t {
  /// Chi-squared statistic of the column's sums by class, as scikit-learn's chi2: for counts and bits. Values must not
  /// be negative; a missing value adds nothing.
  chi2,
  /// Mutual information with the label in bits, of the binned column; see FeatureAssociation::mutual_information.
  mutual_information,
  /// Variance (ddof 0) of the values that are not missing.
  variance,
};

/// A step that keeps the columns with the best scores, in their order, as they are.
class ColumnSelector final : public Step {
 public:
  /// The `k` columns of the highest score; of equal ones the first. scikit-learn's SelectKBest. @param k  >= 1;
  /// nothing, or more than there are: all. @param y  x.rows() labels, each 0 or 1.
  /// @throws ParameterError for k = 0; DataError for labels that are not, and (chi2) a negative value, naming column
  /// and row. Memory: 4 bytes a row and thread; mutual_information 28.
  static ColumnSelector k_best(const FeatureMatrix& x, std::span<const std::uint8_t> y, ColumnScore score,
                               std::optional<std::uint64_t> k);
  /// The columns with a variance above `threshold` (>= 0). scikit-learn's VarianceThreshold. @throws DataError if no
  /// column is left, ParameterError for a threshold out of range.
  static ColumnSelector above_variance(const FeatureMatrix& x, double threshold);
  static ColumnSelector read(core::ByteReader& in);

  std::string_view name() const override;  ///< "chi2", "mutual_information" or "variance_threshold".
  FeatureMatrix transform(const FeatureMatrix& x) const override;
  void write(core::ByteWriter& out) const override;

  const std::vector<std::string>& feature_names() const override { return feature_names_; }
  const std::vector<double>& scores() const { return scores_; }     ///< Of each column of the fit.
  const std::vector<std::uint32_t>& kept() const { return kept_; }  ///< Columns of the fit, increasing.

 private:
  ColumnScore score_ = ColumnScore::variance;
  std::vector<std::string> feature_names_;
  std::vector<double> scores_;
  std::vector<std::uint32_t> kept_;
};

/// Of each column. @throws as ColumnSelector::k_best.
std::vector<double> column_scores(const FeatureMatrix& x, std::span<const std::uint8_t> y, ColumnScore score);

}  // namespace cartwheel
