#include "data/dictionary_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cartwheel/error.hpp>
#include <cstring>
#include <utility>

namespace cartwheel::data {
namespace {

constexpr int first_bits = 6;  // 64 slots

std::uint32_t upper_half(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

/// Copies 16 to 32 bytes without asking how many: the two pieces may overlap.
void copy_two_pieces(char* to, const char* from, std::size_t size) {
  std::array<char, 16> first, last;
  std::memcpy(first.data(), from, first.size());
  std::memcpy(last.data(), from + size - last.size(), last.size());
  std::memcpy(to, first.data(), first.size());
  std::memcpy(to + size - last.size(), last.data(), last.size());
}

}  // namespace

DictionaryBuilder::DictionaryBuilder(std::size_t limit) : limit_(limit), shift_(32 - first_bits) {
  ends_.push_back(0);
  keys_.push_back({});
  slots_.resize(std::size_t{1} << first_bits);  // new memory is zero
}

Code DictionaryBuilder::code_of(std::string_view text) {
  if (text.empty()) return missing_code;
  reserve(1);
  const TextKey key = TextKey::of(text);
  return find_or_add(key, upper_half(key.hash()), text.data());
}

void DictionaryBuilder::codes_of(std::span<const BlockDictionary::Entry> entries, std::span<Code> codes) {
  // Each string is met three times: its slot is fetched, then the key that the slot leads to, then both are compared.
  constexpr std::size_t until_key = 24, until_code = 40, ring = 64;
  std::array<std::uint32_t, ring> hashes;
  reserve(entries.size());
  for (std::size_t i = 0; i < entries.size() + until_code; ++i) {
    if (i < entries.size()) {
      hashes[i % ring] = upper_half(entries[i].key.hash());
      __builtin_prefetch(&slots_[first_slot(hashes[i % ring])]);
    }
    if (const std::size_t k = i - until_key; k < entries.size()) {  // wraps around, and is then too large
      const Slot& slot = slots_[first_slot(hashes[k % ring])];
      if (slot.hash == hashes[k % ring]) __builtin_prefetch(&keys_[slot.code]);
    }
    if (const std::size_t k = i - until_code; k < entries.size())
      codes[k] =
          entries[k].key.kind == 0 ? missing_code : find_or_add(entries[k].key, hashes[k % ring], entries[k].text);
  }
}

Code DictionaryBuilder::find_or_add(const TextKey& key, std::uint32_t hash, const char* text) {
  std::size_t place = first_slot(hash);
  for (; slots_[place].code != missing_code; place = next_slot(place)) {
    const Slot slot = slots_[place];
    if (slot.hash == hash && keys_[slot.code] == key &&
        (key.is_whole() || view()[slot.code] == std::string_view(text, key.text_size())))
      return slot.code;
  }
  return add(key, hash, text, place);
}

Code DictionaryBuilder::add(const TextKey& key, std::uint32_t hash, const char* text, std::size_t slot) {
  const std::size_t count = ends_.size();  // of strings, the new one included and the empty one not
  if (count > limit_)
    throw DataError(
        fmt::format("a column holds more than {} distinct values, the most that a log can number; "
                    "split the log into several",
                    limit_));
  append(key, text);
  ends_.push_back(text_.size());
  keys_.push_back(key);
  slots_[slot] = {hash, static_cast<Code>(count)};
  return static_cast<Code>(count);
}

void DictionaryBuilder::append(const TextKey& key, const char* text) {
  const std::size_t before = text_.size(), size = key.text_size();
  text_.reserve(before + std::max<std::size_t>(size, 16));
  text_.resize(before + size);
  char* const to = text_.data() + before;
  if (size <= 16)
    std::memcpy(to, &key.low, 16);  // the key holds the text
  else if (size <= 32)
    copy_two_pieces(to, text, size);
  else
    std::memcpy(to, text, size);
}

void DictionaryBuilder::reserve(std::size_t more) {
  const auto is_full = [&] { return (ends_.size() + more) * 8 > slots_.size() * 5; };
  if (!is_full()) return;
  const core::GrowingArray<Slot> old = std::exchange(slots_, {});
  slots_.resize(old.size() * 2);
  --shift_;
  for (const Slot& slot : old.view()) {
    if (slot.code == missing_code) continue;
    std::size_t place = first_slot(slot.hash);
    while (slots_[place].code != missing_code) place = next_slot(place);
    slots_[place] = slot;
  }
  if (is_full()) reserve(more);
}

}  // namespace cartwheel::data
