#include "linear/row_passes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "support/labelled_rows.hpp"

/// Loss, gradient and Hessian against their definitions, on columns of every kind.
namespace cartwheel::linear {
namespace {

using Real = long double;

/// Columns that are kept dense, as two values, and as mostly one, of one value's share 0 or not.
struct Sample {
  FeatureMatrix x;
  std::vector<std::vector<double>> values;
  std::vector<std::uint8_t> y;
  std::vector<double> weight;

  Sample(std::size_t rows, bool weighted) : x(rows), y(rows) {
    test::TestRandom random(rows);
    for (std::uint8_t& label : y) label = random.below(3) == 0;
    const auto add = [&](const char* name, auto value) {
      FloatColumn column{std::vector<float>(rows)};
      for (float& v : column.values) v = value();
      values.emplace_back(column.values.begin(), column.values.end());
      x.add(name, column);
    };
    add("dense", [&] { return static_cast<float>(random.normal()) + 5.0f; });
    add("bits", [&] { return random.below(3) == 0 ? -0.5f : 2.0f; });
    add("rare bits", [&] { return random.below(20) == 0 ? 4.2f : -0.21f; });
    add("rare values", [&] { return random.below(12) == 0 ? static_cast<float>(random.normal()) : 0.0f; });
    add("usual value", [&] { return random.below(12) == 0 ? static_cast<float>(random.normal()) : 1.5f; });
    add("dense too", [&] { return static_cast<float>(random.normal()); });
    add("constant", [&] { return 3.0f; });
    for (std::size_t i = 0; weighted && i < rows; ++i) weight.push_back(0.1 + random.uniform());
  }
};

struct Naive {
  Real loss = 0, error = 0;
  std::vector<Real> gradient, hessian;
};

Naive naive(const Sample& sample, const Design& design, const std::array<double, 2>& class_weight,
            const std::vector<double>& beta) {
  const std::size_t n = beta.size(), columns = design.columns();
  Naive out;
  out.gradient.resize(n);
  out.hessian.resize(n * n);
  for (std::size_t i = 0; i < sample.y.size(); ++i) {
    std::vector<Real> z(n, 1);
    for (std::size_t j = 0; j < columns; ++j)
      z[j] = (static_cast<Real>(sample.values[design.source[j]][i]) - static_cast<Real>(design.centre[j])) /
             static_cast<Real>(design.scale[j]);
    Real margin = 0;
    for (std::size_t j = 0; j < n; ++j) margin += z[j] * static_cast<Real>(beta[j]);
    const Real sign = sample.y[i] == 1 ? 1 : -1, p = 1 / (1 + std::exp(sign * margin));
    const Real w = static_cast<Real>(class_weight[sample.y[i]] * (sample.weight.empty() ? 1.0 : sample.weight[i]));
    out.loss += w * std::log1p(std::exp(-sign * margin));
    out.error += w * p;
    for (std::size_t j = 0; j < n; ++j) {
      out.gradient[j] -= w * sign * p * z[j];
      for (std::size_t k = 0; k < n; ++k) out.hessian[j * n + k] += w * p * (1 - p) * z[j] * z[k];
    }
  }
  return out;
}

void expect_definition(std::size_t rows, bool intercept, bool weighted) {
  SCOPED_TRACE(rows);
  const Sample sample(rows, weighted);
  const FilledColumns filled = FilledColumns::of(sample.x, sample.weight);
  const Design design = Design::of(filled, WeightedRows(rows, sample.weight), intercept);
  if (rows > 200) {
    ASSERT_EQ(design.columns(), intercept ? 6u : 7u);
    EXPECT_EQ(design.dense.size(), 2u);
    EXPECT_EQ(design.two_valued.size(), 1u);
    EXPECT_EQ(design.mostly_one.size(), intercept ? 3u : 4u);
  }
  const std::array class_weight{0.7, 1.9};
  const auto passes = make_cpu_row_passes(design, {sample.y, class_weight, sample.weight});
  const std::size_t n = design.size();
  std::vector<double> beta(n), gradient(n), hessian(n * n);
  test::TestRandom random(3);
  for (double& b : beta) b = random.normal();
  const Naive expected = naive(sample, design, class_weight, beta);
  const auto point = passes->evaluate(beta, gradient);
  const auto near = [](double actual, Real wanted, Real size) {
    EXPECT_NEAR(actual, static_cast<double>(wanted), 1e-13 * static_cast<double>(size));
  };
  near(point.loss, expected.loss, expected.loss);
  near(point.total_error, expected.error, expected.error);
  for (std::size_t j = 0; j < n; ++j) near(gradient[j], expected.gradient[j], expected.error);
  passes->keep();
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0u);
  passes->gram(all, hessian);
  for (std::size_t i = 0; i < n * n; ++i) near(hessian[i], expected.hessian[i], expected.error);

