#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/pca.hpp>
#include <cmath>
#include <limits>

#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "features/model_input.hpp"
#include "linear/design.hpp"
#include "linear/row_passes.hpp"

namespace cartwheel {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::size_t block_rows = 4096;

/// The covariance (ddof 1) of columns of `design`. The Gram matrix of logistic regression weighs a row with P (1 - P),
/// which is a quarter for every row where all coefficients are 0: four times it is the plain one.
Matrix covariance(const linear::Design& design, std::span<const std::uint32_t> columns) {
  const std::vector<std::uint8_t> labels(design.rows);
  const auto passes = linear::make_row_passes(design, {labels, {1.0, 1.0}, {}});
  std::vector<double> gradient(design.size());
  passes->evaluate(std::vector<double>(design.size()), gradient);
  passes->keep();
  const std::size_t n = columns.size();
  std::vector<double> gram(n * n);
  passes->gram(columns, gram);
  Matrix result(n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      result(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
          4.0 * gram[i * n + j] * (design.scale[columns[i]] * design.scale[columns[j]]) /
          static_cast<double>(design.rows - 1);
  return result;
}

std::size_t count_of(const PcaComponents& wanted, const std::vector<double>& ratio) {
  if (const auto* number = std::get_if<ComponentCount>(&wanted))
    return std::min<std::size_t>(number->count, ratio.size());
  const auto* share = std::get_if<VarianceShare>(&wanted);
  if (share == nullptr) return ratio.size();
  double sum = 0.0;
  for (std::size_t k = 0; k < ratio.size(); ++k)
    if ((sum += ratio[k]) > share->share) return k + 1;
  return ratio.size();
}

void check(const PcaComponents& wanted) {
  if (const auto* number = std::get_if<ComponentCount>(&wanted); number && number->count == 0)
    throw ParameterError("components is 0; it must be 1 or more, a share of the variance in (0, 1), or \"all\"");
  if (const auto* share = std::get_if<VarianceShare>(&wanted); share && !(share->share > 0.0 && share->share < 1.0))
    throw ParameterError(fmt::format("components is {}; a share of the variance must be in (0, 1)", share->share));
}

}  // namespace

Pca Pca::fit(const FeatureMatrix& x, const PcaComponents& wanted) {
  check(wanted);
  if (x.rows() < 2) throw DataError(fmt::format("pca needs 2 rows or more, and was given {}", x.rows()));
  const auto filled = linear::FilledColumns::of(x, {});
  const auto design = linear::Design::of(filled, linear::WeightedRows(x.rows(), {}), true);
  std::vector<std::uint32_t> columns;  // of the design: those of x, without the indicators of missing values
  for (std::uint32_t j = 0; j < design.columns(); ++j)
    if (design.source[j] < x.columns()) columns.push_back(j);
  if (columns.empty()) throw DataError("pca needs a column whose values differ, and there is none");

  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(covariance(design, columns));
  const auto size = static_cast<Eigen::Index>(columns.size());
  std::vector<double> variance, ratio;
  double total = 0.0;
  for (Eigen::Index k = 0; k < size; ++k) {
    variance.push_back(std::max(0.0, eigen.eigenvalues()[size - 1 - k]));  // below 0 by rounding alone
    total += variance.back();
  }
  for (const double v : variance) ratio.push_back(v / total);

  Pca step;
  const std::size_t components = count_of(wanted, ratio);
  step.feature_names_ = x.names();
  step.mean_.resize(x.columns());
  for (const std::uint32_t j : columns) step.mean_[design.source[j]] = design.centre[j];
  step.explained_variance_.assign(variance.begin(), variance.begin() + static_cast<std::ptrdiff_t>(components));
  step.explained_variance_ratio_.assign(ratio.begin(), ratio.begin() + static_cast<std::ptrdiff_t>(components));
  step.loadings_.resize(components * x.columns());
  for (std::size_t k = 0; k < components; ++k) {
    const auto vector = eigen.eigenvectors().col(size - 1 - static_cast<Eigen::Index>(k));
    Eigen::Index largest = 0;
    vector.cwiseAbs().maxCoeff(&largest);
    const double sign = vector[largest] < 0.0 ? -1.0 : 1.0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      step.loadings_[k * x.columns() + design.source[columns[i]]] = sign * vector[static_cast<Eigen::Index>(i)];
  }
  return step;
}

FeatureMatrix Pca::transform(const FeatureMatrix& x) const {
  features::check_columns(feature_names_, x, name());
  const std::size_t columns = x.columns(), rows = x.rows();
  std::vector<std::vector<float>> values(columns, std::vector<float>(rows));
  core::parallel_for(columns, [&](std::size_t j) { x.copy_column(j, values[j]); });
  std::vector<FloatColumn> result(components(), FloatColumn{std::vector<float>(rows)});
  core::parallel_for_blocks(rows, block_rows, [&](std::size_t begin, std::size_t end) {
    std::vector<double> sum(end - begin);
    for (std::size_t k = 0; k < components(); ++k) {
      std::ranges::fill(sum, 0.0);
      for (std::size_t j = 0; j < columns; ++j) {
        const double loading = loadings_[k * columns + j];
        if (loading == 0.0) continue;
        for (std::size_t i = begin; i < end; ++i) {
          const float value = values[j][i];
          sum[i - begin] += std::isnan(value) ? 0.0 : loading * (static_cast<double>(value) - mean_[j]);
        }
      }
      constexpr double largest = std::numeric_limits<float>::max();
      for (std::size_t i = begin; i < end; ++i)
        result[k].values[i] = static_cast<float>(std::clamp(sum[i - begin], -largest, largest));
    }
  });
  FeatureMatrix out(rows);
  for (std::size_t k = 0; k < result.size(); ++k) out.add(fmt::format("pca_{}", k + 1), std::move(result[k]));
  return out;
}

void Pca::write(core::ByteWriter& out) const {
  features::write_column_names(feature_names_, out);
  out.put_array(std::span(mean_));
  out.put_array(std::span(explained_variance_));
  out.put_array(std::span(explained_variance_ratio_));
  out.put_array(std::span(loadings_));
}

Pca Pca::read(core::ByteReader& in) {
  Pca step;
  step.feature_names_ = features::read_column_names(in, "pca");
  step.mean_ = in.get_array<double>();
  step.explained_variance_ = in.get_array<double>();
  step.explained_variance_ratio_ = in.get_array<double>();
  step.loadings_ = in.get_array<double>();
  const std::size_t columns = step.feature_names_.size(), components = step.explained_variance_.size();
  const auto all_finite = [](const std::vector<double>& values) {
    return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
  };
  if (step.mean_.size() != columns || components == 0 || components > columns ||
      step.explained_variance_ratio_.size() != components || step.loadings_.size() != components * columns ||
      !all_finite(step.mean_) || !all_finite(step.loadings_) || !all_finite(step.explained_variance_))
    in.fail("pca holds values that do not fit together");
  return step;
}

}  // namespace cartwheel
