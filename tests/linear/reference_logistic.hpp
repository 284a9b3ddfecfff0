#pragma once

#include <algorithm>
#include <array>
#include <cartwheel/logistic_regression.hpp>
#include <cmath>
#include <vector>

#include "support/labelled_rows.hpp"

/// Logistic regression as its definition reads, in long double, for tests.
namespace cartwheel::test {

using Real = long double;

struct ReferenceProblem {
  const LabelledRows& rows;
  LogisticRegressionOptions options;

  Real c() const { return options.penalty == Penalty::none ? 1.0L : static_cast<Real>(options.C); }
  Real l1() const {
    if (options.penalty == Penalty::l1) return 1.0L;
    return options.penalty == Penalty::elasticnet ? static_cast<Real>(options.l1_ratio) : 0.0L;
  }
  Real l2() const {
    if (options.penalty == Penalty::l2) return 1.0L;
    return options.penalty == Penalty::elasticnet ? 1.0L - static_cast<Real>(options.l1_ratio) : 0.0L;
  }
  /// C times the weight of row i.
  Real weight(std::size_t i) const {
    const ClassWeight& rule = options.class_weight;
    if (rule.rule == ClassWeight::Rule::none) return c();
    if (rule.rule == ClassWeight::Rule::given) return c() * static_cast<Real>(rule.weights[rows.y[i]]);
    const auto own = static_cast<Real>(std::ranges::count(rows.y, rows.y[i]));
    return c() * static_cast<Real>(rows.rows()) / (2.0L * own);
  }
  Real value(std::size_t i, std::size_t j) const { return static_cast<Real>(rows.columns[j][i]); }
  Real sign(std::size_t i) const { return rows.y[i] == 1 ? 1.0L : -1.0L; }
  Real own_side(std::size_t i, const std::vector<Real>& b, Real b0) const {
    Real margin = b0;
    for (std::size_t j = 0; j < b.size(); ++j) margin += b[j] * value(i, j);
    return sign(i) * margin;
  }

  Real penalty(const std::vector<Real>& b) const {
    Real sum = 0;
    for (const Real v : b) sum += l1() * std::abs(v) + l2() * v * v / 2;
    return sum;
  }
  Real objective(const std::vector<Real>& b, Real b0) const {
    Real sum = penalty(b);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      const Real m = own_side(i, b, b0);
      sum += weight(i) * (m > 0 ? std::log1p(std::exp(-m)) : -m + std::log1p(std::exp(m)));
    }
    return sum;
  }
  /// weight_i * |p_i - y_i|
  std::vector<Real> errors(const std::vector<Real>& b, Real b0) const {
    std::vector<Real> out;
    for (std::size_t i = 0; i < rows.rows(); ++i) out.push_back(weight(i) / (1 + std::exp(own_side(i, b, b0))));
    return out;
  }
};

inline std::vector<Real> coefficients_of(const LogisticRegression& model) {
  return {model.coefficients().begin(), model.coefficients().end()};
}

inline Real objective_of(const ReferenceProblem& problem, const LogisticRegression& model) {
  return problem.objective(coefficients_of(model), static_cast<Real>(model.intercept()));
}

/// LogisticRegression::Report::kkt_residual, from its definition.
inline Real kkt_residual_of(const ReferenceProblem& problem, const LogisticRegression& model) {
  const auto b = coefficients_of(model);
  const auto errors = problem.errors(b, static_cast<Real>(model.intercept()));
  const std::size_t n = errors.size();
  Real total = 0, intercept_gradient = 0, largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    total += errors[i];
    intercept_gradient -= problem.sign(i) * errors[i];
  }
  if (problem.options.fit_intercept) largest = std::abs(intercept_gradient);
  for (std::size_t j = 0; j < b.size(); ++j) {
    Real mean = 0, square = 0, gradient = problem.l2() * b[j];
    if (problem.options.fit_intercept)
      for (std::size_t i = 0; i < n; ++i) mean += problem.value(i, j) / static_cast<Real>(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Real z = problem.value(i, j) - mean;
      square += z * z;
      gradient -= problem.sign(i) * errors[i] * z;
    }
    const auto [least, most] = std::ranges::minmax(problem.rows.columns[j]);
    if (least == most && (problem.options.fit_intercept || least == 0.0f)) continue;
    const Real distance = b[j] != 0 ? std::abs(gradient + (b[j] > 0 ? problem.l1() : -problem.l1()))
                                    : std::max(Real{0}, std::abs(gradient) - problem.l1());
    largest = std::max(largest, distance / std::sqrt(square / static_cast<Real>(n)));
  }
  return largest / total;
}

