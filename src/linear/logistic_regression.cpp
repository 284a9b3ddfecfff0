#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cartwheel/logistic_regression.hpp>
#include <cmath>

#include "core/bytes.hpp"
#include "core/math.hpp"
#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "linear/design.hpp"
#include "linear/logistic_options.hpp"
#include "linear/penalty_path.hpp"

namespace cartwheel {

namespace {

using linear::Design;
using linear::FilledColumns;

/// A fitted coefficient is far below it; a product with any float, summed over any number of columns, is still finite.
constexpr double largest_coefficient = 1e250;
constexpr std::size_t block_rows = 4096;

std::vector<std::string> warnings_of(linear::Stop stop, const LogisticRegression::Report& report,
                                     const LogisticRegressionOptions& options) {
  switch (stop) {
    case linear::Stop::converged:
      break;
    case linear::Stop::iterations:
      return {fmt::format(
          "logistic_regression: stopped at max_iter={}, not converged: KKT residual {:.3g} is above tol={:g}; "
          "raise max_iter",
          options.max_iter, report.kkt_residual, options.tol)};
    case linear::Stop::stalled:
      return {fmt::format(
          "logistic_regression: not converged: KKT residual {:.3g} is above tol={:g}, and rounding hides any "
          "further progress; raise tol, or add a penalty (smaller C)",
          report.kkt_residual, options.tol)};
    case linear::Stop::separated:
      return {
          "logistic_regression: a weighted sum of the columns parts the classes of the training rows, so larger "
          "coefficients fit ever better and none are the best; it stopped, not converged, where growing changes next "
          "to nothing, and its probabilities come too close to 0 and 1; use a penalty (or a smaller C)"};
  }
  return {};
}

}  // namespace

struct LogisticRegression::Impl {
  std::vector<std::string> feature_names;
  std::vector<float> fill;                ///< [columns]: what a missing value counts as.
  std::vector<std::uint32_t> indicators;  ///< The columns that have an indicator, increasing.
  std::vector<double> coefficients;       ///< [columns, then indicators]
  double intercept = 0.0;
  Report report;
  std::optional<StandardErrors> standard_errors;
  std::vector<std::string> warnings;
  std::vector<std::string> coefficient_names;  ///< Follows from the names and indicators.

  void name_coefficients() {
    coefficient_names = feature_names;
    for (const std::uint32_t j : indicators) coefficient_names.push_back(features::indicator_name(feature_names[j]));
  }
  void take(const Design& design, std::span<const double> beta);
  void add_column(std::size_t j, std::span<const float> values, double indicator, std::span<double> margins) const;
};

/// From the solver's coordinates to the columns as given.
void LogisticRegression::Impl::take(const Design& design, std::span<const double> beta) {
  intercept = design.intercept ? beta.back() : 0.0;
  for (std::size_t j = 0; j < design.columns(); ++j) {
    const double b = beta[j] / design.scale[j];
    coefficients[design.source[j]] = b;
    intercept -= b * design.centre[j];
  }
}

LogisticRegression LogisticRegression::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                           const LogisticRegressionOptions& options,
                                           std::span<const double> sample_weight) {
  return fit_each(x, y, std::span(&options, 1), sample_weight).front();
}

std::vector<LogisticRegression> LogisticRegression::fit_each(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                                             std::span<const LogisticRegressionOptions> options,
                                                             std::span<const double> sample_weight) {
  for (const LogisticRegressionOptions& o : options) linear::check_options(o);
  features::check_labels(y, x.rows());
  const std::array<double, 2> totals = features::class_totals(y, sample_weight);
  if (std::ranges::find(sample_weight, 0.0) != sample_weight.end()) {
    const features::CountedRows counted(x, y, sample_weight);
    return fit_each(counted.x, counted.y, options, counted.weight);
  }
  const FilledColumns filled = FilledColumns::of(x, sample_weight);
  linear::PenaltyPath path(filled, y, sample_weight, totals);
  std::vector<std::shared_ptr<const Impl>> fitted(options.size());
  const std::vector<std::size_t> order = linear::path_order(options);
  for (const std::size_t i : order) {
    const linear::PathFit fit = path.fit(options[i], i != order.back());
    auto impl = std::make_shared<Impl>();
    impl->feature_names = x.names();
    impl->fill = filled.fill;
    impl->indicators = filled.indicators;
    impl->coefficients.assign(filled.columns.size(), 0.0);
    impl->name_coefficients();
    impl->take(*fit.design, fit.solution.at.beta);
    impl->report = {fit.solution.iterations, fit.solution.at.objective * fit.unit, fit.solution.at.kkt,
                    fit.solution.stop == linear::Stop::converged, fit.solution.stop == linear::Stop::separated};
    impl->standard_errors = fit.standard_errors;
    impl->warnings = warnings_of(fit.solution.stop, impl->report, options[i]);
    fitted[i] = std::move(impl);
  }
  std::vector<LogisticRegression> models;
  for (auto& impl : fitted) models.push_back(LogisticRegression(std::move(impl)));
  return models;
}

/// margins[i] += coefficient * value, and the indicator's coefficient where the value is missing.
void LogisticRegression::Impl::add_column(std::size_t j, std::span<const float> values, double indicator,
                                          std::span<double> margins) const {
  const double b = coefficients[j], if_missing = b * static_cast<double>(fill[j]) + indicator;
  core::parallel_for_blocks(values.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      margins[i] += values[i] != values[i] ? if_missing : b * static_cast<double>(values[i]);
  });
}

