#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace cartwheel::data {

/// The distinct strings of one column while it is being read: gives each its code, in order of first appearance.
///
/// The strings lie end to end in one text. The index is a flat hash table (open addressing, linear probing) of at most
/// three quarters load that holds (hash, code) and no pointers, so that it survives the growth of the text.
class DictionaryBuilder {
 public:
  /// The greatest code would be 2^32 - 1; it stays free, as a mark that others may use.
  static constexpr std::size_t most_strings = std::numeric_limits<Code>::max() - std::size_t{1};

  /// @param limit  how many distinct strings are taken, the empty one not counted.
  explicit DictionaryBuilder(std::size_t limit = most_strings);

  /// The code of `text`, which is added if it is new; missing_code for the empty string.
  /// @throws DataError beyond the limit.
  Code code_of(std::string_view text);

  /// A view that is good until the next new string.
  Dictionary view() const { return {ends_, text_}; }

  /// Frees the index of a finished dictionary; code_of must not be called again.
  void release_index() { slots_ = {}; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    Code code = missing_code;  ///< missing_code marks a free slot: the empty string is never looked up.
  };

  Code add(std::string_view text, std::uint32_t hash, std::size_t slot);
  void grow();

  std::size_t limit_;
  std::vector<std::uint64_t> ends_{0};
  std::string text_;
  std::vector<Slot> slots_;
};

}  // namespace cartwheel::data
