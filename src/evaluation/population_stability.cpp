#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cartwheel/population_stability.hpp>
#include <cmath>
#include <vector>

#include "core/math.hpp"

namespace cartwheel {
namespace {

/// The greatest value of each bin but the last, increasing.
std::vector<double> edges_of(std::vector<double> values, int bins) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::ranges::sort(values);
  std::vector<double> edges;
  for (int bin = 1; bin < bins && !values.empty(); ++bin) {
    const std::size_t at = values.size() * static_cast<std::size_t>(bin) / static_cast<std::size_t>(bins);
    const double edge = values[at == 0 ? 0 : at - 1];
    if ((edges.empty() || edge > edges.back()) && edge < values.back()) edges.push_back(edge);
  }
  return edges;
}

/// How many values each bin holds, missing ones in the last.
std::vector<double> counts_of(std::span<const double> values, const std::vector<double>& edges) {
  std::vector<double> counts(edges.size() + 2);
  for (const double value : values)
    ++counts[std::isnan(value) ? edges.size() + 1
                               : static_cast<std::size_t>(std::ranges::lower_bound(edges, value) - edges.begin())];
  return counts;
}

}  // namespace

double population_stability_index(std::span<const double> reference, std::span<const double> other, int bins) {
  if (bins < 2 || bins > 1000) throw ParameterError(fmt::format("bins is {}; it must be in [2, 1000]", bins));
  if (reference.empty() || other.empty()) return 0.0;
  const std::vector<double> edges = edges_of({reference.begin(), reference.end()}, bins);
  const std::vector<double> expected = counts_of(reference, edges), actual = counts_of(other, edges);
  double sum = 0.0;
  for (std::size_t bin = 0; bin < expected.size(); ++bin) {
    if (expected[bin] == 0.0 && actual[bin] == 0.0) continue;
    const double e = std::max(expected[bin], 0.5) / static_cast<double>(reference.size());
    const double a = std::max(actual[bin], 0.5) / static_cast<double>(other.size());
    sum += (a - e) * core::log(a / e);
  }
  return sum;
}

}  // namespace cartwheel
