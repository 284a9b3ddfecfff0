#include "tree/sample_totals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <limits>

#include "tree/tree_row.hpp"

namespace cartwheel::tree {

SampleTotals sum_sample(std::uint32_t tree, std::span<const std::uint32_t> weights,
                        std::span<const std::uint8_t> labels, std::span<const std::uint64_t> units) {
  std::uint64_t rows = 0, positives = 0;
  std::uint32_t heaviest = 0;
  SampleTotals totals;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const std::uint32_t weight = weights.empty() ? 1 : weights[row];
    rows += weight;
    positives += weight * std::uint64_t{labels[row]};
    heaviest = std::max(heaviest, weight);
    totals.distinct_rows += weight != 0 ? 1 : 0;
    if (units.empty()) continue;
    totals.weighted.rows += weight * units[row];
    totals.weighted.positives += weight * units[row] * labels[row];
  }
  if (rows == 0 || rows > std::numeric_limits<std::uint32_t>::max() || heaviest > max_row_weight)
    throw DataError(fmt::format("tree {} would grow on {} weighted rows; at least 1 and at most 2^32 - 1 are possible",
                                tree, rows));
  totals.rows = {static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(positives)};
  return totals;
}

}  // namespace cartwheel::tree
