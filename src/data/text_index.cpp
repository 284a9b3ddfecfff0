#include "data/text_index.hpp"

#include <utility>
#include <vector>

namespace cartwheel::data {
namespace {
constexpr int first_bits = 3;
}

TextIndex::TextIndex() : shift_(32 - first_bits) {
  buckets_.resize(std::size_t{1} << first_bits);  // new memory is zero
}

void TextIndex::clear() { std::fill_n(buckets_.data(), buckets_.size(), Bucket{}); }

void TextIndex::double_size() {
  // From the last bucket on, each gives its codes to two that lie at twice its place, where those that were there have
  // moved on already. So no second table is needed, and memory is visited in order.
  std::vector<std::pair<std::uint32_t, Code>> displaced;
  const std::size_t before = buckets_.size();
  buckets_.resize(2 * before);
  --shift_;
  for (std::size_t b = before; b-- > 0;) {
    const Bucket from = buckets_[b];
    struct {
      std::uint32_t hashes[bucket_size + 1];  // what is free goes behind the last one
      Code codes[bucket_size + 1];
    } to[2] = {};
    std::size_t used[2] = {};
    for (std::size_t i = 0; i < bucket_size; ++i) {
      const std::size_t home = home_of(from.hashes[i]), half = home % 2;
      const bool is_used = from.codes[i] != missing_code;
      if (is_used && home / 2 != b) [[unlikely]] {
        displaced.emplace_back(from.hashes[i], from.codes[i]);
        continue;
      }
      const std::size_t place = half == 0 ? used[0] : used[1];
      to[half].hashes[place] = from.hashes[i];
      to[half].codes[place] = from.codes[i];
      used[0] += is_used && half == 0;
      used[1] += is_used && half == 1;
    }
    for (std::size_t half = 0; half < 2; ++half) {
      std::copy_n(to[half].hashes, bucket_size, buckets_[2 * b + half].hashes);
      std::copy_n(to[half].codes, bucket_size, buckets_[2 * b + half].codes);
    }
  }
  for (const auto& [hash, code] : displaced) add(hash, code);
}

}  // namespace cartwheel::data
