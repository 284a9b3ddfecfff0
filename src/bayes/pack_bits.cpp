#include "bayes/pack_bits.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/dispatched.hpp"

namespace cartwheel::bayes {

namespace {

constexpr std::size_t lanes = 8;
using Floats [[gnu::vector_size(lanes * 4)]] = float;
using Masks [[gnu::vector_size(lanes * 4)]] = std::int32_t;
using Bytes [[gnu::vector_size(lanes)]] = std::uint8_t;

/// Turns bit (8 g + l) into bit (8 l + g): the transpose of an 8 x 8 table of bits. After H. S. Warren, "Hacker's
/// Delight" (2002), 7-3.
[[gnu::always_inline]] inline std::uint64_t transpose(std::uint64_t x) {
  std::uint64_t t = (x ^ (x >> 7)) & 0x00aa00aa00aa00aau;
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000cccc0000ccccu;
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000f0f0f0f0u;
  return x ^ t ^ (t << 28);
}

/// Lane l holds, in its lowest byte, the bits of values l, 8 + l, 16 + l, ...
[[gnu::always_inline]] inline std::uint64_t gather(const Masks& bits) {
  const Bytes bytes = __builtin_convertvector(bits, Bytes);
  std::uint64_t word;
  std::memcpy(&word, &bytes, sizeof word);
  return transpose(word);
}

/// The words of 64 values.
[[gnu::always_inline]] inline void pack_word(const float* values, float cut, std::uint64_t& one, std::uint64_t& gone) {
  Masks ones{}, missing{};
  for (std::size_t g = 0; g < word_bits / lanes; ++g) {
    Floats v;
    std::memcpy(&v, values + g * lanes, sizeof v);
    ones |= (v > cut) & (1 << g);
    missing |= (v != v) & (1 << g);
  }
  one = gather(ones);
  gone = gather(missing);
}

CARTWHEEL_DISPATCHED void pack_words(const float* values, std::size_t words, float cut, std::uint64_t* ones,
                                     std::uint64_t* missing) {
  for (std::size_t w = 0; w < words; ++w) pack_word(values + w * word_bits, cut, ones[w], missing[w]);
}

/// @return whether any of `count` values (a multiple of 8) is neither 0, 1 nor NaN.
CARTWHEEL_DISPATCHED bool any_other(const float* values, std::size_t count) {
  Masks other{};
  for (std::size_t i = 0; i < count; i += lanes) {
    Floats v;
    std::memcpy(&v, values + i, sizeof v);
    other |= (v != 0.0f) & (v != 1.0f) & (v == v);
  }
  std::int32_t any = 0;
  for (std::size_t l = 0; l < lanes; ++l) any |= other[l];
  return any != 0;
}

CARTWHEEL_DISPATCHED void count_words(const std::uint64_t* bits, const std::uint64_t* mask, std::size_t words,
                                      BitCount* out) {
  std::uint64_t all = 0, masked = 0;
  for (std::size_t w = 0; w < words; ++w) {
    all += static_cast<std::uint64_t>(std::popcount(bits[w]));
    masked += static_cast<std::uint64_t>(std::popcount(bits[w] & mask[w]));
  }
  *out = {all, masked};
}

}  // namespace

void pack_bits(std::span<const float> values, float cut, std::span<std::uint64_t> ones,
               std::span<std::uint64_t> missing) {
  const std::size_t whole = values.size() / word_bits, rest = values.size() % word_bits;
  pack_words(values.data(), whole, cut, ones.data(), missing.data());
  if (rest == 0) return;
  std::array<float, word_bits> last{};
  std::ranges::copy(values.last(rest), last.begin());
  pack_words(last.data(), 1, cut, &ones[whole], &missing[whole]);
  ones[whole] &= ~std::uint64_t{0} >> (word_bits - rest);
}

bool all_bits(std::span<const float> values) {
  const std::size_t whole = values.size() / lanes * lanes;
  return !any_other(values.data(), whole) &&
         std::ranges::all_of(values.subspan(whole), [](float v) { return v == 0.0f || v == 1.0f || v != v; });
}

BitCount count_bits_under(std::span<const std::uint64_t> bits, std::span<const std::uint64_t> mask) {
  BitCount count;
  count_words(bits.data(), mask.data(), bits.size(), &count);
  return count;
}

}  // namespace cartwheel::bayes
