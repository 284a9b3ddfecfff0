#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cartwheel::data {

/// Texts of up to 32 bytes are hashed and compared without asking how long they are: as one vector, filled up with
/// zeros. A text is "padded" if 32 bytes can be read from its begin on, whatever they hold. Everything here is inlined,
/// so that functions compiled for several instruction sets have it in theirs.
namespace padded_text {

inline constexpr std::size_t padding = 32;

using Bytes [[gnu::vector_size(padding)]] = unsigned char;
using Words [[gnu::vector_size(padding)]] = unsigned long long;

/// 32 times 0xff, then 32 times 0.
struct alignas(2 * padding) Masks {
  unsigned char bytes[2 * padding];
};
inline constexpr Masks masks = [] {
  Masks made{};
  for (std::size_t i = 0; i < padding; ++i) made.bytes[i] = 0xff;
  return made;
}();

[[gnu::always_inline]] inline void load(Words& words, const void* from) { std::memcpy(&words, from, sizeof words); }

[[gnu::always_inline]] inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Whether two padded texts are equal, without a branch on their sizes where one has up to 32 bytes.
[[gnu::always_inline]] inline bool equal(std::string_view a, std::string_view b) {
  if (a.size() > padding) [[unlikely]]
    return a == b;
  Words first, second, mask;
  load(first, a.data());
  load(second, b.data());
  load(mask, masks.bytes + padding - a.size());
  const Words different = (first ^ second) & mask;
  return ((different[0] | different[1] | different[2] | different[3]) | (a.size() ^ b.size())) == 0;
}

std::uint32_t hash_long(const char* text, std::size_t size);

/// 32 bits that look random, the upper ones above all. (The products are those of wyhash.)
[[gnu::always_inline]] inline std::uint32_t hash(const char* text, std::size_t size) {
  if (size > padding) [[unlikely]]
    return hash_long(text, size);
  Words words, mask;
  load(words, text);
  load(mask, masks.bytes + padding - size);
  constexpr Words secret{0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3};
  words = (words & mask) ^ secret;
  return static_cast<std::uint32_t>((fold(words[0], words[1]) + fold(words[2], words[3])) >> 32);
}

}  // namespace padded_text

/// A padded text where it lies, with its hash.
struct HashedText {
  const char* text;
  std::size_t size;
  std::uint32_t hash;

  static HashedText of(const char* padded, std::size_t size) { return {padded, size, padded_text::hash(padded, size)}; }
  /// *this = of(padded, size), without a copy, which would have to wait for its halves.
  [[gnu::always_inline]] void set(const char* padded, std::size_t length) {
    text = padded;
    size = length;
    hash = padded_text::hash(padded, length);
  }

  std::string_view view() const { return {text, size}; }
};

}  // namespace cartwheel::data
