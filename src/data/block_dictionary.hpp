#pragma once

#include <cartwheel/event_log.hpp>
#include <cstdint>
#include <span>

#include "core/growing_array.hpp"
#include "data/hashed_text.hpp"
#include "data/text_index.hpp"

namespace cartwheel::data {

/// The texts of one column in one block of a file. It is small enough for the caches of one core, refers to texts where
/// they lie, and is added to the log's dictionary as a whole.
///
/// Equal texts share a code as long as most texts of the block have been seen before. Where most are new (ids of
/// sessions), looking for them costs more than it saves: each then gets a code of its own, and the log's dictionary
/// finds out which are equal.
class BlockDictionary {
 public:
  BlockDictionary() { clear(); }

  /// Where the next texts of the block are to be put, before their codes are asked for. They must stay where they lie
  /// until the block has been added to a log.
  std::span<HashedText> room_for(std::size_t count) {
    entries_.reserve(size_ + count);
    return {entries_.data() + size_, count};
  }
  /// The code of each of the texts that were put into room_for(codes.size()).
  void codes_of_next(std::span<Code> codes);

  /// By code; the first one is the empty text.
  std::span<const HashedText> entries() const { return {entries_.data(), size_}; }
  void clear();

 private:
  core::GrowingArray<HashedText> entries_;
  std::size_t size_ = 0;
  TextIndex index_;
  std::size_t texts_seen_ = 0;
  bool most_are_new_ = false;
};

}  // namespace cartwheel::data
