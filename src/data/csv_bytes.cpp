#include "data/csv_bytes.hpp"

#include <cstring>
#include <vector>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace cartwheel::data {
namespace {

/// Bit i of the result: whether byte i of `word` equals that of `pattern`.
std::uint64_t equal_bytes(std::uint64_t word, std::uint64_t pattern) {
  constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7f;
  const std::uint64_t difference = word ^ pattern;
  // The top bit of each byte: set where the byte is 0. Nothing carries into the next byte.
  const std::uint64_t zeros = ~(((difference & low_bits) + low_bits) | difference | low_bits);
  return (zeros >> 7) * 0x0102040810204080 >> 56;
}

void find_portably(const char* text, char delimiter, std::span<CsvBytes> out) {
  constexpr std::uint64_t every_byte = 0x0101010101010101;
  const auto pattern_of = [](char c) { return every_byte * static_cast<unsigned char>(c); };
  for (CsvBytes& found : out) {
    found = {};
    for (std::size_t at = 0; at < CsvBytes::width; at += sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, text + at, sizeof word);
      found.delimiter |= equal_bytes(word, pattern_of(delimiter)) << at;
      found.quote |= equal_bytes(word, pattern_of('"')) << at;
      found.line_feed |= equal_bytes(word, pattern_of('\n')) << at;
      found.carriage_return |= equal_bytes(word, pattern_of('\r')) << at;
    }
    text += CsvBytes::width;
  }
}

#ifdef __x86_64__

void find_by_sse2(const char* text, char delimiter, std::span<CsvBytes> out) {
  const __m128i delimiters = _mm_set1_epi8(delimiter), quotes = _mm_set1_epi8('"'), feeds = _mm_set1_epi8('\n'),
                returns = _mm_set1_epi8('\r');
  for (CsvBytes& found : out) {
    found = {};
    for (std::size_t at = 0; at < CsvBytes::width; at += 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
      const auto where = [&](__m128i value) {
        return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, value)))} << at;
      };
      found.delimiter |= where(delimiters);
      found.quote |= where(quotes);
      found.line_feed |= where(feeds);
      found.carriage_return |= where(returns);
    }
    text += CsvBytes::width;
  }
}

[[gnu::target("avx2")]] void find_by_avx2(const char* text, char delimiter, std::span<CsvBytes> out) {
  const __m256i delimiters = _mm256_set1_epi8(delimiter), quotes = _mm256_set1_epi8('"'),
                feeds = _mm256_set1_epi8('\n'), returns = _mm256_set1_epi8('\r');
  for (CsvBytes& found : out) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32));
    const auto where = [&](__m256i value) __attribute__((target("avx2"), always_inline)) {
      const auto first = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, value)));
      const auto second = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, value)));
      return std::uint64_t{second} << 32 | first;
    };
    found = {where(delimiters), where(quotes), where(feeds), where(returns)};
    text += CsvBytes::width;
  }
}

[[gnu::target("avx512bw")]] void find_by_avx512(const char* text, char delimiter, std::span<CsvBytes> out) {
  const __m512i delimiters = _mm512_set1_epi8(delimiter), quotes = _mm512_set1_epi8('"'),
                feeds = _mm512_set1_epi8('\n'), returns = _mm512_set1_epi8('\r');
  for (CsvBytes& found : out) {
    const __m512i bytes = _mm512_loadu_si512(text);
    found = {_mm512_cmpeq_epi8_mask(bytes, delimiters), _mm512_cmpeq_epi8_mask(bytes, quotes),
             _mm512_cmpeq_epi8_mask(bytes, feeds), _mm512_cmpeq_epi8_mask(bytes, returns)};
    text += CsvBytes::width;
  }
}

#endif

std::vector<CsvBytesFinder> finders_of_this_machine() {
  std::vector<CsvBytesFinder> finders{{"portable", find_portably}};
#ifdef __x86_64__
  finders.push_back({"sse2", find_by_sse2});
  if (__builtin_cpu_supports("avx2")) finders.push_back({"avx2", find_by_avx2});
  if (__builtin_cpu_supports("avx512bw")) finders.push_back({"avx512bw", find_by_avx512});
#endif
  return finders;
}

}  // namespace

std::span<const CsvBytesFinder> csv_bytes_finders() {
  static const std::vector<CsvBytesFinder> finders = finders_of_this_machine();
  return finders;
}

}  // namespace cartwheel::data
