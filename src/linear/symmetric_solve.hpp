#pragma once

#include <span>
#include <vector>

namespace cartwheel::linear {

/// x with A x = b, for a symmetric positive semidefinite A. Rows and columns are scaled to a unit diagonal first, so
/// units do not matter. Where A is singular to working precision, the shortest x (in that scaling) that solves it best:
/// what collinear columns share is split between them, and coordinates with a zero diagonal stay 0.
/// @param a  [n x n], symmetric. @param b  [n].
std::vector<double> solve_semidefinite(std::span<const double> a, std::span<const double> b);

/// x with (A + ridge * diag(A)) x = b: never singular, and a step that lowers a quadratic with Hessian A for any ridge
/// > 0.
std::vector<double> solve_with_ridge(std::span<const double> a, std::span<const double> b, double ridge);

}  // namespace cartwheel::linear
