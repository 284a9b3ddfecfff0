#pragma once

#include <cartwheel/model.hpp>
#include <optional>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// Settings of BernoulliNB::fit, with scikit-learn's names and defaults.
struct BernoulliNBOptions {
  double alpha = 1.0;     ///< Additive smoothing, [0, 1e100]; below 1e-10 it is raised to that, as scikit-learn does.
  bool fit_prior = true;  ///< Learn the class prior; false: both classes alike. Ignored where class_prior is given.
  std::vector<double> class_prior;       ///< Empty, or P(y = 0) and P(y = 1): each > 0, together 1 to 1e-8.
  std::optional<double> binarize = 0.0;  ///< A bit is set where value > binarize; nothing: values must be 0 or 1.
};

/// Naive Bayes on bits (McCallum and Nigam, "A Comparison of Event Models for Naive Bayes Text Classification", 1998;
/// scikit-learn's BernoulliNB). Missing values are bit 0, and a column with missing values in training has an indicator
/// bit of its own, named "COLUMN is missing"; the indicators follow the columns.
///
/// P(bit j | class) = (weight of the class's rows with the bit + alpha) / (weight of the class + 2 alpha). The
/// probability of a bit that is not set is computed from its own count, so it keeps its digits where scikit-learn's 1 -
/// P(bit) loses them.
class BernoulliNB final : public Model {
 public:
  /// @param x  [rows x columns], any column types. @param y  rows labels, each 0 or 1, both present.
  /// @param sample_weight  empty, or one a row (see FitContext). Without weights all counts are whole numbers.
  /// @throws ParameterError, DataError. Memory beyond `x`: one bit a row, 64 bytes a column (and a stretch of 2^17
  /// rows).
  static BernoulliNB fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                         const BernoulliNBOptions& options = {}, std::span<const double> sample_weight = {});
  /// The same as fit with each of `options`, in order, in one pass over the data for each distinct `binarize`.
  static std::vector<BernoulliNB> fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                           std::span<const BernoulliNBOptions> options,
                                           std::span<const double> sample_weight = {});
  static BernoulliNB read(core::ByteReader& in);

  std::string_view name() const override { return "bernoulli_nb"; }
  const std::vector<std::string>& feature_names() const override;
  std::vector<double> predict_proba(const FeatureMatrix& x) const override;
  void write(core::ByteWriter& out) const override;

  /// log P(y = c | row): [rows x 2], row-major; exact to the last few digits also where P underflows.
  std::vector<double> predict_log_proba(const FeatureMatrix& x) const;

  /// The names of the bits: the columns of the fit, then the indicators.
  const std::vector<std::string>& bit_names() const;
  /// log P(bit | class): [2 x bits], row-major.
  const std::vector<double>& feature_log_prob() const;
  /// log P(no bit | class): [2 x bits], row-major; from its own count, so exact also where P(bit) is nearly 1.
  const std::vector<double>& feature_log_clear() const;
  /// The columns of the fit that have an indicator bit, increasing.
  const std::vector<std::uint32_t>& indicators() const;
  /// As in the options.
  const std::optional<double>& binarize() const;
  /// log P(class): [2].
  const std::vector<double>& class_log_prior() const;

 private:
  struct Impl;
  explicit BernoulliNB(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cartwheel
