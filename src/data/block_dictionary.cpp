#include "data/block_dictionary.hpp"

#include <numeric>

#include "core/dispatched.hpp"

namespace cartwheel::data {
namespace {
/// How many texts are looked at before it is decided whether most are new.
constexpr std::size_t sample = 256;

constexpr char zeros[padded_text::padding] = {};
}  // namespace

void BlockDictionary::clear() {
  texts_seen_ = 0;
  most_are_new_ = false;
  if (size_ == 1) return;
  index_.clear();
  size_ = 0;
  room_for(1).front() = HashedText::of(zeros, 0);
  size_ = 1;
}

CARTWHEEL_DISPATCHED void BlockDictionary::codes_of_next(std::span<Code> codes) {
  most_are_new_ = most_are_new_ || (texts_seen_ >= sample && size_ * 2 > texts_seen_);
  texts_seen_ += codes.size();
  if (most_are_new_) {
    std::iota(codes.begin(), codes.end(), static_cast<Code>(size_));
    size_ += codes.size();
    return;
  }
  index_.reserve(size_ + codes.size());
  HashedText* const entries = entries_.data();
  const HashedText* const texts = entries + size_;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const HashedText& text = texts[i];
    const auto is_equal = [&](Code code) { return padded_text::equal(text.view(), entries[code].view()); };
    Code code = index_.candidate(text.hash);
    if (code >= size_ || !is_equal(code)) {
      code = index_.find(text.hash, is_equal);
      if (code == missing_code && text.size > 0) {
        code = static_cast<Code>(size_);
        index_.add(text.hash, code);
        entries[size_++] = text;  // at or before its own place
      }
    }
    codes[i] = code;
  }
}

}  // namespace cartwheel::data
