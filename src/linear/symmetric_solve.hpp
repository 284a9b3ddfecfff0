#pragma once

#include <memory>
#include <span>
#include <vector>

namespace cartwheel::linear {

/// The inverse of a symmetric positive semidefinite matrix A, to be applied many times. Rows and columns are scaled to
/// a unit diagonal first, so units do not matter. Where A is singular to working precision, A^-1 b is the shortest x
/// (in that scaling) that solves A x = b best: what collinear columns share is split between them, and coordinates with
/// a zero diagonal stay 0.
class SemidefiniteInverse {
 public:
  SemidefiniteInverse() = default;  ///< Of the empty matrix.
  /// @param a  [n x n], symmetric.
  SemidefiniteInverse(std::span<const double> a, std::size_t n);

  /// A^-1 b. @param b  [n]
  std::vector<double> apply(std::span<const double> b) const;
  /// Whether A was singular to working precision.
  bool singular() const;

 private:
  struct Factors;
  std::shared_ptr<const Factors> factors_;
};

/// x with (A + ridge * diag(A)) x = b: never singular, and a step that lowers a quadratic with Hessian A for any ridge
/// > 0.
std::vector<double> solve_with_ridge(std::span<const double> a, std::span<const double> b, double ridge);

}  // namespace cartwheel::linear
