#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cartwheel::bayes {

inline constexpr std::size_t word_bits = 64;

/// Packs the bits of `values`: value i is bit i % 64 of word i / 64. A bit is set where the value is above `cut`.
/// @param ones     [ceil(values / 64)], overwritten: the bits; 0 for NaN, and beyond the values.
/// @param missing  same size, overwritten: 1 where the value is NaN.
void pack_bits(std::span<const float> values, float cut, std::span<std::uint64_t> ones,
               std::span<std::uint64_t> missing);

/// Whether each value is 0, 1 or NaN.
bool all_bits(std::span<const float> values);

/// How many bits are set in `bits`, and of them how many in `mask` (same size) too.
struct BitCount {
  std::uint64_t all = 0, masked = 0;
};
BitCount count_bits_under(std::span<const std::uint64_t> bits, std::span<const std::uint64_t> mask);

}  // namespace cartwheel::bayes
