#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/tile_sum.hpp"

namespace cartwheel::linear {

/// Whether any value is NaN.
bool any_missing(std::span<const float> values);

/// Sums over rows, each with its weight, in fixed tiles and lanes: all of them add in the same order, so what one
/// leaves out could as well be a row that adds 0.
class WeightedRows {
 public:
  /// @param weight  empty (all 1), or one a row.
  WeightedRows(std::size_t rows, std::span<const double> weight);

  std::size_t size() const { return rows_; }
  double total() const { return total_; }

  /// sum of weight(i) * term(i)
  template <class Term>
  double sum(const Term& term) const {
    if (weight_.empty()) return core::tile_sum(rows_, term);
    return core::tile_sum(rows_, [&](std::size_t i) { return weight_[i] * term(i); });
  }
  /// sum of weight(row) * term(place) over the given rows, increasing.
  template <class Term>
  double sum_at(std::span<const std::uint32_t> rows, const Term& term) const {
    std::vector<double> tiles((rows_ + core::tile_rows - 1) / core::tile_rows);
    for (std::size_t i = 0; i < rows.size();) {
      const std::size_t tile = rows[i] / core::tile_rows;
      std::array<double, core::tile_lanes> lane{};
      for (; i < rows.size() && rows[i] / core::tile_rows == tile; ++i)
        lane[rows[i] % core::tile_lanes] += weight_.empty() ? term(i) : weight_[rows[i]] * term(i);
      tiles[tile] = core::add_lanes(lane);
    }
    return core::add_pairwise(tiles);
  }
  /// sum of weight(i) * values[i] where it is not NaN.
  double sum_of_present(std::span<const float> values) const;
  /// sum of weight(i) * (values[i] - centre)^2
  double sum_of_squares(std::span<const float> values, double centre) const;
  /// The weight of the rows whose bit is set, as in BitColumn.
  double sum_of_set(std::span<const std::uint64_t> words) const;

 private:
  std::size_t rows_;
  std::span<const double> weight_;
  double total_;
};

}  // namespace cartwheel::linear
