#include "linear/symmetric_solve.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>

namespace cartwheel::linear {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using ConstMatrix = Eigen::Map<const Matrix>;
using ConstVector = Eigen::Map<const Vector>;

/// Below this share of a unit diagonal, a pivot is what rounding left of collinear columns.
constexpr double singular_share = 1e-13;

/// 1 / sqrt(a_jj); 0 for a zero diagonal.
Vector scaling(const ConstMatrix& a) {
  return a.diagonal().unaryExpr([](double d) { return d > 0.0 ? 1.0 / std::sqrt(d) : 0.0; });
}

ConstMatrix matrix_view(std::span<const double> a, std::size_t n) {
  return {a.data(), static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n)};
}
ConstVector vector_view(std::span<const double> b) { return {b.data(), static_cast<Eigen::Index>(b.size())}; }

std::vector<double> to_vector(const Vector& x) { return {x.data(), x.data() + x.size()}; }

Vector shortest_solution(const Matrix& a, const Vector& b) {
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(a);
  const Vector& values = eigen.eigenvalues();
  const double cut = singular_share * static_cast<double>(a.rows()) * values.maxCoeff();
  Vector in_basis = eigen.eigenvectors().transpose() * b;
  for (Eigen::Index i = 0; i < values.size(); ++i) in_basis[i] = values[i] > cut ? in_basis[i] / values[i] : 0.0;
  return eigen.eigenvectors() * in_basis;
}

}  // namespace

std::vector<double> solve_semidefinite(std::span<const double> a, std::span<const double> b) {
  const ConstMatrix given = matrix_view(a, b.size());
  const Vector scale = scaling(given);
  const Matrix unit = scale.asDiagonal() * given * scale.asDiagonal();
  const Vector right = scale.cwiseProduct(vector_view(b));
  const Eigen::LDLT<Matrix> factors(unit);
  const bool regular = factors.info() == Eigen::Success && factors.vectorD().minCoeff() > singular_share;
  const Vector x = regular ? Vector(factors.solve(right)) : shortest_solution(unit, right);
  return to_vector(scale.cwiseProduct(x));
}

std::vector<double> solve_with_ridge(std::span<const double> a, std::span<const double> b, double ridge) {
  const ConstMatrix given = matrix_view(a, b.size());
  const Vector scale = scaling(given);
  Matrix unit = scale.asDiagonal() * given * scale.asDiagonal();
  unit.diagonal().setConstant(1.0 + ridge);  // 1 + ridge also where the diagonal was 0, and the answer is 0
  const Vector right = scale.cwiseProduct(vector_view(b));
  // LLT works in blocks, and is several times faster; rounding may leave it a negative pivot, which LDLT bears.
  const Eigen::LLT<Matrix> factors(unit);
  const Vector x =
      factors.info() == Eigen::Success ? Vector(factors.solve(right)) : Vector(Eigen::LDLT<Matrix>(unit).solve(right));
  return to_vector(scale.cwiseProduct(x));
}

}  // namespace cartwheel::linear