/// A number that the smallest objective cannot be below: the dual objective (Fenchel) of the errors at (b, b0), scaled
/// until they are feasible. For a penalised problem with an intercept.
inline Real dual_bound(const ReferenceProblem& problem, const std::vector<Real>& b, Real b0) {
  auto dual = problem.errors(b, b0);  // c_i p_i
  std::array<Real, 2> sum{};
  for (std::size_t i = 0; i < dual.size(); ++i) sum[problem.rows.y[i]] += dual[i];
  for (std::size_t i = 0; i < dual.size(); ++i) dual[i] *= std::min(sum[0], sum[1]) / sum[problem.rows.y[i]];
  std::vector<Real> u(b.size());
  Real largest = 0;
  for (std::size_t j = 0; j < b.size(); ++j) {
    for (std::size_t i = 0; i < dual.size(); ++i) u[j] += dual[i] * problem.sign(i) * problem.value(i, j);
    largest = std::max(largest, std::abs(u[j]));
  }
  const Real shrink = problem.l2() == 0 && largest > problem.l1() ? problem.l1() / largest : 1;
  Real bound = 0;
  for (std::size_t i = 0; i < dual.size(); ++i) {
    const Real p = shrink * dual[i] / problem.weight(i);
    if (p > 0 && p < 1) bound -= problem.weight(i) * (p * std::log(p) + (1 - p) * std::log1p(-p));
  }
  if (problem.l2() > 0)
    for (const Real v : u) {
      const Real over = std::max(Real{0}, std::abs(v) - problem.l1());
      bound -= over * over / (2 * problem.l2());
    }
  return bound;
}

/// The minimum by accelerated proximal gradient steps with restarts (Beck and Teboulle, "A Fast Iterative
/// Shrinkage-Thresholding Algorithm", 2009): slow, and sharing nothing with the library's solvers. It works in columns
/// of length 1 (centred, where there is an intercept), so that scales do not matter to it.
inline Real slow_minimum(const ReferenceProblem& problem, int steps) {
  const std::size_t columns = problem.rows.columns.size(), n = problem.rows.rows();
  std::vector<std::vector<Real>> z(columns, std::vector<Real>(n));
  std::vector<Real> l1(columns), l2(columns);  // of the scaled coefficients
  for (std::size_t j = 0; j < columns; ++j) {
    Real mean = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i) mean += problem.value(i, j) / static_cast<Real>(n);
    if (!problem.options.fit_intercept) mean = 0;
    for (std::size_t i = 0; i < n; ++i) square += (problem.value(i, j) - mean) * (problem.value(i, j) - mean);
    const Real length = square > 0 ? std::sqrt(square) : 1;
    for (std::size_t i = 0; i < n; ++i) z[j][i] = (problem.value(i, j) - mean) / length;
    l1[j] = problem.l1() / length;
    l2[j] = problem.l2() / (length * length);
  }
  const auto margins = [&](const std::vector<Real>& b, Real b0) {
    std::vector<Real> out(n, b0);
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t i = 0; i < n; ++i) out[i] += b[j] * z[j][i];
    return out;
  };
  const auto objective_at = [&](const std::vector<Real>& b, Real b0) {
    const std::vector<Real> margin = margins(b, b0);
    Real sum = 0;
    for (std::size_t j = 0; j < columns; ++j) sum += l1[j] * std::abs(b[j]) + l2[j] * b[j] * b[j] / 2;
    for (std::size_t i = 0; i < n; ++i) {
      const Real m = problem.sign(i) * margin[i];
      sum += problem.weight(i) * (m > 0 ? std::log1p(std::exp(-m)) : -m + std::log1p(std::exp(m)));
    }
    return sum;
  };
  Real bend = 0;  // of the loss, at most
  for (std::size_t i = 0; i < n; ++i) {
    Real square = problem.options.fit_intercept;
    for (std::size_t j = 0; j < columns; ++j) square += z[j][i] * z[j][i];
    bend += problem.weight(i) * square / 4;
  }
  std::vector<Real> b(columns), ahead(columns), gradient(columns);
  Real b0 = 0, ahead0 = 0, momentum = 1, least = objective_at(b, b0), previous = least;
  for (int step = 0; step < steps; ++step) {
    std::vector<Real> errors = margins(ahead, ahead0);
    Real gradient0 = 0;
    for (std::size_t i = 0; i < n; ++i) {
      errors[i] = -problem.sign(i) * problem.weight(i) / (1 + std::exp(problem.sign(i) * errors[i]));
      gradient0 += errors[i];
    }
    for (std::size_t j = 0; j < columns; ++j) {
      gradient[j] = 0;
      for (std::size_t i = 0; i < n; ++i) gradient[j] += errors[i] * z[j][i];
    }
    const Real next_momentum = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2, push = (momentum - 1) / next_momentum;
    const auto advance = [&](Real& at, Real& beyond, Real by, Real shrink, Real pull) {
      const Real moved = beyond - by / bend,
                 size = std::max(Real{0}, std::abs(moved) - shrink / bend) / (1 + pull / bend);
      const Real next = moved < 0 ? -size : size;
      beyond = next + push * (next - at);
      at = next;
    };
    for (std::size_t j = 0; j < columns; ++j) advance(b[j], ahead[j], gradient[j], l1[j], l2[j]);
    if (problem.options.fit_intercept) advance(b0, ahead0, gradient0, 0, 0);
    momentum = next_momentum;
    const Real objective = objective_at(b, b0);
    if (objective > previous) {
      momentum = 1;
      ahead = b;
      ahead0 = b0;
    }
    previous = objective;
    least = std::min(least, objective);
  }
  return least;
}

}  // namespace cartwheel::test
