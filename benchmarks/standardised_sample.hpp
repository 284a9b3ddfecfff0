#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/standard_scaler.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace cartwheel::bench {

/// Standardised columns that hang together, a quarter of them rare yes/no ones; the label leans on every fifth.
struct StandardisedSample {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;

  StandardisedSample(std::size_t rows, std::size_t columns) : x(rows), y(rows) {
    std::mt19937_64 random(1);
    const auto uniform = [&] { return static_cast<float>(random() >> 40) * 0x1p-24f; };
    // The sum of three is nearly normal; its variance is 1/4.
    const auto normal = [&] { return 2.0f * (uniform() + uniform() + uniform()) - 3.0f; };
    std::vector<float> common(rows), lean(rows);
    for (float& value : common) value = normal();
    FeatureMatrix raw(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      FloatColumn column{std::vector<float>(rows)};
      for (std::size_t i = 0; i < rows; ++i) {
        const float value = normal() + 0.5f * common[i];
        column.values[i] = j % 4 != 3 ? value : value > 1.6f ? 1.0f : 0.0f;
        if (j % 5 == 0) lean[i] += column.values[i] * (j % 2 == 0 ? 1.0f : -1.0f);
      }
      raw.add("f" + std::to_string(j), std::move(column));
    }
    const float strength = 2.0f / std::sqrt(static_cast<float>(columns) / 5.0f);
    for (std::size_t i = 0; i < rows; ++i) y[i] = strength * lean[i] + 2.0f * normal() > 1.0f;
    x = StandardScaler::fit(raw).transform(raw);
  }
};

}  // namespace cartwheel::bench