  const std::vector<std::uint32_t> some{1, 2, static_cast<std::uint32_t>(n - 2)};
  std::vector<double> part(9);
  passes->gram(some, part);
  for (std::size_t j = 0; j < 3; ++j)
    for (std::size_t k = 0; k < 3; ++k) near(part[3 * j + k], expected.hessian[some[j] * n + some[k]], expected.error);
}

TEST(RowPasses, EqualTheirDefinition) {
  for (const std::size_t rows : {16u, 63u, 257u, 9001u})
    for (const bool intercept : {true, false})
      for (const bool weighted : {true, false}) expect_definition(rows, intercept, weighted);
}

TEST(RowPasses, TheWayBetweenTwoPointsIsTheLossThere) {
  const Sample sample(5000, false);
  const FilledColumns filled = FilledColumns::of(sample.x, {});
  const Design design = Design::of(filled, WeightedRows(5000, {}), true);
  const auto passes = make_cpu_row_passes(design, {sample.y, {1.0, 1.0}, {}});
  const std::size_t n = design.size();
  const std::vector<double> from(n, 0.2), to(n, -0.3);
  std::vector<double> middle(n), gradient(n);
  passes->evaluate(from, gradient);
  passes->keep();
  passes->evaluate(to, gradient);
  const auto way = passes->along(0.25);
  for (std::size_t j = 0; j < n; ++j) middle[j] = from[j] + 0.25 * (to[j] - from[j]);
  const auto point = passes->evaluate(middle, gradient);
  EXPECT_NEAR(way.loss, point.loss, 1e-12 * point.loss);
  double slope = 0.0;
  for (std::size_t j = 0; j < n; ++j) slope += gradient[j] * (to[j] - from[j]);
  EXPECT_NEAR(way.slope, slope, 1e-12 * point.loss);
}

/// Each storage of the same values is kept in the same way, at shares on both sides of every limit.
TEST(Design, DependsOnValuesNotOnStorage) {
  constexpr std::size_t rows = 800;
  for (const std::size_t ones : {0u, 1u, 99u, 100u, 101u, 400u, 699u, 700u, 701u, 799u, 800u}) {
    FeatureMatrix bits(rows), sparse(rows), plain(rows);
    BitColumn bit{std::vector<std::uint64_t>((rows + 63) / 64)};
    SparseColumn rare;
    FloatColumn dense{std::vector<float>(rows)};
    for (std::size_t i = 0; i < ones; ++i) {
      bit.words[i / 64] |= std::uint64_t{1} << (i % 64);
      rare.rows.push_back(static_cast<std::uint32_t>(i));
      rare.values.push_back(1.0f);
      dense.values[i] = 1.0f;
    }
    bits.add("a", bit);
    sparse.add("a", rare);
    plain.add("a", dense);
    for (const bool intercept : {true, false}) {
      const WeightedRows weighted(rows, {});
      const FilledColumns a = FilledColumns::of(bits, {}), b = FilledColumns::of(sparse, {}),
                          c = FilledColumns::of(plain, {});
      EXPECT_EQ(a.fill, c.fill);
      EXPECT_EQ(b.fill, c.fill);
      const Design from_bits = Design::of(a, weighted, intercept), from_sparse = Design::of(b, weighted, intercept),
                   from_plain = Design::of(c, weighted, intercept);
      for (const Design* other : {&from_bits, &from_sparse}) {
        EXPECT_EQ(other->two_valued.size(), from_plain.two_valued.size()) << ones;
        EXPECT_EQ(other->mostly_one.size(), from_plain.mostly_one.size()) << ones;
        EXPECT_EQ(other->centre, from_plain.centre) << ones;
        EXPECT_EQ(other->scale, from_plain.scale) << ones;
      }
    }
  }
}

}  // namespace
}  // namespace cartwheel::linear
