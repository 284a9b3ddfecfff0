#include "data/block_dictionary.hpp"

#include <algorithm>

namespace cartwheel::data {
namespace {
/// How many texts are looked at before it is decided whether most are new.
constexpr std::size_t sample = 256;
}  // namespace

BlockDictionary::BlockDictionary() : slots_(first_slots, no_code), mask_(first_slots - 1) { code_of({}, ""); }

void BlockDictionary::clear() {
  texts_seen_ = 0;
  most_are_new_ = false;
  if (entries_.size() == 1) return;
  std::ranges::fill(slots_, no_code);
  entries_.clear();
  code_of({}, "");
}

void BlockDictionary::codes_of(std::span<const Entry> texts, std::span<Code> codes) {
  most_are_new_ = most_are_new_ || (texts_seen_ >= sample && entries_.size() * 2 > texts_seen_);
  texts_seen_ += texts.size();
  for (std::size_t i = 0; i < texts.size(); ++i) codes[i] = code_of(texts[i].key, texts[i].text);
}

Code BlockDictionary::add(const TextKey& key, const char* text, std::size_t slot) {
  const Code code = append(key, text);
  slots_[slot] = code;
  if (entries_.size() * 2 > slots_.size()) {
    mask_ = slots_.size() * 2 - 1;
    slots_.assign(slots_.size() * 2, no_code);
    for (Code known = 0; known <= code; ++known) {
      std::size_t free = (entries_[known].key.hash() >> 32) & mask_;
      while (slots_[free] != no_code) free = (free + 1) & mask_;
      slots_[free] = known;
    }
  }
  return code;
}

}  // namespace cartwheel::data
