#include "tree/prediction_rows.hpp"

#include <algorithm>
#include <limits>

namespace cartwheel::tree {

PredictionRows::PredictionRows(const ColumnLevels& levels) {
  for (const auto& column : levels) levels_.push_back(static_cast<float>(column.size()));
}

void PredictionRows::fill(std::span<const float> values, std::span<float> out) const {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const std::size_t rows = values.size() / std::max<std::size_t>(columns(), 1);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* const from = values.data() + row * columns();
    float* const to = out.data() + row * stride();
    to[0] = std::numeric_limits<float>::quiet_NaN();
    to[1] = 0.0f;
    for (std::size_t j = 0; j < columns(); ++j) {
      const float value = from[j];
      const bool is_level = value >= 1.0f && value < levels_[j], is_missing = value != value;
      to[2 + 2 * j] = levels_[j] == 0.0f ? value : is_level ? value : 0.0f;
      to[3 + 2 * j] = levels_[j] == 0.0f ? (is_missing ? -infinity : value) : is_level ? value : 0.0f;
    }
  }
}

std::size_t PredictionRows::rows_a_task() const {
  return std::clamp<std::size_t>((std::size_t{1} << 17) / stride(), 64, 2048);
}

}  // namespace cartwheel::tree
