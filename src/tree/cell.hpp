#pragma once

#include <cstdint>

#include "core/host_device.hpp"

namespace cartwheel::tree {

/// One histogram cell: rows in the low half, positives in the high half, so one addition counts both. Integers commute:
/// any thread order, or the GPU, gives the same bits. Rows count as often as the bootstrap drew them. Limit: 2^32 - 1
/// weighted rows, checked before a tree grows.
using Cell = std::uint64_t;

/// Weighted training rows, and those of them with y = 1.
struct Counts {
  std::uint32_t rows = 0;
  std::uint32_t positives = 0;

  CARTWHEEL_HD std::uint32_t negatives() const { return rows - positives; }
  friend bool operator==(const Counts&, const Counts&) = default;
};

inline constexpr std::uint64_t most_units = std::uint64_t{1} << 52;  ///< Of a tree's rows together.

/// Training rows by their sample weights, in whole units (see SampleUnits): doubles hold every sum exactly.
struct WeightedCounts {
  std::uint64_t rows = 0;
  std::uint64_t positives = 0;

  CARTWHEEL_HD std::uint64_t negatives() const { return rows - positives; }
  friend bool operator==(const WeightedCounts&, const WeightedCounts&) = default;
};

CARTWHEEL_HD inline Counts unpack(Cell cell) {
  return {static_cast<std::uint32_t>(cell), static_cast<std::uint32_t>(cell >> 32)};
}

CARTWHEEL_HD inline Counts operator+(Counts a, Counts b) { return {a.rows + b.rows, a.positives + b.positives}; }

CARTWHEEL_HD inline WeightedCounts operator+(WeightedCounts a, WeightedCounts b) {
  return {a.rows + b.rows, a.positives + b.positives};
}

/// @param b  a part of `a`.
CARTWHEEL_HD inline Counts operator-(Counts a, Counts b) { return {a.rows - b.rows, a.positives - b.positives}; }
CARTWHEEL_HD inline WeightedCounts operator-(WeightedCounts a, WeightedCounts b) {
  return {a.rows - b.rows, a.positives - b.positives};
}

}  // namespace cartwheel::tree
