#include "tree/prediction_rows.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace cartwheel::tree {
namespace {

/// Some rows' values of a column, and once more for nodes that send missing ones to the left.
/// @param levels  PredictionRows::levels_. @param to  [2 * rows]
template <std::size_t rows>
void put_twice(const float* values, float levels, float* to) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  if (levels == 0.0f) {
    for (std::size_t i = 0; i < rows; ++i) to[i] = values[i];
    for (std::size_t i = 0; i < rows; ++i) to[rows + i] = values[i] != values[i] ? -infinity : values[i];
    return;
  }
  for (std::size_t i = 0; i < rows; ++i)
    to[i] = to[rows + i] = values[i] >= 1.0f && values[i] < levels ? values[i] : 0.0f;
}

}  // namespace

PredictionRows::PredictionRows(const ColumnLevels& levels) {
  for (const auto& column : levels) levels_.push_back(static_cast<float>(column.size()));
}

void PredictionRows::fill(std::span<const float> values, std::span<float> out) const {
  const std::size_t rows = values.size() / std::max<std::size_t>(columns(), 1);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* const from = values.data() + row * columns();
    float* const to = out.data() + row * stride();
    to[0] = std::numeric_limits<float>::quiet_NaN();
    to[1] = 0.0f;
    for (std::size_t j = 0; j < columns(); ++j) put_twice<1>(from + j, levels_[j], to + 2 + 2 * j);
  }
}

GroupedRows PredictionRows::group(const RowValues& x, std::size_t begin, std::size_t end) const {
  constexpr std::size_t lanes = GroupedRows::lanes;
  GroupedRows result(end - begin, stride());
  for (std::size_t g = 0; g < result.groups(); ++g) {
    std::fill_n(result.group(g), lanes, std::numeric_limits<float>::quiet_NaN());
    std::fill_n(result.group(g) + lanes, lanes, 0.0f);
  }
  std::vector<float> scratch(end - begin);
  const std::size_t whole = (end - begin) / lanes, left_over = (end - begin) % lanes;
  for (std::size_t j = 0; j < columns(); ++j) {
    const float* const from = x.column(j, begin, end, scratch).data();
    const std::size_t place = lanes * slot(static_cast<std::uint32_t>(j), false);
    for (std::size_t g = 0; g < whole; ++g) put_twice<lanes>(from + g * lanes, levels_[j], result.group(g) + place);
    if (left_over == 0) continue;
    std::array<float, lanes> last{};
    std::copy_n(from + whole * lanes, left_over, last.begin());
    put_twice<lanes>(last.data(), levels_[j], result.group(whole) + place);
  }
  return result;
}

/// As many rows as lie in a thread's cache beside a tree, so that trees are fetched seldom; and no thread has more to
/// do than another.
std::size_t PredictionRows::rows_a_task(std::size_t rows) const {
  constexpr std::size_t fewest = 64;
  const std::size_t most = std::clamp<std::size_t>((std::size_t{1} << 17) / stride(), fewest, 4096);
  const auto threads = static_cast<std::size_t>(core::thread_count());
  const std::size_t tasks = (rows / most / threads + 1) * threads;
  return std::max(fewest, (rows / tasks / GroupedRows::lanes + 1) * GroupedRows::lanes);
}

}  // namespace cartwheel::tree
