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
#include "linear/solver.hpp"

namespace cartwheel {

namespace {

using linear::Design;
using linear::FilledColumns;

constexpr double smallest_c = 1e-100, largest_c = 1e100;
/// A fitted coefficient is far below it; a product with any float, summed over any number of columns, is still finite.
constexpr double largest_coefficient = 1e250;
/// Newton's matrix costs columns squared for each row; L-BFGS takes more steps that cost columns.
constexpr std::size_t most_newton_columns = 512;
constexpr std::size_t block_rows = 4096;

void check_options(const LogisticRegressionOptions& options) {
  const auto require = [](bool holds, std::string_view name, auto value, std::string_view range) {
    if (!holds) throw ParameterError(fmt::format("{} is {}; it must be in {}", name, value, range));
  };
  if (options.penalty != Penalty::none)
    require(options.C >= smallest_c && options.C <= largest_c, "C", options.C, "[1e-100, 1e100]");
  if (options.penalty == Penalty::elasticnet)
    require(options.l1_ratio >= 0.0 && options.l1_ratio <= 1.0, "l1_ratio", options.l1_ratio, "[0, 1]");
  require(options.tol > 0.0 && options.tol <= 1.0, "tol", options.tol, "(0, 1]");
  require(options.max_iter >= 1 && options.max_iter <= 1'000'000, "max_iter", options.max_iter, "[1, 1000000]");
  if (options.class_weight.rule == ClassWeight::Rule::given)
    for (const double weight : options.class_weight.weights)
      require(weight >= smallest_c && weight <= largest_c, "class_weight", weight, "[1e-100, 1e100]");
}

/// Factor of the weight of a row of each class, in the objective as given. @param totals  the weight of each class.
std::array<double, 2> class_factors(const ClassWeight& rule, const std::array<double, 2>& totals) {
  switch (rule.rule) {
    case ClassWeight::Rule::none:
      return {1.0, 1.0};
    case ClassWeight::Rule::given:
      return rule.weights;
    case ClassWeight::Rule::balanced:
      break;
  }
  const double all = totals[0] + totals[1];
  return {all / (2.0 * totals[0]), all / (2.0 * totals[1])};
}

struct PenaltyShares {
  double l1, l2;
};
PenaltyShares shares_of(const LogisticRegressionOptions& options) {
  switch (options.penalty) {
    case Penalty::l1:
      return {1.0, 0.0};
    case Penalty::l2:
      return {0.0, 1.0};
    case Penalty::elasticnet:
      return {options.l1_ratio, 1.0 - options.l1_ratio};
    case Penalty::none:
      break;
  }
  return {0.0, 0.0};
}

/// The penalty of b = beta / scale, in units of the mean loss. @param strength  1 / (C * total weight).
linear::PenaltyWeights penalty_weights(const Design& design, PenaltyShares shares, double strength) {
  linear::PenaltyWeights weights{std::vector(design.size(), 0.0), std::vector(design.size(), 0.0)};
  for (std::size_t j = 0; j < design.columns.size(); ++j) {
    const double scale = design.scale[j];
    weights.l1[j] = shares.l1 * strength / scale;
    weights.l2[j] = shares.l2 * strength / (scale * scale);
  }
  return weights;
}

linear::Solution solve(const linear::Objective& objective, std::vector<double> start,
                       const linear::SolverLimits& limits) {
  if (objective.penalty.any_l1()) return solve_proximal_newton(objective, std::move(start), limits);
  if (objective.size() <= most_newton_columns) return solve_newton(objective, std::move(start), limits);
  return solve_lbfgs(objective, std::move(start), limits);
}

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
      return {fmt::format(
          "logistic_regression: a plane parts the classes in the training rows, so the loss falls without end "
          "as the coefficients grow; stopped after {} iterations, not converged: KKT residual {:.3g}; use a "
          "penalty (or a smaller C)",
          report.iterations, report.kkt_residual)};
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
  for (std::size_t j = 0; j < design.columns.size(); ++j) {
    const double b = beta[j] / design.scale[j];
    coefficients[design.source[j]] = b;
    intercept -= b * design.centre[j];
  }
}

LogisticRegression LogisticRegression::fit(const FeatureMatrix& x, std::span<const std::uint8_t> y,
                                           const LogisticRegressionOptions& options,
                                           std::span<const double> sample_weight) {
  check_options(options);
  features::check_labels(y, x.rows());
  const std::array<double, 2> totals = features::class_totals(y, sample_weight);
  if (std::ranges::find(sample_weight, 0.0) != sample_weight.end()) {
    const features::CountedRows counted(x, y, sample_weight);
    return fit(counted.x, counted.y, options, counted.weight);
  }
  const FilledColumns filled = FilledColumns::of(x, sample_weight);
  const Design design = Design::of(filled, x.rows(), sample_weight, options.fit_intercept);

  std::array<double, 2> weights = class_factors(options.class_weight, totals);
  const double total = weights[0] * totals[0] + weights[1] * totals[1];
  // The solvers see the mean loss: the objective divided by C and by the total weight.
  for (double& weight : weights) weight /= total;
  const double c = options.penalty == Penalty::none ? 1.0 : options.C;
  const auto passes = make_cpu_row_passes(design, {y, weights, sample_weight});
  const linear::Objective objective{*passes, penalty_weights(design, shares_of(options), 1.0 / c / total)};

  std::vector<double> beta(design.size());
  if (design.intercept) beta.back() = core::log(weights[1] * totals[1]) - core::log(weights[0] * totals[0]);
  linear::Solution solution = solve(objective, std::move(beta), {options.tol, options.max_iter});
  // Margins were moved step by step; the certificate is that of the coefficients alone.
  solution.at = start_at(objective, std::move(solution.at.beta));

  auto impl = std::make_shared<Impl>();
  impl->feature_names = x.names();
  impl->fill = filled.fill;
  impl->indicators = filled.indicators;
  impl->coefficients.assign(filled.columns.size(), 0.0);
  impl->name_coefficients();
  impl->take(design, solution.at.beta);
  impl->report = {solution.iterations, solution.at.objective * c * total, solution.at.kkt,
                  solution.stop == linear::Stop::converged, solution.stop == linear::Stop::separated};
  impl->warnings = warnings_of(solution.stop, impl->report, options);
  return LogisticRegression(impl);
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
const LogisticRegression::Report& LogisticRegression::report() const { return impl_->report; }
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
