#pragma once

#include <fmt/format.h>

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace cartwheel::test {

/// Rows for a classifier: dense columns, and a label a row.
struct LabelledRows {
  std::vector<std::vector<float>> columns;
  std::vector<std::uint8_t> y;

  std::size_t rows() const { return y.size(); }
  /// Columns "f0", "f1", ... as float columns.
  FeatureMatrix matrix() const {
    FeatureMatrix x(rows());
    for (std::size_t j = 0; j < columns.size(); ++j) x.add(fmt::format("f{}", j), FloatColumn{columns[j]});
    return x;
  }
};

/// From row-major values.
inline LabelledRows labelled_rows(const std::vector<double>& values, std::size_t columns, std::vector<std::uint8_t> y) {
  LabelledRows out{std::vector<std::vector<float>>(columns), std::move(y)};
  for (std::size_t i = 0; i < values.size(); ++i) out.columns[i % columns].push_back(static_cast<float>(values[i]));
  return out;
}

/// Random numbers with the same bits everywhere (the standard's distributions differ between libraries).
class TestRandom {
 public:
  explicit TestRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  /// In [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// Nearly normal: mean 0, variance 1.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::mt19937_64 engine_;
};

/// Normal columns and a label that follows the first few of them, with noise; both classes occur for rows >= 2.
inline LabelledRows random_rows(std::uint64_t seed, std::size_t rows, std::size_t columns) {
  TestRandom random(seed);
  LabelledRows out{std::vector(columns, std::vector<float>(rows)), std::vector<std::uint8_t>(rows)};
  for (auto& column : out.columns)
    for (float& value : column) value = static_cast<float>(random.normal());
  for (std::size_t i = 0; i < rows; ++i) {
    double score = 1.5 * random.normal();
    for (std::size_t j = 0; j < columns && j < 4; ++j)
      score += (j % 2 == 0 ? 1.0 : -0.7) * static_cast<double>(out.columns[j][i]);
    out.y[i] = score > 0.4;
  }
  if (rows >= 2) out.y[0] = 0, out.y[rows - 1] = 1;
  return out;
}

}  // namespace cartwheel::test
