#include "linear/standard_errors.hpp"

#include <cmath>
#include <numeric>

#include "linear/symmetric_solve.hpp"

namespace cartwheel::linear {

std::optional<LogisticRegression::StandardErrors> standard_errors(RowPasses& rows, const Design& design, double total,
                                                                  std::size_t coefficients) {
  const std::size_t n = design.size();
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  std::vector<double> information(n * n);
  rows.gram(all, information);
  for (double& entry : information) entry *= total;
  const SemidefiniteInverse inverse(information, n);
  if (inverse.singular()) return std::nullopt;

  LogisticRegression::StandardErrors errors{std::vector<double>(coefficients), 0.0};
  // A linear function of the coordinates, a . beta, has variance a' inverse a.
  const auto error_of = [&](const std::vector<double>& a) {
    const std::vector<double> solved = inverse.apply(a);
    return std::sqrt(std::inner_product(a.begin(), a.end(), solved.begin(), 0.0));
  };
  std::vector<double> a(n), intercept(n);
  for (std::size_t j = 0; j < design.columns(); ++j) {
    a[j] = 1.0 / design.scale[j];
    errors.coefficients[design.source[j]] = error_of(a);
    a[j] = 0.0;
    intercept[j] = -design.centre[j] / design.scale[j];
  }
  if (design.intercept) {
    intercept.back() = 1.0;
    errors.intercept = error_of(intercept);
  }
  return errors;
}

}  // namespace cartwheel::linear
