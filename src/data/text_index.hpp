#pragma once

#include <algorithm>
#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <cstring>

#include "core/growing_array.hpp"

namespace cartwheel::data {

/// Where texts are found by their hashes: a table of codes, which means nothing without the texts.
///
/// Eight codes and their hashes share a cache line (a bucket). A code lies in the bucket that the upper bits of its
/// hash tell, or, where that is full, in the next one that has room. At most five eighths of the places are used.
/// Memory: 13 to 26 bytes a code.
class TextIndex {
 public:
  TextIndex();

  void prefetch(std::uint32_t hash) const { __builtin_prefetch(&buckets_[home_of(hash)]); }

  /// The code with this hash, if there is one and it lies in its own bucket alone; if not, it may be anything.
  Code candidate(std::uint32_t hash) const;

  /// The code with this hash for which `is_equal(code)`; missing_code if there is none.
  template <class IsEqual>
  [[gnu::always_inline]] Code find(std::uint32_t hash, const IsEqual& is_equal) const;

  /// Makes room for `codes` in all.
  void reserve(std::size_t codes) {
    while (codes * 8 > buckets_.size() * bucket_size * 5) double_size();
  }
  /// Adds a code, for which there must be room.
  void add(std::uint32_t hash, Code code);
  /// Takes all codes out; the room stays.
  void clear();

 private:
  static constexpr std::size_t bucket_size = 8;
  struct Bucket {
    std::uint32_t hashes[bucket_size];
    Code codes[bucket_size];  ///< Used from the first on; missing_code marks a free place.
  };

  using Lanes [[gnu::vector_size(32)]] = std::uint32_t;

  std::size_t home_of(std::uint32_t hash) const { return hash >> shift_; }
  std::size_t next(std::size_t bucket) const { return (bucket + 1) & (buckets_.size() - 1); }
  /// The codes with this hash in a bucket, put together with |; missing_code if there are none.
  static Code codes_with(std::uint32_t hash, const Bucket& bucket);
  static std::size_t used(const Bucket& bucket);
  void double_size();

  core::GrowingArray<Bucket> buckets_;  ///< A power of two.
  int shift_;                           ///< 32 - log2(buckets)
};

[[gnu::always_inline]] inline Code TextIndex::codes_with(std::uint32_t hash, const Bucket& bucket) {
  Lanes hashes, codes;
  std::memcpy(&hashes, bucket.hashes, sizeof hashes);
  std::memcpy(&codes, bucket.codes, sizeof codes);
  codes &= hashes == hash;
  codes |= __builtin_shufflevector(codes, codes, 4, 5, 6, 7, 0, 1, 2, 3);
  codes |= __builtin_shufflevector(codes, codes, 2, 3, 0, 1, 6, 7, 4, 5);
  return codes[0] | codes[1];
}

[[gnu::always_inline]] inline std::size_t TextIndex::used(const Bucket& bucket) {
  Lanes codes;
  std::memcpy(&codes, bucket.codes, sizeof codes);
  codes = codes != missing_code ? Lanes{} + 1 : Lanes{};
  codes += __builtin_shufflevector(codes, codes, 4, 5, 6, 7, 0, 1, 2, 3);
  codes += __builtin_shufflevector(codes, codes, 2, 3, 0, 1, 6, 7, 4, 5);
  return codes[0] + codes[1];
}

[[gnu::always_inline]] inline Code TextIndex::candidate(std::uint32_t hash) const {
  return codes_with(hash, buckets_[home_of(hash)]);
}

template <class IsEqual>
[[gnu::always_inline]] inline Code TextIndex::find(std::uint32_t hash, const IsEqual& is_equal) const {
  for (std::size_t b = home_of(hash);; b = next(b)) {
    const Bucket& bucket = buckets_[b];
    if (codes_with(hash, bucket) != missing_code)
      for (std::size_t i = 0; i < bucket_size; ++i)
        if (bucket.hashes[i] == hash && bucket.codes[i] != missing_code && is_equal(bucket.codes[i]))
          return bucket.codes[i];
    if (bucket.codes[bucket_size - 1] == missing_code) return missing_code;
  }
}

[[gnu::always_inline]] inline void TextIndex::add(std::uint32_t hash, Code code) {
  std::size_t b = home_of(hash);
  while (buckets_[b].codes[bucket_size - 1] != missing_code) b = next(b);
  Bucket& bucket = buckets_[b];
  const std::size_t place = used(bucket);
  bucket.hashes[place] = hash;
  bucket.codes[place] = code;
}

}  // namespace cartwheel::data
