#pragma once

#include <array>
#include <cstring>

#include "core/dispatched.hpp"
#include "core/tile_sum.hpp"

/// Eight rows at once, in the lanes of core/tile_sum.hpp: the compiler makes of it what the instruction set has.
/// Functions take references, because a vector that is passed or returned by value would change the calling convention
/// between instruction sets, and are part of their caller, so that they are compiled for its set.
namespace cartwheel::linear {

using Lanes [[gnu::vector_size(64)]] = double;
using LaneBits [[gnu::vector_size(64)]] = std::uint64_t;
using FloatLanes [[gnu::vector_size(32)]] = float;
static_assert(sizeof(Lanes) == core::tile_lanes * sizeof(double));

/// Half of the lanes, which are what a register of AVX2 holds: gcc makes slow code of wider ones there.
using HalfLanes [[gnu::vector_size(32)]] = double;
using HalfBits [[gnu::vector_size(32)]] = std::uint64_t;
using HalfFloats [[gnu::vector_size(16)]] = float;
inline constexpr std::size_t half_lanes = core::tile_lanes / 2;

template <class V>
[[gnu::always_inline]] inline void load(V& to, const double* from) {
  std::memcpy(&to, from, sizeof to);
}
template <class V>
[[gnu::always_inline]] inline void store(double* to, const V& from) {
  std::memcpy(to, &from, sizeof from);
}
[[gnu::always_inline]] inline void widen(Lanes& to, const float* from) {
  FloatLanes narrow;
  std::memcpy(&narrow, from, sizeof narrow);
  to = __builtin_convertvector(narrow, Lanes);
}
[[gnu::always_inline]] inline void widen(HalfLanes& to, const float* from) {
  HalfFloats narrow;
  std::memcpy(&narrow, from, sizeof narrow);
  to = __builtin_convertvector(narrow, HalfLanes);
}

/// The sum of 8 lanes that are stored at `lanes`.
inline double add_lanes_at(const double* lanes) {
  std::array<double, core::tile_lanes> lane;
  std::memcpy(lane.data(), lanes, sizeof lane);
  return core::add_lanes(lane);
}

}  // namespace cartwheel::linear
