#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/math.hpp"
#include "tree/grow.hpp"

namespace cartwheel::tree {

/// x * log2(x) for small counts, see EntropyTerms; empty for gini.
inline std::vector<double> entropy_table(const GrowSettings& settings, std::uint32_t rows) {
  constexpr std::size_t longest = 1 << 14;
  if (settings.impurity.criterion == Criterion::gini) return {};
  std::vector<double> terms(std::min(longest, std::size_t{rows} + 1));
  for (std::size_t i = 0; i < terms.size(); ++i) terms[i] = core::x_log2_x(static_cast<double>(i));
  return terms;
}

}  // namespace cartwheel::tree
