#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "core/growing_array.hpp"
#include "data/block_dictionary.hpp"
#include "data/text_key.hpp"

namespace cartwheel::data {

/// The distinct strings of one column while it is being read: gives each its code, in order of first appearance.
///
/// The strings lie end to end in one text, their keys in order beside it: strings that were seen lately are found where
/// memory is warm. The index is a flat hash table (open addressing, linear probing) of at most five eighths load; its 8
/// slots a cache line hold a piece of the hash and the code.
/// Memory: 45 to 58 bytes a string besides its text: 24 for its key, 8 for its end, 13 to 26 for its slot.
class DictionaryBuilder {
 public:
  /// The greatest code would be 2^32 - 1; it stays free, as a mark that others may use.
  static constexpr std::size_t most_strings = std::numeric_limits<Code>::max() - std::size_t{1};

  /// @param limit  how many distinct strings are taken, the empty one not counted.
  explicit DictionaryBuilder(std::size_t limit = most_strings);

  /// The code of `text`, which is added if it is new; missing_code for the empty string.
  /// @throws DataError beyond the limit.
  Code code_of(std::string_view text);

  /// code_of for each of `entries`, in order. Many strings are looked for at once, so that the memory of one is fetched
  /// while others are compared.
  void codes_of(std::span<const BlockDictionary::Entry> entries, std::span<Code> codes);

  /// A view that is good until the next new string.
  Dictionary view() const { return {ends_.view(), {text_.data(), text_.size()}}; }

  /// Frees the index of a finished dictionary; code_of must not be called again.
  void release_index() {
    slots_ = {};
    keys_ = {};
  }

 private:
  struct Slot {
    std::uint32_t hash;  ///< The upper half, which tells the slot, too.
    Code code;           ///< missing_code marks a free slot: the empty string is never looked up.
  };

  /// Neighbours stay neighbours when the table doubles, which then reads and writes memory in order.
  std::size_t first_slot(std::uint32_t hash) const { return hash >> shift_; }
  std::size_t next_slot(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  Code find_or_add(const TextKey& key, std::uint32_t hash, const char* text);
  Code add(const TextKey& key, std::uint32_t hash, const char* text, std::size_t slot);
  void append(const TextKey& key, const char* text);
  /// Makes room for `more` strings.
  void reserve(std::size_t more);

  std::size_t limit_;
  core::GrowingArray<std::uint64_t> ends_;
  core::GrowingArray<char> text_;
  core::GrowingArray<TextKey> keys_;
  core::GrowingArray<Slot> slots_;
  int shift_;  ///< 32 - log2(slots)
};

}  // namespace cartwheel::data
