#pragma once

#include <span>
#include <vector>

#include "support/labelled_rows.hpp"

namespace cartwheel::test {

/// Whole weights from 0 to 3, one a row.
inline std::vector<double> whole_weights(std::uint64_t seed, std::size_t rows) {
  TestRandom random(seed);
  std::vector<double> weights(rows);
  for (double& weight : weights) weight = static_cast<double>(random.below(4));
  return weights;
}

/// Each row as often as its whole weight says: what a weighted fit must equal.
inline LabelledRows repeat_rows(const LabelledRows& rows, std::span<const double> weight) {
  LabelledRows out;
  out.columns.resize(rows.columns.size());
  for (std::size_t i = 0; i < rows.rows(); ++i)
    for (double copies = weight[i]; copies > 0; --copies) {
      out.y.push_back(rows.y[i]);
      for (std::size_t j = 0; j < rows.columns.size(); ++j) out.columns[j].push_back(rows.columns[j][i]);
    }
  return out;
}

}  // namespace cartwheel::test
