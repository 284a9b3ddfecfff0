#pragma once

#include <cartwheel/column.hpp>
#include <cartwheel/event_log.hpp>
#include <cstddef>
#include <cstdint>

namespace cartwheel::sessions {

/// A set of codes that numbers its members: 2 bits a possible code, so that it stays in the processor's caches where an
/// array of numbers would not.
class CodeRanks {
 public:
  static constexpr std::size_t codes_per_word = 64;

  /// @param codes  all codes are below it.
  explicit CodeRanks(std::size_t codes = 0) : words_((codes + codes_per_word - 1) / codes_per_word) {}

  std::size_t words() const { return words_.size(); }
  /// Sets the members among codes [64 * word, 64 * word + 64): bit i is code 64 * word + i. Words are independent.
  void set_members(std::size_t word, std::uint64_t members) { words_[word].members = members; }
  /// Numbers the members; call once, after all are set. @return how many there are.
  std::size_t number_members() {
    std::uint64_t count = 0;
    for (Word& word : words_) {
      word.before = count;
      count += ones_in(word.members);
    }
    return count;
  }

  struct Place {
    std::uint64_t rank;  ///< Members below the code.
    bool is_member;
  };
  Place operator[](Code code) const {
    const Word& word = words_[code / codes_per_word];
    const std::uint64_t bit = std::uint64_t{1} << (code % codes_per_word);
    return {word.before + ones_in(word.members & (bit - 1)), (word.members & bit) != 0};
  }
  std::uint64_t members(std::size_t word) const { return words_[word].members; }
  std::uint64_t members_before(std::size_t word) const { return words_[word].before; }

 private:
  struct Word {
    std::uint64_t members;
    std::uint64_t before;  ///< Members in the words before it.
  };

  /// Inline, because the baseline instruction set has no instruction for it, and std::popcount then is a call.
  static std::uint64_t ones_in(std::uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56;
  }

  Column<Word> words_;
};

}  // namespace cartwheel::sessions
