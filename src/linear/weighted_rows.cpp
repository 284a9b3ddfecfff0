#include "linear/weighted_rows.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "core/parallel.hpp"
#include "linear/lanes.hpp"

namespace cartwheel::linear {

namespace {

using core::tile_lanes;
using core::tile_rows;
using IntLanes [[gnu::vector_size(32)]] = std::int32_t;

CARTWHEEL_DISPATCHED bool any_nan(const float* values, std::size_t count) {
  IntLanes any{};
  for (std::size_t i = 0; i < count; i += tile_lanes) {
    FloatLanes v;
    std::memcpy(&v, values + i, sizeof v);
    any |= v != v;
  }
  std::int32_t all = 0;
  for (std::size_t l = 0; l < tile_lanes; ++l) all |= any[l];
  return all != 0;
}

/// Adds `count` values (a multiple of 8), or their squares, to 8 lanes. @param weight  null, or one a value.
template <bool square>
[[gnu::always_inline]] inline void add_values(const float* values, const double* weight, std::size_t count,
                                              double centre, double* lanes) {
  Lanes sum;
  load(sum, lanes);
  const Lanes zero{};
  for (std::size_t i = 0; i < count; i += tile_lanes) {
    Lanes v, w;
    widen(v, values + i);
    if constexpr (square) {
      v -= centre;
      v *= v;
    } else {
      v = v == v ? v : zero;
    }
    if (weight != nullptr) {
      load(w, weight + i);
      v *= w;
    }
    sum += v;
  }
  store(lanes, sum);
}

CARTWHEEL_DISPATCHED void add_present(const float* values, const double* weight, std::size_t count, double* lanes) {
  add_values<false>(values, weight, count, 0.0, lanes);
}

CARTWHEEL_DISPATCHED void add_squares(const float* values, const double* weight, std::size_t count, double centre,
                                      double* lanes) {
  add_values<true>(values, weight, count, centre, lanes);
}

/// Sums tiles of lanes: add(first, count, lanes) takes whole eights, one(row) the rows that are left over.
template <class Add, class One>
double sum_of_tiles(std::size_t rows, const Add& add, const One& one) {
  std::vector<double> tiles((rows + tile_rows - 1) / tile_rows);
  for (std::size_t tile = 0; tile < tiles.size(); ++tile) {
    const std::size_t begin = tile * tile_rows, end = std::min(rows, begin + tile_rows);
    const std::size_t whole = (end - begin) / tile_lanes * tile_lanes;
    std::array<double, tile_lanes> lanes{};
    add(begin, whole, lanes.data());
    for (std::size_t i = begin + whole; i < end; ++i) lanes[i % tile_lanes] += one(i);
    tiles[tile] = core::add_lanes(lanes);
  }
  return core::add_pairwise(tiles);
}

}  // namespace

bool any_missing(std::span<const float> values) {
  const std::size_t whole = values.size() / tile_lanes * tile_lanes;
  return any_nan(values.data(), whole) || std::ranges::any_of(values.subspan(whole), [](float v) { return v != v; });
}

WeightedRows::WeightedRows(std::size_t rows, std::span<const double> weight)
    : rows_(rows), weight_(weight), total_(0.0) {
  total_ = weight.empty() ? static_cast<double>(rows) : sum([](std::size_t) { return 1.0; });
}

double WeightedRows::sum_of_present(std::span<const float> values) const {
  const double* weight = weight_.empty() ? nullptr : weight_.data();
  return sum_of_tiles(
      rows_,
      [&](std::size_t first, std::size_t count, double* lanes) {
        add_present(values.data() + first, weight == nullptr ? nullptr : weight + first, count, lanes);
      },
      [&](std::size_t i) {
        const double value = values[i] == values[i] ? static_cast<double>(values[i]) : 0.0;
        return weight == nullptr ? value : value * weight[i];
      });
}

double WeightedRows::sum_of_squares(std::span<const float> values, double centre) const {
  const double* weight = weight_.empty() ? nullptr : weight_.data();
  return sum_of_tiles(
      rows_,
      [&](std::size_t first, std::size_t count, double* lanes) {
        add_squares(values.data() + first, weight == nullptr ? nullptr : weight + first, count, centre, lanes);
      },
      [&](std::size_t i) {
        const double z = static_cast<double>(values[i]) - centre;
        return weight == nullptr ? z * z : z * z * weight[i];
      });
}

double WeightedRows::sum_of_set(std::span<const std::uint64_t> words) const {
  if (weight_.empty()) {
    std::uint64_t set = 0;
    for (const std::uint64_t word : words) set += static_cast<std::uint64_t>(std::popcount(word));
    return static_cast<double>(set);
  }
  return sum([&](std::size_t i) { return static_cast<double>(words[i / 64] >> (i % 64) & 1); });
}

}  // namespace cartwheel::linear
