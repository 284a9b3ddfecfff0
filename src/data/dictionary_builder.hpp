#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "core/growing_array.hpp"
#include "data/hashed_text.hpp"
#include "data/text_index.hpp"

namespace cartwheel::data {

/// The distinct strings of one column while it is being read: gives each its code, in order of first appearance.
///
/// The strings lie end to end in one text, in order: those that were seen lately are found where memory is warm.
/// Memory: 21 to 34 bytes a string besides its text: 8 for its end, 13 to 26 in the index.
class DictionaryBuilder {
 public:
  /// The greatest code would be 2^32 - 1; it stays free, as a mark that others may use.
  static constexpr std::size_t most_strings = std::numeric_limits<Code>::max() - std::size_t{1};

  /// @param limit  how many distinct strings are taken, the empty one not counted.
  explicit DictionaryBuilder(std::size_t limit = most_strings);

  /// The code of `text`, which is added if it is new; missing_code for the empty string.
  /// @throws DataError beyond the limit.
  Code code_of(std::string_view text);

  /// code_of for each of `texts`, in order. Many strings are looked for at once, so that the memory of one is fetched
  /// while others are compared.
  void codes_of(std::span<const HashedText> texts, std::span<Code> codes);

  /// A view that is good until the next new string.
  Dictionary view() const { return {ends_.view(), {text_.data(), text_.size()}}; }

  /// Frees the index of a finished dictionary; code_of must not be called again.
  void release_index() { index_ = {}; }

 private:
  /// The string of a code, padded.
  std::string_view text_of(Code code) const {
    const std::uint64_t begin = ends_[code - (code > 0)];
    return {text_.data() + begin, ends_[code] - begin};
  }
  Code find_or_add(const HashedText& text);
  Code add(const HashedText& text);

  std::size_t limit_;
  core::GrowingArray<std::uint64_t> ends_;
  core::GrowingArray<char> text_;  ///< With room for padding behind it.
  TextIndex index_;
};

}  // namespace cartwheel::data