std::vector<double> LogisticRegression::predict_proba(const FeatureMatrix& x) const {
  features::check_columns(impl_->feature_names, x, "logistic_regression");
  std::vector<double> indicator(x.columns());
  for (std::size_t i = 0; i < impl_->indicators.size(); ++i)
    indicator[impl_->indicators[i]] = impl_->coefficients[x.columns() + i];
  std::vector<double> margins(x.rows(), impl_->intercept);
  std::vector<float> copy;
  for (std::size_t j = 0; j < x.columns(); ++j) {
    if (impl_->coefficients[j] == 0.0 && indicator[j] == 0.0) continue;
    if (const auto* column = std::get_if<FloatColumn>(&x.column(j))) {
      impl_->add_column(j, column->values, indicator[j], margins);
    } else {
      copy.resize(x.rows());
      x.copy_column(j, copy);
      impl_->add_column(j, copy, indicator[j], margins);
    }
  }
  core::parallel_for_blocks(margins.size(), block_rows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) margins[i] = core::sigmoid(margins[i]);
  });
  return margins;
}

const std::vector<std::string>& LogisticRegression::feature_names() const { return impl_->feature_names; }
const std::vector<std::string>& LogisticRegression::coefficient_names() const { return impl_->coefficient_names; }
const std::vector<double>& LogisticRegression::coefficients() const { return impl_->coefficients; }
double LogisticRegression::intercept() const { return impl_->intercept; }
const std::vector<float>& LogisticRegression::column_means() const { return impl_->fill; }
const std::vector<std::uint32_t>& LogisticRegression::indicators() const { return impl_->indicators; }
const LogisticRegression::Report& LogisticRegression::report() const { return impl_->report; }
const std::optional<LogisticRegression::StandardErrors>& LogisticRegression::standard_errors() const {
  return impl_->standard_errors;
}

std::vector<LogisticRegression::Interval> LogisticRegression::wald_intervals(double z) const {
  if (!(z > 0.0 && std::isfinite(z))) throw ParameterError(fmt::format("z is {}; it must be a number above 0", z));
  std::vector<Interval> intervals;
  if (!impl_->standard_errors) return intervals;
  const auto add = [&](double estimate, double error) {
    intervals.push_back({estimate - z * error, estimate + z * error});
  };
  for (std::size_t j = 0; j < impl_->coefficients.size(); ++j)
    add(impl_->coefficients[j], impl_->standard_errors->coefficients[j]);
  add(impl_->intercept, impl_->standard_errors->intercept);
  return intervals;
}

std::vector<std::string> LogisticRegression::warnings() const { return impl_->warnings; }

void LogisticRegression::write(core::ByteWriter& out) const {
  out.put(static_cast<std::uint64_t>(impl_->feature_names.size()));
  for (const std::string& name : impl_->feature_names) out.put_string(name);
  out.put_array(std::span(impl_->fill));
  out.put_array(std::span(impl_->indicators));
  out.put_array(std::span(impl_->coefficients));
  out.put(impl_->intercept);
  out.put(static_cast<std::int32_t>(impl_->report.iterations));
  out.put(impl_->report.objective);
  out.put(impl_->report.kkt_residual);
  out.put(static_cast<std::uint8_t>(impl_->report.converged));
  out.put(static_cast<std::uint8_t>(impl_->report.separable));
  out.put(static_cast<std::uint64_t>(impl_->warnings.size()));
  for (const std::string& warning : impl_->warnings) out.put_string(warning);
}

namespace {

std::vector<std::string> read_strings(core::ByteReader& in) {
  const auto size = in.get<std::uint64_t>();
  if (size > in.remaining() / sizeof(std::uint64_t)) in.fail("there are more texts than the data can hold");
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < size; ++i) texts.emplace_back(in.get_string());
  return texts;
}

bool read_flag(core::ByteReader& in) {
  const auto flag = in.get<std::uint8_t>();
  if (flag > 1) in.fail("a yes or no is neither");
  return flag == 1;
}

}  // namespace

LogisticRegression LogisticRegression::read(core::ByteReader& in) {
  auto impl = std::make_shared<Impl>();
  impl->feature_names = read_strings(in);
  const std::size_t columns = impl->feature_names.size();
  impl->fill = in.get_array<float>();
  if (impl->fill.size() != columns) in.fail("the means are not one a column");
  if (!std::ranges::all_of(impl->fill, [](float v) { return std::isfinite(v); })) in.fail("a mean is not a number");
  impl->indicators = in.get_array<std::uint32_t>();
  for (std::size_t i = 0; i < impl->indicators.size(); ++i)
    if (impl->indicators[i] >= columns || (i > 0 && impl->indicators[i] <= impl->indicators[i - 1]))
      in.fail("an indicator belongs to no column");
  impl->coefficients = in.get_array<double>();
  if (impl->coefficients.size() != columns + impl->indicators.size()) in.fail("the coefficients are not one a column");
  impl->intercept = in.get<double>();
  const auto sane = [](double v) { return std::abs(v) <= largest_coefficient; };
  if (!sane(impl->intercept) || !std::ranges::all_of(impl->coefficients, sane))
    in.fail("a coefficient is out of range");
  impl->report.iterations = in.get<std::int32_t>();
  impl->report.objective = in.get<double>();
  impl->report.kkt_residual = in.get<double>();
  if (impl->report.iterations < 0 || !std::isfinite(impl->report.objective) || !(impl->report.kkt_residual >= 0.0))
    in.fail("the report of the fit makes no sense");
  impl->report.converged = read_flag(in);
  impl->report.separable = read_flag(in);
  impl->warnings = read_strings(in);
  impl->name_coefficients();
  return LogisticRegression(impl);
}

}  // namespace cartwheel
