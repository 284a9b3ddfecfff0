#pragma once

#include <cartwheel/model.hpp>
#include <optional>
#include <vector>

namespace cartwheel {

/// Settings of BernoulliNB::fit, with scikit-learn's names and defaults.
struct BernoulliNBOptions {
  double alpha = 1.0;      ///< Additive smoothing, >= 0; values below 1e-10 are raised to it, as scikit-learn does.
  bool fit_prior = true;   ///< Learn the class prior; false: both classes alike. Ignored where class_prior is given.
  std::vector<double> class_prior;       ///< Empty, or P(y = 0) and P(y = 1): each > 0, together 1 to 1e-8.
  std::optional<double> binarize = 0.0;  ///< A bit is set where value > binarize; nothing: values must be 0 or 1.
};

/// Naive Bayes on bits (McCallum and Nigam, "A Comparison of Event Models for Naive Bayes Text Classification", 1998;
/// scikit-learn's BernoulliNB). Missing values are bit 0, and a column with missing values in training has an indicator
/// bit of its own, named "COLUMN is missing".
class BernoulliNB final : public Model {
 public:
  /// @param x  [rows x columns], any column types. @param y  rows labels, each 0 or 1, both present.
  /// @throws ParameterError, DataError. Memory beyond `x`: one bit a cell, 16 bytes a column.
  static BernoulliNB fit(const FeatureMatrix& x, std::span<const std::uint8_t> y, const BernoulliNBOptions& options = {});
  static BernoulliNB read(core::ByteReader& in);

  std::string_view name() const override { return "bernoulli_nb"; }
  const std::vector<std::string>& feature_names() const override { return feature_names_; }
  std::vector<double> predict_proba(const FeatureMatrix& x) const override;
  void write(core::ByteWriter& out) const override;

  /// log P(y = c | row): [rows x 2], row-major; exact to the last few digits also where P underflows.
  std::vector<double> predict_log_proba(const FeatureMatrix& x) const;

 private:
  BernoulliNB() = default;
  std::vector<std::string> feature_names_;
};

}  // namespace cartwheel
