#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/text_key.hpp"

namespace cartwheel::data {

/// The texts of one column in one block of a file. It is small enough for the caches of one core, refers to texts where
/// they lie, and is added to the log's dictionary as a whole.
///
/// Equal texts share a code as long as most texts of the block have been seen before. Where most are new (ids of
/// sessions), looking for them costs more than it saves: each then gets a code of its own, and the log's dictionary
/// finds out which are equal.
class BlockDictionary {
 public:
  struct Entry {
    TextKey key;
    const char* text;
    std::string_view view() const { return {text, key.text_size()}; }
  };

  BlockDictionary();

  /// The code of a text in this block; missing_code for the empty text.
  /// @param text  must stay where it is until the block has been added to a log.
  Code code_of(const TextKey& key, const char* text) {
    if (most_are_new_) return key.kind == 0 ? missing_code : append(key, text);
    std::size_t slot = (key.hash() >> 32) & mask_;
    for (; slots_[slot] != no_code; slot = (slot + 1) & mask_) {
      const Entry& entry = entries_[slots_[slot]];
      if (entry.key == key && (key.is_whole() || entry.view() == std::string_view(text, key.text_size())))
        return slots_[slot];
    }
    return add(key, text, slot);
  }
  /// code_of for many texts.
  void codes_of(std::span<const Entry> texts, std::span<Code> codes);

  /// By code; the first one is the empty text.
  std::span<const Entry> entries() const { return entries_; }
  void clear();

 private:
  static constexpr std::size_t first_slots = 64;  // a power of two, as every size after it
  static constexpr Code no_code = ~Code{0};

  Code append(const TextKey& key, const char* text) {
    entries_.push_back({key, text});
    return static_cast<Code>(entries_.size() - 1);
  }
  Code add(const TextKey& key, const char* text, std::size_t slot);

  std::vector<Entry> entries_;
  std::vector<Code> slots_;  ///< Open addressing, at most half full.
  std::size_t mask_;
  std::size_t texts_seen_ = 0;
  bool most_are_new_ = false;
};

}  // namespace cartwheel::data
