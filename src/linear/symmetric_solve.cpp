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

}  // namespace

struct SemidefiniteInverse::Factors {
  Vector scale;
  Eigen::LLT<Matrix> cholesky;
  bool singular = false;
  Matrix vectors;         ///< Where singular: eigenvectors,
  Vector inverse_values;  ///< and inverse eigenvalues, 0 for those that are nothing but rounding.
};

SemidefiniteInverse::SemidefiniteInverse(std::span<const double> a, std::size_t n) {
  const ConstMatrix given = matrix_view(a, n);
  auto factors = std::make_shared<Factors>();
  factors->scale = scaling(given);
  const Matrix unit = factors->scale.asDiagonal() * given * factors->scale.asDiagonal();
  factors->cholesky.compute(unit);
  factors->singular = factors->cholesky.info() != Eigen::Success ||
                      factors->cholesky.matrixLLT().diagonal().array().square().minCoeff() <= singular_share;
  if (factors->singular) {
    const Eigen::SelfAdjointEigenSolver<Matrix> eigen(unit);
    const double cut = singular_share * static_cast<double>(n) * eigen.eigenvalues().maxCoeff();
    factors->vectors = eigen.eigenvectors();
    factors->inverse_values = eigen.eigenvalues().unaryExpr([&](double v) { return v > cut ? 1.0 / v : 0.0; });
  }
  factors_ = std::move(factors);
}

std::vector<double> SemidefiniteInverse::apply(std::span<const double> b) const {
  if (factors_ == nullptr || b.empty()) return {};
  const Vector right = factors_->scale.cwiseProduct(vector_view(b));
  const Vector x =
      factors_->singular
          ? Vector(factors_->vectors * factors_->inverse_values.cwiseProduct(factors_->vectors.transpose() * right))
          : Vector(factors_->cholesky.solve(right));
  return to_vector(factors_->scale.cwiseProduct(x));
}

bool SemidefiniteInverse::singular() const { return factors_ != nullptr && factors_->singular; }

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
