#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tree/predict.hpp"
#include "tree/row_block.hpp"
#include "tree/tree_nodes.hpp"

namespace cartwheel::tree {

/// Scores training rows by the trees that did not see them.
class OutOfBag {
 public:
  /// @param x  must outlive this.
  explicit OutOfBag(const RowValues& x) : x_(x), sums_(x.rows()), trees_(x.rows()) {}

  /// Adds trees, in their order. @param weights  [trees][rows]: 0 where a tree did not see the row.
  void add(const Predictor& trees, std::span<const std::vector<std::uint32_t>> weights);

  struct Score {
    std::vector<double> probability;  ///< [rows] the mean over the trees; NaN where there is none.
    std::uint64_t rows_without = 0;   ///< Rows that every tree saw.
    double accuracy = 0.0;            ///< Of probability > 0.5, over the other rows; 0 if there are none.
  };
  Score score(std::span<const std::uint8_t> labels) const;

 private:
  const RowValues& x_;
  std::vector<double> sums_;
  std::vector<std::uint32_t> trees_;
};

}  // namespace cartwheel::tree
