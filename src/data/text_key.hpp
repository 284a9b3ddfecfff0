#pragma once

#include <xxhash.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cartwheel::data {

static_assert(std::endian::native == std::endian::little, "keys are made of bytes as they lie in memory");

/// A text in 16 bytes and a kind, so that most comparisons of ids need neither their texts nor a visit to where these
/// lie. Two texts have equal keys exactly if they are equal, but for those that is_whole() denies.
///
///     up to 16 bytes                        the bytes, filled up with zeros; kind = length
///     17 to 32 lower-case hex digits        the first 16 and the last 16, 4 bits a digit; kind = 32 + length
///     a lower-case UUID, 8-4-4-4-12         4 bits a digit; kind = 100
///     anything else                         a hash, and the length; kind = 200
struct TextKey {
  std::uint64_t low = 0, high = 0;
  std::uint32_t kind = 0;  ///< 0 is the empty text.

  friend bool operator==(const TextKey&, const TextKey&) = default;

  static constexpr std::uint32_t uuid_kind = 100, hash_kind = 200;
  static constexpr std::size_t uuid_length = 36;
  /// How many bytes from the begin of a text on padded() may look at, even if the text is shorter.
  static constexpr std::size_t padding = 16;

  bool is_whole() const { return kind != hash_kind; }

  std::size_t text_size() const {
    if (kind <= 16) return kind;
    if (kind == uuid_kind) return uuid_length;
    return kind == hash_kind ? high : kind - 32;
  }

  std::uint64_t hash() const {
    __extension__ using Product = unsigned __int128;
    const Product product = Product{low ^ 0xA0761D6478BD642F} * (high ^ 0xE7037ED1A0B428DB ^ std::uint64_t{kind} << 40);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  /// @param text  with `padding` readable bytes from its begin on.
  static TextKey padded(const char* text, std::size_t size);
  static TextKey of(std::string_view text);

 private:
  /// The first `size` bytes, at most 16, the rest zeros.
  static TextKey short_text(const char* text, std::size_t size);
  static TextKey hex_or_hashed(const char* text, std::size_t size);
  static TextKey uuid_or_hashed(const char* text);
  static TextKey hashed(const char* text, std::size_t size) { return {XXH3_64bits(text, size), size, hash_kind}; }
};

namespace text_key {

using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Pairs [[gnu::vector_size(16)]] = unsigned short;
using Halves [[gnu::vector_size(8)]] = unsigned char;

inline Bytes load(const char* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

/// 16 hex digits in 64 bits. What is valid: 0 to 9 and a to f.
struct HexDigits {
  std::uint64_t packed;
  bool valid;
};
inline HexDigits pack(const Bytes& text) {
  const Bytes digit = text - '0', letter = text - 'a';
  const auto is_digit = digit < 10, is_letter = letter < 6;
  const Bytes values = is_digit ? digit : letter + 10;
  std::uint64_t valid[2];
  const auto known = is_digit | is_letter;
  std::memcpy(valid, &known, sizeof valid);
  const auto pairs = std::bit_cast<Pairs>(values);
  const Halves packed = __builtin_convertvector((pairs << 4 | pairs >> 8) & 0xff, Halves);
  HexDigits digits{0, (valid[0] & valid[1]) == ~std::uint64_t{0}};
  std::memcpy(&digits.packed, &packed, sizeof packed);
  return digits;
}

/// 16 times 0xff, then 16 times 0.
struct Masks {
  unsigned char bytes[32];
};
inline constexpr Masks masks = [] {
  Masks made{};
  for (int i = 0; i < 16; ++i) made.bytes[i] = 0xff;
  return made;
}();

}  // namespace text_key

inline TextKey TextKey::short_text(const char* text, std::size_t size) {
  TextKey key{0, 0, static_cast<std::uint32_t>(size)};
  const text_key::Bytes bytes =
      text_key::load(text) & text_key::load(reinterpret_cast<const char*>(text_key::masks.bytes) + 16 - size);
  std::memcpy(&key.low, &bytes, 16);
  return key;
}

inline TextKey TextKey::hex_or_hashed(const char* text, std::size_t size) {
  // The two halves overlap: together with the size, they still hold every digit.
  const auto first = text_key::pack(text_key::load(text)), last = text_key::pack(text_key::load(text + size - 16));
  if (!(first.valid && last.valid)) return hashed(text, size);
  return {first.packed, last.packed, static_cast<std::uint32_t>(32 + size)};
}

inline TextKey TextKey::uuid_or_hashed(const char* text) {
  char digits[32];  // without the dashes
  std::memcpy(digits, text, 8);
  std::memcpy(digits + 8, text + 9, 4);
  std::memcpy(digits + 12, text + 14, 4);
  std::memcpy(digits + 16, text + 19, 4);
  std::memcpy(digits + 20, text + 24, 12);
  const auto first = text_key::pack(text_key::load(digits)), last = text_key::pack(text_key::load(digits + 16));
  const bool dashes = text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  if (!(dashes && first.valid && last.valid)) return hashed(text, uuid_length);
  return {first.packed, last.packed, uuid_kind};
}

inline TextKey TextKey::padded(const char* text, std::size_t size) {
  if (size <= 16) return short_text(text, size);
  if (size <= 32) return hex_or_hashed(text, size);
  return size == uuid_length ? uuid_or_hashed(text) : hashed(text, size);
}

inline TextKey TextKey::of(std::string_view text) {
  if (text.size() > 16) return padded(text.data(), text.size());
  char copy[16] = {};
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  return short_text(copy, text.size());
}

}  // namespace cartwheel::data
