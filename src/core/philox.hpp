#pragma once

#include <cstdint>

#include "core/host_device.hpp"

namespace cartwheel::core {

/// What a random number is for. It is a part of the counter, so that two uses of one seed never share a stream.
/// Values are part of the model format: add at the end, change none.
enum class RandomPurpose : std::uint32_t {
  generate = 1,
  bootstrap_rows = 2,
  split_features = 3,
  threshold_bootstrap = 4,
  permutation = 5,
  search = 6,
  resample = 7,
  audit = 8,
};

struct PhiloxBlock {
  std::uint32_t words[4];
};

/// Philox4x32-10 of J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011): a bijection of the
/// counter for each key, so any number of a stream is had at once, on any device, in any order.
CARTWHEEL_HD inline PhiloxBlock philox(PhiloxBlock counter, std::uint32_t key0, std::uint32_t key1) {
  std::uint32_t c0 = counter.words[0], c1 = counter.words[1], c2 = counter.words[2], c3 = counter.words[3];
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c0;
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57u} * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ key0;
    c1 = static_cast<std::uint32_t>(p1);
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ key1;
    c3 = static_cast<std::uint32_t>(p0);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

/// One stream of random numbers, named by (seed, purpose, a 32-bit and a 64-bit identity, such as tree and node path).
/// Number i of a stream is a pure function of its name and i; two streams share no counter.
class RandomStream {
 public:
  CARTWHEEL_HD RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t id = 0, std::uint64_t path = 0)
      : key0_(static_cast<std::uint32_t>(seed)), key1_(static_cast<std::uint32_t>(seed >> 32)) {
    // The name fills more bits than the counter leaves free, so it is folded into a key by Philox itself.
    const PhiloxBlock name = philox({{static_cast<std::uint32_t>(purpose), id, static_cast<std::uint32_t>(path),
                                      static_cast<std::uint32_t>(path >> 32)}},
                                    key0_, key1_);
    key0_ = name.words[0];
    key1_ = name.words[1];
    high0_ = name.words[2];
    high1_ = name.words[3];
  }

  /// Word i of the stream: 32 random bits.
  CARTWHEEL_HD std::uint32_t word(std::uint64_t i) const { return block(i / 4).words[i % 4]; }

  /// Words 4 * i to 4 * i + 3 of the stream.
  CARTWHEEL_HD PhiloxBlock block(std::uint64_t i) const {
    return philox({{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), high0_, high1_}}, key0_, key1_);
  }

  /// The next 32 bits.
  CARTWHEEL_HD std::uint32_t next_word() {
    if (position_ % 4 == 0) current_ = block(position_ / 4);
    return current_.words[position_++ % 4];
  }

  /// The next 64 bits.
  CARTWHEEL_HD std::uint64_t next_bits() {
    const std::uint64_t high = next_word();
    return high << 32 | next_word();
  }

  /// Uniform in [0, n), n >= 1, without bias: D. Lemire, "Fast Random Integer Generation in an Interval" (2019).
  CARTWHEEL_HD std::uint32_t below(std::uint32_t n) {
    std::uint64_t product = std::uint64_t{next_word()} * n;
    auto low = static_cast<std::uint32_t>(product);
    if (low < n) {
      const std::uint32_t threshold = (0u - n) % n;
      while (low < threshold) {
        product = std::uint64_t{next_word()} * n;
        low = static_cast<std::uint32_t>(product);
      }
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  /// Uniform in [0, 1): a multiple of 2^-53.
  CARTWHEEL_HD double uniform() { return static_cast<double>(next_bits() >> 11) * 0x1p-53; }

 private:
  std::uint32_t key0_, key1_, high0_, high1_;
  std::uint64_t position_ = 0;
  PhiloxBlock current_ = {};  ///< The block that holds the next word, unless that is a block's first.
};

}  // namespace cartwheel::core
