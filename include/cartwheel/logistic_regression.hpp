#pragma once

#include <cartwheel/decision_tree.hpp>  // ClassWeight
#include <cartwheel/model.hpp>
#include <optional>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

enum class Penalty : std::uint8_t { l1, l2, elasticnet, none };

/// Settings of LogisticRegression::fit, with scikit-learn's names.
struct LogisticRegressionOptions {
  Penalty penalty = Penalty::l2;
  double C = 1.0;         ///< Inverse strength of the penalty, [1e-100, 1e100]. Ignored by Penalty::none.
  double l1_ratio = 0.5;  ///< [0, 1], the L1 share of an elastic net. Used by Penalty::elasticnet alone.
  bool fit_intercept = true;
  ClassWeight class_weight;
  double tol = 1e-8;    ///< (0, 1]. Stop when the KKT residual (see Report) is at most this.
  int max_iter = 1000;  ///< [1, 1000000] steps, each a pass over the rows; those on a sample of them do not count.
  /// Also find standard errors. Only with Penalty::none and without class weights: a penalised or reweighted estimate
  /// has no sampling error of this form.
  bool standard_errors = false;
};

/// Logistic regression: minimises  C * sum_i w_i * log(1 + exp(-s_i * (x_i . b + b0))) + penalty(b)  with s_i = +-1, as
/// scikit-learn defines it, in the columns as given; the intercept b0 is never penalised. penalty(b) is |b|_1 (l1),
/// |b|_2^2 / 2 (l2), l1_ratio * |b|_1 + (1 - l1_ratio) * |b|_2^2 / 2 (elasticnet), or 0 (none; C is then 1).
/// A missing value takes the column's training mean (as a float), and a column with missing values in training has an
/// indicator column of its own, named "COLUMN is missing"; the indicators follow the columns. Among several optima
/// (collinear columns without a penalty) the coefficients are short; a column without spread has coefficient 0.
class LogisticRegression final : public Model {
 public:
  /// @param x  [rows x columns], any column types. @param y  rows labels, each 0 or 1, both present.
  /// @param sample_weight  empty, or one a row (see FitContext): w_i is it times the class weight; `balanced` balances
  /// the classes' total weights. Rows of weight 0 are left out (of means and indicators too), at the cost of a copy.
  /// @throws ParameterError, DataError. Memory beyond `x`: 16 bytes a row; 4 bytes a cell of a category column or of a
  /// float column with missing values; at most 1 byte a cell of a column that has one value in 7/8 of the rows, and 1
  /// bit of one that has two values (bits and sparse columns are never made dense unless they are); for columns squared
  /// 24 bytes, and 4 bytes for each 2^14 rows.
  static LogisticRegression fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                const LogisticRegressionOptions& options = {},
                                std::span<const double> sample_weight = {});
  /// A fit with each of `options`, in order, at less than the cost of as many: columns are prepared once, and each fit
  /// starts from where a sample of the rows says its optimum lies beside its neighbour's, from strong penalties to
  /// weak: two to four passes over the rows instead of six and the preparation. Each reaches the optimum that its own
  /// fit would reach, to its `tol`, but not in the same bits; the same list gives the same bits.
  static std::vector<LogisticRegression> fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                                  std::span<const LogisticRegressionOptions> options,
                                                  std::span<const double> sample_weight = {});
  static LogisticRegression read(core::ByteReader& in);

  std::string_view name() const override { return "logistic_regression"; }
  const std::vector<std::string>& feature_names() const override;
  std::vector<double> predict_proba(const FeatureMatrix& x) const override;
  std::vector<std::string> warnings() const override;
  void write(core::ByteWriter& out) const override;

  /// The columns that have a coefficient: those of the fit, then the indicators.
  const std::vector<std::string>& coefficient_names() const;
  const std::vector<double>& coefficients() const;  ///< In the columns as given.
  double intercept() const;
  /// [columns of the fit]: what stands for a missing value.
  const std::vector<float>& column_means() const;
  /// The columns of the fit that have an indicator, increasing.
  const std::vector<std::uint32_t>& indicators() const;

  /// The certificate of the fit.
  struct Report {
    int iterations = 0;
    double objective = 0.0;  ///< Of the coefficients returned.
    /// How far the coefficients are from optimal: the largest distance of a coefficient's gradient (in columns centred
    /// and divided by their standard deviation; not centred without an intercept) from the penalty's subdifferential,
    /// divided by C * sum_i w_i |p_i - y_i|. So it has no unit: no column's scale, no C, no number of rows changes its
    /// meaning.
    double kkt_residual = 0.0;
    bool converged = false;  ///< kkt_residual <= tol, at a minimum that exists.
    /// A plane parts the classes: without a penalty no finite optimum exists; with one, C is so large that every
    /// training probability is 0 or 1 to the last digit. The coefficients are those at which the fit stopped.
    bool separable = false;
  };
  const Report& report() const;

  /// Of the estimates of a model without penalty: square roots of the diagonal of the inverse Fisher information at the
  /// optimum (sample weights count rows). They hold for many rows, and if the model is right.
  struct StandardErrors {
    std::vector<double>
        coefficients;        ///< As coefficients(); 0 for a column without spread, whose coefficient is fixed.
    double intercept = 0.0;  ///< 0 without an intercept.
  };
  /// Nothing unless the options asked for it, the fit converged and no columns are collinear. Not kept in a model file.
  const std::optional<StandardErrors>& standard_errors() const;
  struct Interval {
    double low, high;
  };
  /// The Wald interval of each coefficient, then of the intercept: the estimate and `z` standard errors to both sides.
  /// @param z  > 0; 1.96 gives 95% intervals. Empty where there are no standard errors. @throws ParameterError.
  std::vector<Interval> wald_intervals(double z = 1.959963984540054) const;

 private:
  struct Impl;
  explicit LogisticRegression(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace cartwheel
